// What is set on a group after it was made: target groups, metrics, suspended processes, tags; part
// of groups.hpp.
#include "emulator/aws/error.hpp"
#include "services/autoscaling/control/groups.hpp"
#include "services/autoscaling/metrics.hpp"

#include <algorithm>
#include <array>

namespace diorama::autoscaling {

namespace {

using aws::validation_error;

constexpr std::array known_processes{
    "Launch",
    "Terminate",
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    "ReplaceUnhealthy",
    "ScheduledActions"
};

} // namespace

void GroupControl::add_target_groups(Group& group, const std::vector<std::string>& arns) {
    for (const auto& arn : arns) { // all or none
        if (target_groups_.exists(group.place, arn)) continue;
        throw validation_error(
            "Provided Target Groups may not be valid. Please ensure they exist and try again."
        );
    }
    for (const auto& arn : arns) {
        if (std::find(group.target_groups.begin(), group.target_groups.end(), arn) !=
            group.target_groups.end())
            continue;
        group.target_groups.push_back(arn);
        for (const auto& member : group.members) {
            if (member.state == MemberState::in_service)
                target_groups_.add(arn, member.instance_id);
        }
    }
}

void GroupControl::attach_target_groups(
    const aws::Call& call,
    const api::AttachLoadBalancerTargetGroupsType& input
) {
    Group& group = group_of(call, input.auto_scaling_group_name);
    add_target_groups(group, input.target_group_arns);
}

void GroupControl::detach_target_groups(
    const aws::Call& call,
    const api::DetachLoadBalancerTargetGroupsType& input
) {
    Group& group = group_of(call, input.auto_scaling_group_name);
    auto& attached = group.target_groups;
    for (const auto& arn : input.target_group_arns) { // all or none
        if (std::find(attached.begin(), attached.end(), arn) == attached.end())
            throw validation_error("Trying to remove Target Groups that are not part of the group");
    }
    for (const auto& arn : input.target_group_arns) {
        std::erase(attached, arn);
        for (const auto& member : group.members)
            target_groups_.remove(arn, member.instance_id);
    }
}

void GroupControl::enable_metrics(
    const aws::Call& call,
    const api::EnableMetricsCollectionQuery& input
) {
    Group& group = group_of(call, input.auto_scaling_group_name);
    if (input.granularity != "1Minute")
        throw validation_error(
            "Granularity '{}' is not valid, the only valid value is 1Minute",
            input.granularity
        );
    for (const auto& name : input.metrics) {
        if (std::find(metrics::all.begin(), metrics::all.end(), name) == metrics::all.end()) {
            call.ignored("Metrics." + name);
        }
        group.metrics.insert(name);
    }
    if (input.metrics.empty()) group.metrics.insert(metrics::all.begin(), metrics::all.end());
}

void GroupControl::disable_metrics(
    const aws::Call& call,
    const api::DisableMetricsCollectionQuery& input
) {
    Group& group = group_of(call, input.auto_scaling_group_name);
    if (input.metrics.empty()) group.metrics.clear();
    for (const auto& name : input.metrics)
        group.metrics.erase(name);
}

void GroupControl::suspend(const aws::Call& call, const api::ScalingProcessQuery& input) {
    Group& group = group_of(call, input.auto_scaling_group_name);
    for (const auto& process : input.scaling_processes) {
        if (std::find(known_processes.begin(), known_processes.end(), process) ==
            known_processes.end()) {
            throw validation_error("{} is not a valid scaling process", process);
        }
    }
    const auto& named = input.scaling_processes;
    if (named.empty()) group.suspended.insert(known_processes.begin(), known_processes.end());
    group.suspended.insert(named.begin(), named.end());
}

void GroupControl::resume(const aws::Call& call, const api::ScalingProcessQuery& input) {
    Group& group = group_of(call, input.auto_scaling_group_name);
    if (input.scaling_processes.empty()) group.suspended.clear();
    for (const auto& process : input.scaling_processes)
        group.suspended.erase(process);
    reconciler_.look_at(key_of(group.place, group.name));
}

void GroupControl::tag(const aws::Call& call, const api::CreateOrUpdateTagsType& input) {
    for (const auto& tag : input.tags) {
        Group& group = group_of(call, tag.resource_id.value_or(""));
        group.tags[tag.key] = {tag.value.value_or(""), tag.propagate_at_launch.value_or(false)};
    }
}

void GroupControl::untag(const aws::Call& call, const api::DeleteTagsType& input) {
    for (const auto& tag : input.tags)
        group_of(call, tag.resource_id.value_or("")).tags.erase(tag.key);
}

} // namespace diorama::autoscaling
