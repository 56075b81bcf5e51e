// See groups.hpp: making, changing and removing groups.
// https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html
#include "services/autoscaling/control/groups.hpp"

#include "emulator/aws/error.hpp"
#include "emulator/aws/ignored.hpp"
#include "services/autoscaling/limits.hpp"
#include "services/autoscaling/metrics.hpp"

#include <algorithm>
#include <array>
#include <sstream>

namespace diorama::autoscaling {

namespace {

using aws::validation_error;

constexpr std::array known_termination_policies{
    "Default",
    "OldestInstance",
    "NewestInstance",
    "OldestLaunchTemplate",
    "ClosestToNextInstanceHour",
    "OldestLaunchConfiguration"
};
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

std::vector<std::string> split_by_comma(const std::string& text) {
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, ',');) {
        const auto first = part.find_first_not_of(' ');
        if (first != std::string::npos)
            parts.push_back(part.substr(first, part.find_last_not_of(' ') - first + 1));
    }
    return parts;
}

void check_sizes(const Group& group) {
    if (group.min_size < 0 || group.max_size < 0)
        throw validation_error("Min and max bounds must be non-negative.");
    if (group.min_size > group.max_size) {
        throw validation_error(
            "Max bound, {}, must be greater than or equal to min bound, {}",
            group.max_size,
            group.min_size
        );
    }
    if (group.desired < group.min_size) {
        throw validation_error(
            "Desired capacity:{} must be above the specified min size:{}",
            group.desired,
            group.min_size
        );
    }
    if (group.desired > group.max_size) {
        throw validation_error(
            "Desired capacity:{} must be below the specified max size:{}",
            group.desired,
            group.max_size
        );
    }
}

void check_termination_policies(const aws::Call& call, const std::vector<std::string>& policies) {
    for (const auto& policy : policies) {
        if (std::find(
                known_termination_policies.begin(),
                known_termination_policies.end(),
                policy
            ) == known_termination_policies.end()) {
            throw validation_error("'{}' is not a valid termination policy.", policy);
        }
        if (policy == "OldestLaunchConfiguration")
            call.ignored("TerminationPolicies.OldestLaunchConfiguration");
    }
}

void check_health_check_type(const std::string& types) {
    for (const auto& type : split_by_comma(types)) {
        if (type == "EC2" || type == "ELB") continue;
        if (type == "EBS" || type == "VPC_LATTICE") {
            throw aws::AWSError(
                "NotImplemented",
                501,
                fmt::format("The health check type {} is not emulated by autoscaling", type),
                aws::Fault::receiver
            );
        }
        throw validation_error("Invalid health check type: {}", type);
    }
}

} // namespace

Group& GroupControl::group_of(const aws::Call& call, const std::string& name) {
    Group* group = state_.groups.edit(key_of({call.account, call.region}, name));
    if (group == nullptr)
        throw validation_error(
            "AutoScalingGroup name not found - AutoScalingGroup '{}' not found",
            name
        );
    return *group;
}

// UNKNOWN: the sentence with which AWS refuses to change a group that is being deleted.
Group& GroupControl::lasting_group_of(const aws::Call& call, const std::string& name) {
    Group& group = group_of(call, name);
    if (group.is_deleting) {
        throw api::ScalingActivityInProgressFault(
            "AutoScalingGroup '{}' is pending delete and cannot be changed",
            name
        );
    }
    return group;
}

void GroupControl::use_template(
    Group& group,
    const api::LaunchTemplateSpecification& specification
) {
    if (specification.launch_template_id && specification.launch_template_name) {
        throw validation_error(
            "Valid requests must contain either launchTemplateId or LaunchTemplateName"
        );
    }
    const auto& id_or_name = specification.launch_template_id ? specification.launch_template_id
                                                              : specification.launch_template_name;
    if (!id_or_name)
        throw validation_error(
            "Valid requests must contain either launchTemplateId or LaunchTemplateName"
        );
    try {
        std::tie(group.template_id, group.template_name) = instances_.check_launch_template(
            group.place,
            *id_or_name,
            specification.version.value_or("")
        );
    } catch (const aws::AWSError& error) {
        throw validation_error(
            "You must use a valid fully-formed launch template. {}",
            error.message()
        );
    }
    group.template_version = specification.version.value_or("");
}

void GroupControl::use_places(
    Group& group,
    const std::vector<std::string>& zones,
    const std::optional<std::string>& subnets
) {
    if (subnets && !subnets->empty()) {
        group.subnets = split_by_comma(*subnets);
        group.zones.clear();
        for (const auto& subnet : group.subnets) {
            const auto zone = instances_.zone_of(group.place, subnet);
            if (!zone) throw validation_error("The subnet ID '{}' does not exist", subnet);
            if (std::find(group.zones.begin(), group.zones.end(), *zone) == group.zones.end())
                group.zones.push_back(*zone);
        }
        for (const auto& zone : zones) {
            if (std::find(group.zones.begin(), group.zones.end(), zone) != group.zones.end())
                continue;
            throw validation_error("The availability zones of the specified subnets and the Auto "
                                   "Scaling group do not match");
        }
        return;
    }
    for (const auto& zone : zones) {
        if (!instances_.has_zone(group.place, zone))
            throw validation_error("Invalid availability zone: [{}]", zone);
    }
    if (!zones.empty()) {
        group.zones = zones;
        group.subnets.clear();
    }
}

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

void GroupControl::create(const aws::Call& call, const api::CreateAutoScalingGroupType& input) {
    aws::report_ignored(
        call,
        *api::descriptor().find_operation("CreateAutoScalingGroup")->input,
        &input,
        {"AutoScalingGroupName",
         "LaunchTemplate",
         "MinSize",
         "MaxSize",
         "DesiredCapacity",
         "DefaultCooldown",
         "AvailabilityZones",
         "TargetGroupARNs",
         "HealthCheckType",
         "HealthCheckGracePeriod",
         "VPCZoneIdentifier",
         "TerminationPolicies",
         "NewInstancesProtectedFromScaleIn",
         "Tags",
         "DefaultInstanceWarmup",
         "LaunchConfigurationName",
         "MixedInstancesPolicy",
         "InstanceId"}
    );
    const Place place{call.account, call.region};
    const std::string key = key_of(place, input.auto_scaling_group_name);
    if (state_.groups.contains(key)) {
        throw api::AlreadyExistsFault(
            "AutoScalingGroup by this name already exists - A group with the name {} already "
            "exists",
            input.auto_scaling_group_name
        );
    }
    if (input.launch_configuration_name || input.mixed_instances_policy || input.instance_id) {
        throw aws::AWSError(
            "NotImplemented",
            501,
            "CreateAutoScalingGroup of autoscaling is emulated with LaunchTemplate only",
            aws::Fault::receiver
        );
    }
    if (!input.launch_template) {
        throw validation_error(
            "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, "
            "InstanceId or MixedInstancesPolicy parameter."
        );
    }
    Group group;
    group.name = input.auto_scaling_group_name;
    group.place = place;
    group.created = call.now;
    group.arn = fmt::format(
        "arn:aws:autoscaling:{}:{}:autoScalingGroup:{}:autoScalingGroupName/{}",
        call.region,
        call.account,
        call.random.uuid(),
        group.name
    );
    use_template(group, *input.launch_template);
    group.min_size = input.min_size;
    group.max_size = input.max_size;
    group.desired = input.desired_capacity.value_or(input.min_size);
    check_sizes(group);
    group.cooldown_s = input.default_cooldown.value_or(limits::default_cooldown_s);
    group.default_warmup_s = input.default_instance_warmup;
    use_places(group, input.availability_zones, input.vpc_zone_identifier);
    if (group.zones.empty())
        throw validation_error("At least one Availability Zone or VPC Subnet is required.");
    group.health_check_type = input.health_check_type.value_or("EC2");
    check_health_check_type(group.health_check_type);
    group.health_check_grace_s = input.health_check_grace_period.value_or(0);
    check_termination_policies(call, input.termination_policies);
    group.termination_policies = input.termination_policies;
    group.protects_new_instances = input.new_instances_protected_from_scale_in.value_or(false);
    for (const auto& tag : input.tags) {
        group.tags[tag.key] = {tag.value.value_or(""), tag.propagate_at_launch.value_or(false)};
    }
    add_target_groups(group, input.target_group_arns);
    if (group.desired > 0) {
        group.next_cause = fmt::format(
            "At {} a user request created an AutoScalingGroup changing the desired capacity from 0 "
            "to {}.",
            iso8601(call.now),
            group.desired
        );
    }
    state_.groups.put(key, std::move(group));
    reconciler_.look_at(key);
}

void GroupControl::update(const aws::Call& call, const api::UpdateAutoScalingGroupType& input) {
    aws::report_ignored(
        call,
        *api::descriptor().find_operation("UpdateAutoScalingGroup")->input,
        &input,
        {"AutoScalingGroupName",
         "LaunchTemplate",
         "MinSize",
         "MaxSize",
         "DesiredCapacity",
         "DefaultCooldown",
         "AvailabilityZones",
         "HealthCheckType",
         "HealthCheckGracePeriod",
         "VPCZoneIdentifier",
         "TerminationPolicies",
         "NewInstancesProtectedFromScaleIn",
         "DefaultInstanceWarmup"}
    );
    Group& group = lasting_group_of(call, input.auto_scaling_group_name);
    Group changed = group; // all or nothing
    if (input.launch_template) use_template(changed, *input.launch_template);
    changed.min_size = input.min_size.value_or(group.min_size);
    changed.max_size = input.max_size.value_or(group.max_size);
    // AWS: "If a new value for MinSize is specified without setting a value for DesiredCapacity,
    // and the new MinSize is larger than the current size of the group, this sets the group's
    // DesiredCapacity to the new MinSize value", likewise MaxSize.
    changed.desired = input.desired_capacity.value_or(
        std::clamp(group.desired, changed.min_size, std::max(changed.min_size, changed.max_size))
    );
    check_sizes(changed);
    changed.cooldown_s = input.default_cooldown.value_or(group.cooldown_s);
    if (input.default_instance_warmup) {
        // AWS: "To remove a value that you previously set, include the property but specify -1".
        changed.default_warmup_s =
            *input.default_instance_warmup < 0 ? std::nullopt : input.default_instance_warmup;
    }
    use_places(changed, input.availability_zones, input.vpc_zone_identifier);
    if (input.health_check_type) {
        check_health_check_type(*input.health_check_type);
        changed.health_check_type = *input.health_check_type;
    }
    changed.health_check_grace_s =
        input.health_check_grace_period.value_or(group.health_check_grace_s);
    if (!input.termination_policies.empty()) {
        check_termination_policies(call, input.termination_policies);
        changed.termination_policies = input.termination_policies;
    }
    changed.protects_new_instances =
        input.new_instances_protected_from_scale_in.value_or(group.protects_new_instances);
    if (changed.desired != group.desired) {
        changed.next_cause = fmt::format(
            "At {} a user request update of AutoScalingGroup constraints to min: {}, max: {}, "
            "desired: {} changing the desired capacity from {} to {}.",
            iso8601(call.now),
            changed.min_size,
            changed.max_size,
            changed.desired,
            group.desired,
            changed.desired
        );
    }
    group = std::move(changed);
    reconciler_.look_at(key_of(group.place, group.name));
}

void GroupControl::remove(const aws::Call& call, const api::DeleteAutoScalingGroupType& input) {
    Group& group = group_of(call, input.auto_scaling_group_name);
    const bool is_forced = input.force_delete.value_or(false);
    if (!is_forced && group.active() == 0 && !group.members.empty()) {
        throw api::ScalingActivityInProgressFault(
            "You cannot delete an AutoScalingGroup while there are scaling activities in progress "
            "for that group."
        );
    }
    if (!is_forced && !group.members.empty()) {
        throw api::ResourceInUseFault(
            "You cannot delete an AutoScalingGroup while there are instances or pending Spot "
            "instance request(s) still in the group."
        );
    }
    group.is_deleting = true;
    // AWS: suspending Terminate "doesn't prevent the successful termination of instances using the
    // force delete option".
    group.suspended.erase("Terminate");
    group.desired = group.min_size = 0;
    for (auto& member : group.members)
        member.is_protected = false;
    group.next_cause = fmt::format(
        "At {} a user request force deleted AutoScalingGroup changing the desired capacity from {} "
        "to 0.",
        iso8601(call.now),
        group.active()
    );
    if (group.members.empty()) {
        reconciler_.remove(key_of(group.place, group.name));
    } else {
        reconciler_.look_at(key_of(group.place, group.name));
    }
}

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
    const bool cools = input.honor_cooldown.value_or(false) &&
                       (group.cooling_s || call.now < group.cools_until);
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
