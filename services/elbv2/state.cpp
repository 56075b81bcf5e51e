// See state.hpp.
#include "services/elbv2/state.hpp"

#include "emulator/assert.hpp"
#include "emulator/aws/arn.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace diorama::elbv2 {

namespace {

// Calls each(record) for every record whose key begins with `prefix`.
template <class Record, class Each>
void for_each_below(const Table<Record>& table, const std::string& prefix, Each each) {
    for (auto at = table.lower_bound(prefix); at != table.end() && at->first.starts_with(prefix);
         ++at)
        each(at->second);
}

template <class Record>
const Record*
find_named(const Table<Record>& table, const std::string& prefix, std::string_view name) {
    const Record* found = nullptr;
    for_each_below(table, prefix, [&](const Record& record) {
        if (record.name == name) found = &record;
    });
    return found;
}

// "…:loadbalancer/app/web/1" + "listener" -> "…:listener/app/web/1/"
std::string prefix_below(const std::string& arn, std::string_view kind) {
    const auto slash = arn.find('/');
    const auto colon = arn.rfind(':', slash);
    return arn.substr(0, colon + 1) + std::string(kind) + arn.substr(slash) + "/";
}

std::string value_of(const Attributes& set, const Attributes& defaults, std::string_view key) {
    const auto name = std::string(key);
    if (const auto found = set.find(name); found != set.end()) return found->second;
    const auto otherwise = defaults.find(name);
    return otherwise == defaults.end() ? "" : otherwise->second;
}

} // namespace

TargetRecord* TargetGroupRecord::find_target(std::string_view id, int target_port) {
    const auto found =
        std::find_if(targets.begin(), targets.end(), [&](const TargetRecord& target) {
            return target.id == id && target.port == target_port;
        });
    return found == targets.end() ? nullptr : &*found;
}

State::State(Journal& journal)
    : load_balancers(journal, "elbv2.load_balancers")
    , listeners(journal, "elbv2.listeners")
    , rules(journal, "elbv2.rules")
    , target_groups(journal, "elbv2.target_groups") {}

const LoadBalancerRecord*
State::find_load_balancer_named(const std::string& prefix, std::string_view name) const {
    return find_named(load_balancers, prefix, name);
}

const TargetGroupRecord*
State::find_target_group_named(const std::string& prefix, std::string_view name) const {
    return find_named(target_groups, prefix, name);
}

std::vector<const ListenerRecord*> State::listeners_of(const std::string& load_balancer_arn) const {
    std::vector<const ListenerRecord*> found;
    for_each_below(
        listeners,
        prefix_below(load_balancer_arn, "listener"),
        [&](const ListenerRecord& listener) { found.push_back(&listener); }
    );
    std::sort(found.begin(), found.end(), [](const auto* a, const auto* b) {
        return a->port < b->port;
    });
    return found;
}

std::vector<const RuleRecord*> State::rules_of(const std::string& listener_arn) const {
    std::vector<const RuleRecord*> found;
    for_each_below(rules, prefix_below(listener_arn, "listener-rule"), [&](const RuleRecord& rule) {
        found.push_back(&rule);
    });
    std::sort(found.begin(), found.end(), [](const auto* a, const auto* b) {
        if (a->is_default() != b->is_default()) return b->is_default();
        return a->priority < b->priority;
    });
    return found;
}

const RuleRecord& State::default_rule_of(const std::string& listener_arn) const {
    const auto all = rules_of(listener_arn);
    ASSERT(!all.empty() && all.back()->is_default());
    return *all.back();
}

std::vector<std::string> State::load_balancers_using(const std::string& target_group_arn) const {
    std::set<std::string> found;
    for (const auto& [arn, rule] : rules)
        for (const auto& share : rule.action.forward)
            if (share.target_group_arn == target_group_arn) found.insert(load_balancer_arn_of(arn));
    return {found.begin(), found.end()};
}

std::vector<std::string> State::target_groups_used_by(const std::string& load_balancer_arn) const {
    std::set<std::string> found;
    for_each_below(
        rules,
        prefix_below(load_balancer_arn, "listener-rule"),
        [&](const RuleRecord& rule) {
            for (const auto& share : rule.action.forward)
                found.insert(share.target_group_arn);
        }
    );
    return {found.begin(), found.end()};
}

std::string account_prefix(const std::string& account, const std::string& region) {
    return fmt::format("arn:aws:elasticloadbalancing:{}:{}:", region, account);
}

std::string load_balancer_arn_of(const std::string& arn) {
    // "…:listener-rule/app/name/id/listener/rule": the kind, then three parts of the load balancer.
    auto slash = arn.find('/');
    const auto colon = arn.rfind(':', slash);
    auto end = slash;
    for (int i = 0; i < 3 && end != std::string::npos; ++i)
        end = arn.find('/', end + 1);
    return arn.substr(0, colon + 1) + "loadbalancer" + arn.substr(slash, end - slash);
}

std::string listener_arn_of(const std::string& rule_arn) {
    const auto slash = rule_arn.find('/');
    const auto colon = rule_arn.rfind(':', slash);
    return rule_arn.substr(0, colon + 1) + "listener" +
           rule_arn.substr(slash, rule_arn.rfind('/') - slash);
}

std::string label_of(const std::string& arn) {
    const auto resource = arn.substr(arn.rfind(':') + 1);
    constexpr std::string_view load_balancer = "loadbalancer/";
    return resource.starts_with(load_balancer) ? resource.substr(load_balancer.size()) : resource;
}

std::string account_of(const std::string& arn) {
    const auto parsed = aws::ARN::parse(arn);
    return parsed ? parsed->account : "";
}

std::string region_of(const std::string& arn) {
    const auto parsed = aws::ARN::parse(arn);
    return parsed ? parsed->region : "";
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
const Attributes& load_balancer_attribute_defaults() {
    static const Attributes defaults = {
        {"access_logs.s3.bucket", ""},
        {"access_logs.s3.enabled", "false"},
        {"access_logs.s3.prefix", ""},
        {"client_keep_alive.seconds", "3600"},
        {"connection_logs.s3.bucket", ""},
        {"connection_logs.s3.enabled", "false"},
        {"connection_logs.s3.prefix", ""},
        {"deletion_protection.enabled", "false"},
        {"health_check_logs.s3.bucket", ""},
        {"health_check_logs.s3.enabled", "false"},
        {"health_check_logs.s3.prefix", ""},
        {"idle_timeout.timeout_seconds", "60"},
        {"load_balancing.cross_zone.enabled", "true"},
        {"routing.http.desync_mitigation_mode", "defensive"},
        {"routing.http.drop_invalid_header_fields.enabled", "false"},
        {"routing.http.preserve_host_header.enabled", "false"},
        {"routing.http.x_amzn_tls_version_and_cipher_suite.enabled", "false"},
        {"routing.http.xff_client_port.enabled", "false"},
        {"routing.http.xff_header_processing.mode", "append"},
        {"routing.http2.enabled", "true"},
        {"waf.fail_open.enabled", "false"},
        {"zonal_shift.config.enabled", "false"},
    };
    return defaults;
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html
const Attributes& target_group_attribute_defaults() {
    static const Attributes defaults = {
        {"deregistration_delay.timeout_seconds", "300"},
        {"load_balancing.algorithm.anomaly_mitigation", "off"},
        {"load_balancing.algorithm.type", "round_robin"},
        {"load_balancing.cross_zone.enabled", "use_load_balancer_configuration"},
        {"slow_start.duration_seconds", "0"},
        {"stickiness.app_cookie.cookie_name", ""},
        {"stickiness.app_cookie.duration_seconds", "86400"},
        {"stickiness.enabled", "false"},
        {"stickiness.lb_cookie.duration_seconds", "86400"},
        {"stickiness.type", "lb_cookie"},
        {"target_group_health.dns_failover.minimum_healthy_targets.count", "1"},
        {"target_group_health.dns_failover.minimum_healthy_targets.percentage", "off"},
        {"target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", "1"},
        {"target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage", "off"},
    };
    return defaults;
}

std::string load_balancer_attribute(const LoadBalancerRecord& record, std::string_view key) {
    return value_of(record.attributes, load_balancer_attribute_defaults(), key);
}

std::string target_group_attribute(const TargetGroupRecord& record, std::string_view key) {
    return value_of(record.attributes, target_group_attribute_defaults(), key);
}

} // namespace diorama::elbv2
