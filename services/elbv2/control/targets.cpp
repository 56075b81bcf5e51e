// Targets: register, deregister, health.
#include "services/elbv2/control/control_plane.hpp"
#include "services/elbv2/limits.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::elbv2 {

namespace {

api::TargetHealth described(const TargetHealth& health) {
    api::TargetHealth shown;
    shown.state = api::parse_target_health_state_enum(name_of(health.state));
    if (health.reason != TargetHealthReason::none) {
        shown.reason = api::parse_target_health_reason_enum(name_of(health.reason));
        shown.description = description_of(health);
    }
    return shown;
}

} // namespace

void ControlPlane::check_instance_target(
    const aws::Call& call,
    const TargetGroupRecord& record,
    const std::string& id
) const {
    const auto instance = surroundings_.instances.find({call.account, call.region}, id);
    if (!instance)
        throw api::InvalidTargetException(
            "The following targets are not valid instances: '{}'",
            id
        );
    if (!instance->is_running)
        throw api::InvalidTargetException(
            "The following targets are not in a running state and cannot be registered: '{}'",
            id
        );
    if (instance->vpc_id != record.vpc_id)
        throw api::InvalidTargetException(
            "The following targets are not in the target group VPC '{}': '{}'",
            record.vpc_id,
            id
        );
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html
api::RegisterTargetsOutput
ControlPlane::register_targets(const aws::Call& call, const api::RegisterTargetsInput& input) {
    const auto& record = target_group(call, input.target_group_arn);
    for (const auto& target : input.targets) {
        if (record.target_type == "instance")
            check_instance_target(call, record, target.id);
        else if (!network::IPAddress::parse(target.id))
            throw aws::validation_error(
                "The IP address '{}' is not a valid IPv4 address",
                target.id
            );
    }
    if (record.targets.size() + input.targets.size() > limits::targets_per_target_group)
        throw api::TooManyTargetsException(
            "The maximum number of targets for target group '{}' has been reached",
            record.arn
        );
    for (const auto& target : input.targets) {
        // AWS: for an address outside the VPC the zone must be "all".
        const auto zone =
            record.target_type == "instance" ? "" : target.availability_zone.value_or("all");
        register_target(record.arn, {target.id, target.port.value_or(record.port), zone, {}});
    }
    return {};
}

void ControlPlane::register_target(
    const std::string& target_group_arn,
    const TargetRecord& target
) {
    auto* record = state_.target_groups.edit(target_group_arn);
    if (record == nullptr) return;
    if (auto* known = record->find_target(target.id, target.port))
        *known = target; // a draining target is taken back
    else
        record->targets.push_back(target);
    publication_.target_group_changed(target_group_arn);
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeregisterTargets.html
api::DeregisterTargetsOutput
ControlPlane::deregister_targets(const aws::Call& call, const api::DeregisterTargetsInput& input) {
    const auto& record = target_group(call, input.target_group_arn);
    for (const auto& target : input.targets) {
        std::vector<int> ports;
        for (const auto& known : record.targets)
            if (known.id == target.id && (!target.port || known.port == *target.port))
                ports.push_back(known.port);
        // AWS: "If you specify a target that does not exist, the action returns successfully."
        for (const auto port : ports)
            deregister_target(record.arn, target.id, port);
    }
    return {};
}

void ControlPlane::deregister_target(
    const std::string& target_group_arn,
    const std::string& id,
    int port
) {
    auto* record = state_.target_groups.edit(target_group_arn);
    if (record == nullptr) return;
    auto* target = record->find_target(id, port);
    if (target == nullptr || target->draining_until) return;
    const auto delay =
        std::stol(target_group_attribute(*record, "deregistration_delay.timeout_seconds"));
    target->draining_until = surroundings_.environment.clock.now() + std::chrono::seconds(delay);
    publication_.target_group_changed(target_group_arn);
    deregistration_.watch();
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html
api::DescribeTargetHealthOutput ControlPlane::describe_target_health(
    const aws::Call& call,
    const api::DescribeTargetHealthInput& input
) {
    const auto& record = target_group(call, input.target_group_arn);
    if (!input.include.empty()) call.ignored("Include");
    const auto description = [&](const TargetRecord& target, const TargetHealth& health) {
        api::TargetHealthDescription shown;
        shown.target.emplace().id = target.id;
        shown.target->port = target.port;
        if (!target.zone.empty()) shown.target->availability_zone = target.zone;
        shown.health_check_port = record.health_check.port == "traffic-port"
                                      ? std::to_string(target.port)
                                      : record.health_check.port;
        shown.target_health = described(health);
        return shown;
    };
    api::DescribeTargetHealthOutput output;
    auto& shown = output.target_health_descriptions;
    if (input.targets.empty())
        for (const auto& target : record.targets)
            shown.push_back(description(target, publication_.health_of(record, target)));
    for (const auto& wanted : input.targets) {
        const auto matches = [&](const TargetRecord& target) {
            return target.id == wanted.id && (!wanted.port || target.port == *wanted.port);
        };
        bool found = false;
        for (const auto& target : record.targets) {
            if (!matches(target)) continue;
            found = true;
            shown.push_back(description(target, publication_.health_of(record, target)));
        }
        if (!found)
            shown.push_back(description(
                {wanted.id, wanted.port.value_or(record.port), "", {}},
                {TargetHealthState::unused, TargetHealthReason::not_registered}
            ));
    }
    return output;
}

} // namespace diorama::elbv2
