// Groups, their instances and tags as the API shows them; part of groups.hpp.
#include "emulator/aws/error.hpp"
#include "services/autoscaling/control/activities.hpp"
#include "services/autoscaling/control/groups.hpp"
#include "services/autoscaling/control/pages.hpp"

#include <fmt/ranges.h>

#include <algorithm>

namespace diorama::autoscaling {

namespace {

api::LaunchTemplateSpecification describe_template(const Group& group, const std::string& version) {
    api::LaunchTemplateSpecification specification;
    specification.launch_template_id = group.template_id;
    specification.launch_template_name = group.template_name;
    if (!version.empty()) specification.version = version;
    return specification;
}

api::LifecycleState lifecycle_state(MemberState state) {
    switch (state) {
    case MemberState::pending:
        return api::LifecycleState::Pending;
    case MemberState::in_service:
        return api::LifecycleState::InService;
    case MemberState::terminating:
        return api::LifecycleState::Terminating;
    }
    return api::LifecycleState::Pending;
}

const char* health_of(const Member& member) {
    return member.is_healthy() ? "Healthy" : "Unhealthy";
}

api::Instance describe(const Group& group, const Member& member) {
    api::Instance result;
    result.instance_id = member.instance_id;
    result.instance_type = member.type;
    result.availability_zone = member.zone;
    result.lifecycle_state = lifecycle_state(member.state);
    result.health_status = health_of(member);
    result.launch_template = describe_template(group, std::to_string(member.template_version));
    result.protected_from_scale_in = member.is_protected;
    return result;
}

api::TagDescription describe_tag(const Group& group, const std::string& key, const GroupTag& tag) {
    api::TagDescription result;
    result.resource_id = group.name;
    result.resource_type = "auto-scaling-group";
    result.key = key;
    result.value = tag.value;
    result.propagate_at_launch = tag.propagates;
    return result;
}

api::AutoScalingGroup describe(const Group& group) {
    api::AutoScalingGroup result;
    result.auto_scaling_group_name = group.name;
    result.auto_scaling_group_arn = group.arn;
    result.launch_template = describe_template(group, group.template_version);
    result.min_size = group.min_size;
    result.max_size = group.max_size;
    result.desired_capacity = group.desired;
    result.default_cooldown = group.cooldown_s;
    result.default_instance_warmup = group.default_warmup_s;
    result.availability_zones = group.zones;
    result.target_group_arns = group.target_groups;
    result.health_check_type = group.health_check_type;
    result.health_check_grace_period = group.health_check_grace_s;
    result.created_time = group.created;
    result.vpc_zone_identifier = fmt::format("{}", fmt::join(group.subnets, ","));
    result.termination_policies = group.termination_policies.empty()
                                      ? std::vector<std::string>{"Default"}
                                      : group.termination_policies;
    result.new_instances_protected_from_scale_in = group.protects_new_instances;
    if (group.is_deleting) result.status = "Delete in progress";
    for (const auto& member : group.members)
        result.instances.push_back(describe(group, member));
    for (const auto& process : group.suspended) {
        api::SuspendedProcess suspended;
        suspended.process_name = process;
        suspended.suspension_reason = "User suspended at the user's request";
        result.suspended_processes.push_back(std::move(suspended));
    }
    for (const auto& name : group.metrics) {
        api::EnabledMetric metric;
        metric.metric = name;
        metric.granularity = "1Minute";
        result.enabled_metrics.push_back(std::move(metric));
    }
    for (const auto& [key, tag] : group.tags)
        result.tags.push_back(describe_tag(group, key, tag));
    return result;
}

bool is_in(const std::vector<std::string>& list, const std::string& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

// AWS: filters of DescribeAutoScalingGroups are tag:<key>, tag-key and tag-value.
bool passes(const Group& group, const std::vector<api::Filter>& filters) {
    return std::all_of(filters.begin(), filters.end(), [&](const api::Filter& filter) {
        const std::string name = filter.name.value_or("");
        return std::any_of(group.tags.begin(), group.tags.end(), [&](const auto& entry) {
            if (name == "tag-key") return is_in(filter.values, entry.first);
            if (name == "tag-value") return is_in(filter.values, entry.second.value);
            return name == "tag:" + entry.first && is_in(filter.values, entry.second.value);
        });
    });
}

} // namespace

api::AutoScalingGroupsType
GroupControl::describe(const aws::Call& call, const api::AutoScalingGroupNamesType& input) {
    api::AutoScalingGroupsType result;
    for (const auto& [key, group] : state_.groups) {
        if (group.place.account != call.account || group.place.region != call.region) continue;
        const auto& names = input.auto_scaling_group_names;
        if (!names.empty() && !is_in(names, group.name)) continue;
        if (passes(group, input.filters))
            result.auto_scaling_groups.push_back(autoscaling::describe(group));
    }
    keep_page(result.auto_scaling_groups, input, limits::records_usual, result);
    return result;
}

api::AutoScalingInstancesType GroupControl::describe_instances(
    const aws::Call& call,
    const api::DescribeAutoScalingInstancesType& input
) {
    api::AutoScalingInstancesType result;
    for (const auto& [key, group] : state_.groups) {
        if (group.place.account != call.account || group.place.region != call.region) continue;
        for (const auto& member : group.members) {
            if (!input.instance_ids.empty() && !is_in(input.instance_ids, member.instance_id))
                continue;
            api::AutoScalingInstanceDetails details;
            details.instance_id = member.instance_id;
            details.instance_type = member.type;
            details.auto_scaling_group_name = group.name;
            details.availability_zone = member.zone;
            details.lifecycle_state = api::to_string(lifecycle_state(member.state));
            // AWS spells the health in capitals here, and only here.
            details.health_status = member.is_healthy() ? "HEALTHY" : "UNHEALTHY";
            details.launch_template =
                describe_template(group, std::to_string(member.template_version));
            details.protected_from_scale_in = member.is_protected;
            result.auto_scaling_instances.push_back(std::move(details));
        }
    }
    keep_page(result.auto_scaling_instances, input, limits::records_usual, result);
    return result;
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
            throw aws::validation_error(
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

api::DescribeLoadBalancerTargetGroupsResponse GroupControl::describe_target_groups(
    const aws::Call& call,
    const api::DescribeLoadBalancerTargetGroupsRequest& input
) {
    api::DescribeLoadBalancerTargetGroupsResponse result;
    const Group& group = group_of(call, input.auto_scaling_group_name);
    for (const auto& arn : group.target_groups) {
        api::LoadBalancerTargetGroupState state;
        state.load_balancer_target_group_arn = arn;
        const bool any_healthy =
            std::any_of(group.members.begin(), group.members.end(), [&](const auto& member) {
                return target_groups_.health_of(arn, member.instance_id) ==
                       TargetGroups::Health::healthy;
            });
        // AWS: Added when all instances are registered, InService when at least one passes the
        // health check.
        state.state = any_healthy ? "InService" : "Added";
        result.load_balancer_target_groups.push_back(std::move(state));
    }
    keep_page(result.load_balancer_target_groups, input, limits::records_per_page, result);
    return result;
}

api::TagsType
GroupControl::describe_tags(const aws::Call& call, const api::DescribeTagsType& input) {
    api::TagsType result;
    for (const auto& [group_key, group] : state_.groups) {
        if (group.place.account != call.account || group.place.region != call.region) continue;
        for (const auto& [tag_key, group_tag] : group.tags) {
            const auto& key = tag_key;
            const auto& tag = group_tag;
            const auto& owner = group;
            const bool wanted =
                std::all_of(input.filters.begin(), input.filters.end(), [&](const auto& filter) {
                    const std::string name = filter.name.value_or("");
                    if (name == "auto-scaling-group") return is_in(filter.values, owner.name);
                    if (name == "key") return is_in(filter.values, key);
                    if (name == "value") return is_in(filter.values, tag.value);
                    return name == "propagate-at-launch" &&
                           is_in(filter.values, tag.propagates ? "true" : "false");
                });
            if (wanted) result.tags.push_back(describe_tag(group, key, tag));
        }
    }
    keep_page(result.tags, input, limits::records_usual, result);
    return result;
}

} // namespace diorama::autoscaling
