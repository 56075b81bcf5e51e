// How many instances a group wants, and which of them people send away; part of groups.hpp.
#include "emulator/aws/error.hpp"
#include "services/autoscaling/control/activities.hpp"
#include "services/autoscaling/control/groups.hpp"

#include <fmt/format.h>

namespace diorama::autoscaling {

using aws::validation_error;

void GroupControl::change_capacity(Group& group, std::int32_t capacity, const std::string& cause) {
    group.next_cause = fmt::format(
        "{} changing the desired capacity from {} to {}.",
        cause,
        group.desired,
        capacity
    );
    group.desired = capacity;
    reconciler_.look_at(key_of(group.place, group.name));
}

void GroupControl::set_desired_capacity(
    const aws::Call& call,
    const api::SetDesiredCapacityType& input
) {
    Group& group = lasting_group_of(call, input.auto_scaling_group_name);
    if (input.desired_capacity > group.max_size) {
        throw validation_error(
            "New SetDesiredCapacity value {} is above max value {} for the AutoScalingGroup.",
            input.desired_capacity,
            group.max_size
        );
    }
    if (input.desired_capacity < group.min_size) {
        throw validation_error(
            "New SetDesiredCapacity value {} is below min value {} for the AutoScalingGroup.",
            input.desired_capacity,
            group.min_size
        );
    }
    const bool cools =
        input.honor_cooldown.value_or(false) && (group.cooling_s || call.now < group.cools_until);
    if (cools) {
        throw api::ScalingActivityInProgressFault(
            "Scaling activity {} is in progress and blocks this action",
            group.name
        );
    }
    if (input.desired_capacity == group.desired) return;
    change_capacity(
        group,
        input.desired_capacity,
        fmt::format("At {} a user request explicitly set group desired capacity", iso8601(call.now))
    );
}

Group& GroupControl::group_of_instance(const aws::Call& call, const std::string& instance_id) {
    std::string found;
    for (const auto& [key, group] : state_.groups) {
        if (group.place.account != call.account || group.place.region != call.region) continue;
        if (group.find_member(instance_id) != nullptr) found = key;
    }
    if (found.empty())
        throw validation_error(
            "Instance Id not found - No managed instance found for instance ID: {}",
            instance_id
        );
    return *state_.groups.edit(found);
}

void GroupControl::set_instance_health(
    const aws::Call& call,
    const api::SetInstanceHealthQuery& input
) {
    Group& group = group_of_instance(call, input.instance_id);
    if (input.health_status != "Healthy" && input.health_status != "Unhealthy") {
        throw validation_error("Valid instance health states are: [Healthy, Unhealthy].");
    }
    Member& member = *group.find_member(input.instance_id);
    const auto grace = std::chrono::seconds(group.health_check_grace_s);
    const bool in_grace =
        input.should_respect_grace_period.value_or(true) &&
        (member.state == MemberState::pending ? grace > Duration::zero()
                                              : call.now < member.in_service + grace);
    if (input.health_status == "Unhealthy" && in_grace) return;
    member.unhealthy_reason = input.health_status == "Healthy" ? "" : "a user health-check";
    reconciler_.look_at(key_of(group.place, group.name));
}

api::ActivityType GroupControl::terminate_instance(
    const aws::Call& call,
    const api::TerminateInstanceInAutoScalingGroupType& input
) {
    Group& group = group_of_instance(call, input.instance_id);
    if (group.find_member(input.instance_id)->state == MemberState::terminating) {
        throw api::ScalingActivityInProgressFault(
            "Instance {} is already terminating.",
            input.instance_id
        );
    }
    if (input.should_decrement_desired_capacity) {
        if (group.desired - 1 < group.min_size) {
            throw validation_error(
                "Currently, desiredSize equals minSize ({}). Terminating instance without "
                "replacement will violate group's min size constraint. "
                "Either set shouldDecrementDesiredCapacity flag to false or lower group's min "
                "size.",
                group.min_size
            );
        }
        --group.desired;
    }
    const auto activity = reconciler_.begin_termination(
        group,
        input.instance_id,
        fmt::format(
            "At {} instance {} was taken out of service in response to a user request.",
            iso8601(call.now),
            input.instance_id
        )
    );
    reconciler_.look_at(key_of(group.place, group.name));
    api::ActivityType result;
    result.activity = describe_activity(group, *state_.activities.find(activity));
    return result;
}

} // namespace diorama::autoscaling
