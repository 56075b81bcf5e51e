// Attributes of load balancers, target groups and listeners: which there are, which values they
// take, and which of them have an effect here. The others are stored and reported as ignored as
// soon as they differ from their default.
#include "services/elbv2/control/control_plane.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace diorama::elbv2 {

namespace {

enum class Effect {
    real,    // it does what it says
    ignored, // accepted and shown, without effect
    refused, // not emulated: any other value than the default is an error
};

// What values an attribute may have: a range of whole numbers, or one of a list of words, or both.
struct AttributeRule {
    Effect effect = Effect::real;
    std::vector<std::string> words;
    long least = 0;
    long greatest = -1;   // below least: no numbers
    bool is_text = false; // anything goes
};

using AttributeRules = std::map<std::string, AttributeRule>;

const std::vector<std::string> booleans = {"true", "false"};

const AttributeRules& load_balancer_rules() {
    using enum Effect;
    static const AttributeRules rules = {
        {"access_logs.s3.bucket", {ignored, {}, 0, -1, true}},
        {"access_logs.s3.enabled", {ignored, booleans}},
        {"access_logs.s3.prefix", {ignored, {}, 0, -1, true}},
        {"client_keep_alive.seconds", {ignored, {}, 60, 604800}},
        {"connection_logs.s3.bucket", {ignored, {}, 0, -1, true}},
        {"connection_logs.s3.enabled", {ignored, booleans}},
        {"connection_logs.s3.prefix", {ignored, {}, 0, -1, true}},
        {"deletion_protection.enabled", {real, booleans}},
        {"health_check_logs.s3.bucket", {ignored, {}, 0, -1, true}},
        {"health_check_logs.s3.enabled", {ignored, booleans}},
        {"health_check_logs.s3.prefix", {ignored, {}, 0, -1, true}},
        {"idle_timeout.timeout_seconds", {real, {}, 1, 4000}},
        {"load_balancing.cross_zone.enabled", {real, {"true"}}},
        {"routing.http.desync_mitigation_mode", {real, {"monitor", "defensive", "strictest"}}},
        {"routing.http.drop_invalid_header_fields.enabled", {real, booleans}},
        {"routing.http.preserve_host_header.enabled", {real, booleans}},
        {"routing.http.x_amzn_tls_version_and_cipher_suite.enabled", {real, booleans}},
        {"routing.http.xff_client_port.enabled", {real, booleans}},
        {"routing.http.xff_header_processing.mode", {real, {"append", "preserve", "remove"}}},
        {"routing.http2.enabled", {ignored, booleans}},
        {"waf.fail_open.enabled", {ignored, booleans}},
        {"zonal_shift.config.enabled", {ignored, booleans}},
    };
    return rules;
}

const AttributeRules& target_group_rules() {
    using enum Effect;
    const std::string healthy = "target_group_health.";
    static const AttributeRules rules = {
        {"deregistration_delay.timeout_seconds", {real, {}, 0, 3600}},
        {"load_balancing.algorithm.anomaly_mitigation", {refused, {"on", "off"}}},
        {"load_balancing.algorithm.type",
         {real, {"round_robin", "least_outstanding_requests", "weighted_random"}}},
        {"load_balancing.cross_zone.enabled",
         {real, {"true", "false", "use_load_balancer_configuration"}}},
        {"slow_start.duration_seconds", {real, {"0"}, 30, 900}},
        {"stickiness.app_cookie.cookie_name", {real, {}, 0, -1, true}},
        {"stickiness.app_cookie.duration_seconds", {real, {}, 1, 604800}},
        {"stickiness.enabled", {real, booleans}},
        {"stickiness.lb_cookie.duration_seconds", {real, {}, 1, 604800}},
        {"stickiness.type", {real, {"lb_cookie", "app_cookie"}}},
        {healthy + "dns_failover.minimum_healthy_targets.count", {ignored, {"off"}, 1, 1000}},
        {healthy + "dns_failover.minimum_healthy_targets.percentage", {ignored, {"off"}, 1, 100}},
        {healthy + "unhealthy_state_routing.minimum_healthy_targets.count", {real, {}, 1, 1000}},
        {healthy + "unhealthy_state_routing.minimum_healthy_targets.percentage",
         {real, {"off"}, 1, 100}},
    };
    return rules;
}

bool fits(const AttributeRule& rule, const std::string& value) {
    if (rule.is_text) return true;
    if (std::find(rule.words.begin(), rule.words.end(), value) != rule.words.end()) return true;
    const bool is_number =
        !value.empty() && value.size() < 8 &&
        std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
    return is_number && std::stol(value) >= rule.least && std::stol(value) <= rule.greatest;
}

template <class Given>
Attributes checked(
    const aws::Call& call,
    const std::vector<Given>& given,
    const AttributeRules& rules,
    const Attributes& defaults
) {
    Attributes changed;
    for (const auto& attribute : given) {
        const auto key = attribute.key.value_or("");
        const auto value = attribute.value.value_or("");
        const auto rule = rules.find(key);
        if (rule == rules.end())
            throw aws::validation_error("Attribute key '{}' is not recognized", key);
        if (!fits(rule->second, value))
            throw aws::validation_error(
                "Attribute value '{}' for attribute key '{}' is not valid",
                value,
                key
            );
        if (!changed.emplace(key, value).second)
            throw aws::validation_error("Attribute key '{}' is specified more than once", key);
        if (value == defaults.at(key)) continue;
        if (rule->second.effect == Effect::refused) not_implemented(key + "=" + value);
        if (rule->second.effect == Effect::ignored) call.ignored(key);
    }
    return changed;
}

// AWS: "The AWSALB, AWSALBAPP, and AWSALBTG prefixes are reserved"; application-based stickiness
// needs the name of the application's cookie.
// UNKNOWN: the sentences.
void check_stickiness(const TargetGroupRecord& record) {
    const auto name = target_group_attribute(record, "stickiness.app_cookie.cookie_name");
    if (name.starts_with("AWSALB"))
        throw api::InvalidConfigurationRequestException(
            "Cookie name '{}' has a reserved prefix: 'AWSALB'",
            name
        );
    const bool is_needed = target_group_attribute(record, "stickiness.enabled") == "true" &&
                           target_group_attribute(record, "stickiness.type") == "app_cookie";
    if (is_needed && name.empty())
        throw api::InvalidConfigurationRequestException(
            "A cookie name must be specified for stickiness of type 'app_cookie'"
        );
}

template <class Shown, class Value>
std::vector<Shown> shown(const Attributes& keys, Value value_of) {
    std::vector<Shown> all;
    for (const auto& [key, otherwise] : keys) {
        auto& attribute = all.emplace_back();
        attribute.key = key;
        attribute.value = value_of(key);
    }
    return all;
}

std::vector<api::LoadBalancerAttribute> attributes_of(const LoadBalancerRecord& record) {
    return shown<api::LoadBalancerAttribute>(
        load_balancer_attribute_defaults(),
        [&](const std::string& key) { return load_balancer_attribute(record, key); }
    );
}

std::vector<api::TargetGroupAttribute> attributes_of(const TargetGroupRecord& record) {
    return shown<api::TargetGroupAttribute>(
        target_group_attribute_defaults(),
        [&](const std::string& key) { return target_group_attribute(record, key); }
    );
}

} // namespace

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancerAttributes.html
api::DescribeLoadBalancerAttributesOutput ControlPlane::describe_load_balancer_attributes(
    const aws::Call& call,
    const api::DescribeLoadBalancerAttributesInput& input
) {
    return {attributes_of(load_balancer(call, input.load_balancer_arn))};
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyLoadBalancerAttributes.html
api::ModifyLoadBalancerAttributesOutput ControlPlane::modify_load_balancer_attributes(
    const aws::Call& call,
    const api::ModifyLoadBalancerAttributesInput& input
) {
    const auto arn = load_balancer(call, input.load_balancer_arn).arn;
    const auto changed =
        checked(call, input.attributes, load_balancer_rules(), load_balancer_attribute_defaults());
    auto* record = state_.load_balancers.edit(arn);
    for (const auto& [key, value] : changed)
        record->attributes[key] = value;
    publication_.load_balancer_changed(arn);
    return {attributes_of(*record)};
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroupAttributes.html
api::DescribeTargetGroupAttributesOutput ControlPlane::describe_target_group_attributes(
    const aws::Call& call,
    const api::DescribeTargetGroupAttributesInput& input
) {
    return {attributes_of(target_group(call, input.target_group_arn))};
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyTargetGroupAttributes.html
api::ModifyTargetGroupAttributesOutput ControlPlane::modify_target_group_attributes(
    const aws::Call& call,
    const api::ModifyTargetGroupAttributesInput& input
) {
    auto updated = target_group(call, input.target_group_arn);
    const auto changed =
        checked(call, input.attributes, target_group_rules(), target_group_attribute_defaults());
    for (const auto& [key, value] : changed)
        updated.attributes[key] = value;
    // AWS: "You can't enable both slow start and least outstanding requests."
    const auto algorithm = target_group_attribute(updated, "load_balancing.algorithm.type");
    if (algorithm != "round_robin" &&
        target_group_attribute(updated, "slow_start.duration_seconds") != "0")
        throw api::InvalidConfigurationRequestException(
            "Slow start cannot be enabled with load balancing algorithm '{}'",
            algorithm
        );
    check_stickiness(updated);
    const auto& record = state_.target_groups.put(updated.arn, updated);
    publication_.target_group_changed(record.arn);
    return {attributes_of(record)};
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListenerAttributes.html
api::DescribeListenerAttributesOutput ControlPlane::describe_listener_attributes(
    const aws::Call& call,
    const api::DescribeListenerAttributesInput& input
) {
    listener(call, input.listener_arn);
    api::DescribeListenerAttributesOutput output;
    auto& server = output.attributes.emplace_back();
    server.key = "routing.http.response.server.enabled";
    server.value = "true";
    return output;
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyListenerAttributes.html
// Responses and TLS header names cannot be changed here, so only the defaults are accepted.
api::ModifyListenerAttributesOutput ControlPlane::modify_listener_attributes(
    const aws::Call& call,
    const api::ModifyListenerAttributesInput& input
) {
    listener(call, input.listener_arn);
    for (const auto& attribute : input.attributes) {
        const auto key = attribute.key.value_or("");
        const auto value = attribute.value.value_or("");
        if (key != "routing.http.response.server.enabled" || value != "true")
            not_implemented(key + "=" + value);
    }
    return {describe_listener_attributes(call, {input.listener_arn}).attributes};
}

} // namespace diorama::elbv2
