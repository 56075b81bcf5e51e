// See policy_execution.hpp.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html
#include "services/autoscaling/background/policy_execution.hpp"

#include "services/autoscaling/limits.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace diorama::autoscaling {

std::string PolicyExecution::execute(const Policy& policy, const Trigger& trigger) {
    Group* group = state_.groups.edit(policy.group);
    if (group == nullptr || group->is_deleting) return "the group is gone";
    if (!policy.is_enabled) return "the policy is disabled";
    switch (policy.type) {
    case PolicyType::simple:
        return execute_simple(policy, *group, trigger);
    case PolicyType::step:
        return execute_step(policy, *group, trigger);
    case PolicyType::target_tracking:
        return execute_tracking(policy, *group, trigger);
    }
    return {};
}

// AWS: a simple policy waits for the scaling activity or health check replacement to complete and
// the cooldown period to end before it responds to further alarms.
std::string
PolicyExecution::execute_simple(const Policy& policy, Group& group, const Trigger& trigger) {
    if (trigger.honors_cooldown) {
        const bool is_busy =
            std::any_of(group.members.begin(), group.members.end(), [](const auto& member) {
                return member.state != MemberState::in_service;
            });
        if (is_busy || group.cooling_s) return "a scaling activity is in progress";
        if (environment_.clock.now() < group.cools_until) return "the cooldown has not ended";
    }
    const auto capacity = adjusted_capacity(
        group.desired,
        policy.adjustment_type,
        policy.adjustment,
        policy.min_magnitude
    );
    if (change_capacity(group, capacity, trigger))
        group.cooling_s = policy.cooldown_s.value_or(group.cooldown_s);
    return {};
}

// Instances that have been in service for longer than the warm-up.
// AWS: EstimatedInstanceWarmup, else the group's default instance warmup, else the default
// cooldown.
std::int32_t PolicyExecution::warmed_up(const Group& group, const Policy& policy) const {
    const auto warmup = std::chrono::seconds(
        policy.warmup_s.value_or(group.default_warmup_s.value_or(group.cooldown_s))
    );
    const Timestamp now = environment_.clock.now();
    return static_cast<std::int32_t>(std::count_if(
        group.members.begin(),
        group.members.end(),
        [&](const auto& member) {
            return member.state == MemberState::in_service && member.in_service + warmup <= now;
        }
    ));
}

std::string
PolicyExecution::execute_step(const Policy& policy, Group& group, const Trigger& trigger) {
    if (!trigger.metric || !trigger.threshold) return "the value of the metric is not known";
    const auto* step = step_for(policy.steps, *trigger.metric - *trigger.threshold);
    if (step == nullptr) return "no step matches the size of the breach";
    const auto warm = warmed_up(group, policy);
    // AWS: instances that warm up count as added capacity, so that several breaches within the same
    // step are one activity; scale-in waits until all are warm.
    const auto from_all = adjusted_capacity(
        group.desired,
        policy.adjustment_type,
        step->adjustment,
        policy.min_magnitude
    );
    if (from_all < group.desired) {
        if (warm < group.active()) return "instances are warming up";
        change_capacity(group, from_all, trigger);
        return {};
    }
    const auto base = std::min(group.desired, std::max(warm, group.min_size));
    const auto capacity =
        adjusted_capacity(base, policy.adjustment_type, step->adjustment, policy.min_magnitude);
    if (capacity > group.desired) change_capacity(group, capacity, trigger);
    return {};
}

std::string
PolicyExecution::execute_tracking(const Policy& policy, Group& group, const Trigger& trigger) {
    if (!trigger.metric) return "the value of the metric is not known";
    const bool goes_out = *trigger.metric > policy.target;
    const auto warm = warmed_up(group, policy);
    if (goes_out) {
        // Each instance that was warm when the metric was taken carried this much: what is warming
        // up already counts.
        const auto carrying = warm > 0 ? warm : group.active();
        const auto capacity =
            tracked_capacity(carrying, *trigger.metric, policy.target, Direction::out);
        if (capacity > group.desired) change_capacity(group, capacity, trigger);
        return {};
    }
    if (!policy.scales_in) return "the policy does not scale in";
    asked_to_scale_in_[policy.arn] = environment_.clock.now();
    if (!all_ask_to_scale_in(policy.group)) return "another target tracking policy does not agree";
    if (warm < group.active()) return "instances are warming up";
    // Seen on AWS: scale-in goes one instance at a time.
    const auto capacity =
        tracked_capacity(group.desired, *trigger.metric, policy.target, Direction::in);
    if (capacity < group.desired)
        change_capacity(group, std::max(capacity, group.desired - 1), trigger);
    return {};
}

// AWS: "scale in [...] only if all of the target tracking policies (with the scale-in portion
// enabled) are ready to scale in". An alarm carries out its policy every minute as long as it
// lasts.
bool PolicyExecution::all_ask_to_scale_in(const std::string& group_key) const {
    const Timestamp oldest = environment_.clock.now() - limits::scale_in_wish;
    return std::all_of(state_.policies.begin(), state_.policies.end(), [&](const auto& entry) {
        const Policy& policy = entry.second;
        if (policy.group != group_key || policy.type != PolicyType::target_tracking ||
            !policy.is_enabled || !policy.scales_in)
            return true;
        const auto asked = asked_to_scale_in_.find(policy.arn);
        return asked != asked_to_scale_in_.end() && asked->second >= oldest;
    });
}

bool PolicyExecution::change_capacity(Group& group, std::int32_t capacity, const Trigger& trigger) {
    capacity = clamp(capacity, group.limits());
    if (capacity == group.desired) return false;
    group.next_cause = fmt::format(
        "At {} {} changing the desired capacity from {} to {}.",
        iso8601(environment_.clock.now()),
        trigger.cause,
        group.desired,
        capacity
    );
    environment_.log.write(LogLevel::note, "autoscaling", "{}: {}", group.name, group.next_cause);
    group.desired = capacity;
    reconciler_.look_at(key_of(group.place, group.name));
    return true;
}

} // namespace diorama::autoscaling
