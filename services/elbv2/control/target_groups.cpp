// Target groups: create, describe, modify, delete.
#include "services/elbv2/control/control_plane.hpp"
#include "services/elbv2/limits.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::elbv2 {

namespace {

// What Create and Modify have in common.
struct HealthCheckInput {
    std::optional<api::ProtocolEnum> protocol;
    std::optional<std::string> port;
    std::optional<bool> enabled;
    std::optional<std::string> path;
    std::optional<std::int32_t> interval_seconds;
    std::optional<std::int32_t> timeout_seconds;
    std::optional<std::int32_t> healthy_threshold;
    std::optional<std::int32_t> unhealthy_threshold;
    std::optional<api::Matcher> matcher;
};

template <class Input>
HealthCheckInput health_check_input(const Input& input) {
    return {
        input.health_check_protocol,
        input.health_check_port,
        input.health_check_enabled,
        input.health_check_path,
        input.health_check_interval_seconds,
        input.health_check_timeout_seconds,
        input.healthy_threshold_count,
        input.unhealthy_threshold_count,
        input.matcher,
    };
}

bool is_http(api::ProtocolEnum protocol) {
    return protocol == api::ProtocolEnum::HTTP || protocol == api::ProtocolEnum::HTTPS;
}

void set_within(
    int& value,
    std::optional<std::int32_t> given,
    int least,
    int greatest,
    std::string_view what
) {
    if (!given) return;
    if (*given < least || *given > greatest)
        throw aws::validation_error(
            "{} must be between '{}' and '{}' inclusive",
            what,
            least,
            greatest
        );
    value = *given;
}

bool is_port(const std::string& text) {
    return !text.empty() && text.size() <= 5 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
           std::stoi(text) >= 1 && std::stoi(text) <= 65535;
}

void apply_numbers(HealthCheckRecord& record, const HealthCheckInput& input) {
    set_within(
        record.interval_seconds,
        input.interval_seconds,
        limits::health_check_interval_min,
        limits::health_check_interval_max,
        "Health check interval"
    );
    set_within(
        record.timeout_seconds,
        input.timeout_seconds,
        limits::health_check_timeout_min,
        limits::health_check_timeout_max,
        "Health check timeout"
    );
    set_within(
        record.healthy_threshold,
        input.healthy_threshold,
        limits::threshold_min,
        limits::threshold_max,
        "Healthy threshold count"
    );
    set_within(
        record.unhealthy_threshold,
        input.unhealthy_threshold,
        limits::threshold_min,
        limits::threshold_max,
        "Unhealthy threshold count"
    );
    if (record.timeout_seconds >= record.interval_seconds)
        throw aws::validation_error("Health check interval must be greater than the timeout");
}

void apply(HealthCheckRecord& record, const HealthCheckInput& input) {
    if (input.protocol) {
        if (!is_http(*input.protocol))
            throw aws::validation_error(
                "Health check protocol '{}' is not supported for target groups of HTTP or HTTPS",
                to_string(*input.protocol)
            );
        record.protocol = to_string(*input.protocol);
    }
    if (input.enabled.has_value() && !*input.enabled)
        throw api::InvalidConfigurationRequestException(
            "Health check enabled must be true for target groups with target type 'instance' or "
            "'ip'"
        );
    if (input.port) {
        if (*input.port != "traffic-port" && !is_port(*input.port))
            throw aws::validation_error(
                "Health check port '{}' must be either 'traffic-port' or in the range [1-65535]",
                *input.port
            );
        record.port = *input.port;
    }
    if (input.path) {
        if (!input.path->starts_with('/'))
            throw aws::validation_error(
                "Health check path '{}' must begin with a '/' character",
                *input.path
            );
        record.path = *input.path;
    }
    apply_numbers(record, input);
    if (input.matcher) {
        if (input.matcher->grpc_code) not_implemented("Matcher.GrpcCode");
        const auto codes = input.matcher->http_code.value_or("200");
        if (!Matcher::parse(codes))
            throw aws::validation_error(
                "Health check matcher HTTP code '{}' must be within '200-499' inclusive",
                codes
            );
        record.matcher = codes;
    }
}

void refuse_other_kinds(const api::CreateTargetGroupInput& input) {
    const auto type = input.target_type.value_or(api::TargetTypeEnum::instance);
    if (type != api::TargetTypeEnum::instance && type != api::TargetTypeEnum::ip)
        not_implemented(fmt::format("TargetType {}", to_string(type)));
    if (!input.protocol) throw aws::validation_error("A protocol must be specified");
    if (!is_http(*input.protocol))
        not_implemented(fmt::format("A target group of protocol {}", to_string(*input.protocol)));
    if (input.protocol_version.value_or("HTTP1") != "HTTP1")
        not_implemented(fmt::format("ProtocolVersion {}", *input.protocol_version));
    if (input.ip_address_type == api::TargetGroupIpAddressTypeEnum::ipv6)
        not_implemented("IpAddressType ipv6");
    if (input.target_control_port) not_implemented("TargetControlPort");
}

} // namespace

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
api::CreateTargetGroupOutput
ControlPlane::create_target_group(const aws::Call& call, const api::CreateTargetGroupInput& input) {
    check_name(input.name, "Target group");
    refuse_other_kinds(input);
    if (!input.port) throw aws::validation_error("A port must be specified");
    if (!input.vpc_id) throw aws::validation_error("A VPC ID must be specified");
    if (!surroundings_.subnets.has_vpc({call.account, call.region}, *input.vpc_id))
        throw aws::validation_error("The VPC ID '{}' is not found", *input.vpc_id);

    TargetGroupRecord record;
    record.name = input.name;
    record.protocol = to_string(*input.protocol);
    record.port = *input.port;
    record.vpc_id = *input.vpc_id;
    record.target_type = to_string(input.target_type.value_or(api::TargetTypeEnum::instance));
    // AWS: the default health check protocol is HTTP, for HTTPS target groups as well.
    apply(record.health_check, health_check_input(input));
    record.tags = checked_tags(input.tags);

    const auto prefix = account_prefix(call.account, call.region);
    if (const auto* existing = state_.find_target_group_named(prefix, input.name)) {
        if (existing->protocol != record.protocol || existing->port != record.port ||
            existing->vpc_id != record.vpc_id || existing->target_type != record.target_type)
            throw api::DuplicateTargetGroupNameException(
                "A target group with the same name '{}' exists, but with different settings",
                input.name
            );
        return {{describe(*existing)}};
    }
    record.arn = prefix + "targetgroup/" + input.name + "/" + call.random.hex(16);
    const auto arn = record.arn;
    api::CreateTargetGroupOutput output{{describe(state_.target_groups.put(arn, record))}};
    publication_.target_group_changed(arn);
    return output;
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroups.html
api::DescribeTargetGroupsOutput ControlPlane::describe_target_groups(
    const aws::Call& call,
    const api::DescribeTargetGroupsInput& input
) {
    const auto prefix = account_prefix(call.account, call.region);
    std::vector<api::TargetGroup> all;
    if (input.load_balancer_arn) {
        const auto& record = load_balancer(call, *input.load_balancer_arn);
        for (const auto& arn : state_.target_groups_used_by(record.arn))
            all.push_back(describe(target_group(call, arn)));
    } else if (!input.target_group_arns.empty()) {
        for (const auto& arn : input.target_group_arns) {
            const auto* record = state_.target_groups.find(arn);
            if (record == nullptr || !arn.starts_with(prefix))
                throw api::TargetGroupNotFoundException("One or more target groups not found");
            all.push_back(describe(*record));
        }
    } else if (!input.names.empty()) {
        for (const auto& name : input.names) {
            const auto* record = state_.find_target_group_named(prefix, name);
            if (record == nullptr)
                throw api::TargetGroupNotFoundException("One or more target groups not found");
            all.push_back(describe(*record));
        }
    } else {
        for (const auto& [arn, record] : state_.target_groups)
            if (arn.starts_with(prefix)) all.push_back(describe(record));
    }
    api::DescribeTargetGroupsOutput output;
    output.target_groups =
        page_of(std::move(all), input.marker, input.page_size, output.next_marker);
    return output;
}

api::TargetGroup ControlPlane::describe(const TargetGroupRecord& record) const {
    const auto& check = record.health_check;
    api::TargetGroup described;
    described.target_group_arn = record.arn;
    described.target_group_name = record.name;
    described.protocol = api::parse_protocol_enum(record.protocol);
    described.port = record.port;
    described.vpc_id = record.vpc_id;
    described.health_check_protocol = api::parse_protocol_enum(check.protocol);
    described.health_check_port = check.port;
    described.health_check_enabled = check.enabled;
    described.health_check_interval_seconds = check.interval_seconds;
    described.health_check_timeout_seconds = check.timeout_seconds;
    described.healthy_threshold_count = check.healthy_threshold;
    described.unhealthy_threshold_count = check.unhealthy_threshold;
    described.health_check_path = check.path;
    described.matcher.emplace().http_code = check.matcher;
    described.load_balancer_arns = state_.load_balancers_using(record.arn);
    described.target_type = api::parse_target_type_enum(record.target_type);
    described.protocol_version = "HTTP1";
    described.ip_address_type = api::TargetGroupIpAddressTypeEnum::ipv4;
    return described;
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyTargetGroup.html
api::ModifyTargetGroupOutput
ControlPlane::modify_target_group(const aws::Call& call, const api::ModifyTargetGroupInput& input) {
    auto check = target_group(call, input.target_group_arn).health_check;
    apply(check, health_check_input(input));
    auto* record = state_.target_groups.edit(input.target_group_arn);
    record->health_check = std::move(check);
    publication_.target_group_changed(record->arn);
    return {{describe(*record)}};
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteTargetGroup.html
// AWS: deleting a target group that does not exist succeeds.
api::DeleteTargetGroupOutput
ControlPlane::delete_target_group(const aws::Call& call, const api::DeleteTargetGroupInput& input) {
    const auto& arn = input.target_group_arn;
    if (!arn.starts_with(account_prefix(call.account, call.region))) return {};
    if (!state_.load_balancers_using(arn).empty())
        throw api::ResourceInUseException(
            "Target group '{}' is currently in use by a listener or a rule",
            arn
        );
    if (state_.target_groups.erase(arn)) publication_.target_group_changed(arn);
    return {};
}

} // namespace diorama::elbv2
