// See autoscaling.hpp: puts the rooms together and sends each operation to its noun.
#include "services/autoscaling/autoscaling.hpp"

#include "services/autoscaling/api.hpp"
#include "services/autoscaling/background/group_metrics.hpp"
#include "services/autoscaling/background/policy_execution.hpp"
#include "services/autoscaling/background/reconciler.hpp"
#include "services/autoscaling/control/activities.hpp"
#include "services/autoscaling/control/groups.hpp"
#include "services/autoscaling/control/policies.hpp"

#include <fmt/format.h>

namespace diorama::autoscaling {

namespace {

using aws::Call;

class Operations final : public api::AutoScalingApi {
public:
    Operations(GroupControl& given_groups, PolicyControl& given_policies, const State& given_state)
        : groups(given_groups)
        , policies(given_policies)
        , state(given_state) {}

    api::CreateAutoScalingGroupOutput create_auto_scaling_group(
        const Call& call,
        const api::CreateAutoScalingGroupType& input
    ) override {
        groups.create(call, input);
        return {};
    }

    api::UpdateAutoScalingGroupOutput update_auto_scaling_group(
        const Call& call,
        const api::UpdateAutoScalingGroupType& input
    ) override {
        groups.update(call, input);
        return {};
    }

    api::DeleteAutoScalingGroupOutput delete_auto_scaling_group(
        const Call& call,
        const api::DeleteAutoScalingGroupType& input
    ) override {
        groups.remove(call, input);
        policies.remove_all_of(call, input.auto_scaling_group_name);
        return {};
    }

    api::AutoScalingGroupsType describe_auto_scaling_groups(
        const Call& call,
        const api::AutoScalingGroupNamesType& input
    ) override {
        return groups.describe(call, input);
    }

    api::AutoScalingInstancesType describe_auto_scaling_instances(
        const Call& call,
        const api::DescribeAutoScalingInstancesType& input
    ) override {
        return groups.describe_instances(call, input);
    }

    api::ActivitiesType describe_scaling_activities(
        const Call& call,
        const api::DescribeScalingActivitiesType& input
    ) override {
        return describe_activities(state, call, input);
    }

    api::SetDesiredCapacityOutput
    set_desired_capacity(const Call& call, const api::SetDesiredCapacityType& input) override {
        groups.set_desired_capacity(call, input);
        return {};
    }

    api::SetInstanceHealthOutput
    set_instance_health(const Call& call, const api::SetInstanceHealthQuery& input) override {
        groups.set_instance_health(call, input);
        return {};
    }

    api::ActivityType terminate_instance_in_auto_scaling_group(
        const Call& call,
        const api::TerminateInstanceInAutoScalingGroupType& input
    ) override {
        return groups.terminate_instance(call, input);
    }

    api::PolicyARNType
    put_scaling_policy(const Call& call, const api::PutScalingPolicyType& input) override {
        return policies.put(call, input);
    }

    api::PoliciesType
    describe_policies(const Call& call, const api::DescribePoliciesType& input) override {
        return policies.describe(call, input);
    }

    api::DeletePolicyOutput
    delete_policy(const Call& call, const api::DeletePolicyType& input) override {
        policies.remove(call, input);
        return {};
    }

    api::ExecutePolicyOutput
    execute_policy(const Call& call, const api::ExecutePolicyType& input) override {
        policies.execute(call, input);
        return {};
    }

    api::AttachLoadBalancerTargetGroupsResultType attach_load_balancer_target_groups(
        const Call& call,
        const api::AttachLoadBalancerTargetGroupsType& input
    ) override {
        groups.attach_target_groups(call, input);
        return {};
    }

    api::DetachLoadBalancerTargetGroupsResultType detach_load_balancer_target_groups(
        const Call& call,
        const api::DetachLoadBalancerTargetGroupsType& input
    ) override {
        groups.detach_target_groups(call, input);
        return {};
    }

    api::DescribeLoadBalancerTargetGroupsResponse describe_load_balancer_target_groups(
        const Call& call,
        const api::DescribeLoadBalancerTargetGroupsRequest& input
    ) override {
        return groups.describe_target_groups(call, input);
    }

    api::EnableMetricsCollectionOutput enable_metrics_collection(
        const Call& call,
        const api::EnableMetricsCollectionQuery& input
    ) override {
        groups.enable_metrics(call, input);
        return {};
    }

    api::DisableMetricsCollectionOutput disable_metrics_collection(
        const Call& call,
        const api::DisableMetricsCollectionQuery& input
    ) override {
        groups.disable_metrics(call, input);
        return {};
    }

    api::SuspendProcessesOutput
    suspend_processes(const Call& call, const api::ScalingProcessQuery& input) override {
        groups.suspend(call, input);
        return {};
    }

    api::ResumeProcessesOutput
    resume_processes(const Call& call, const api::ScalingProcessQuery& input) override {
        groups.resume(call, input);
        return {};
    }

    api::CreateOrUpdateTagsOutput
    create_or_update_tags(const Call& call, const api::CreateOrUpdateTagsType& input) override {
        groups.tag(call, input);
        return {};
    }

    api::DeleteTagsOutput delete_tags(const Call& call, const api::DeleteTagsType& input) override {
        groups.untag(call, input);
        return {};
    }

    api::TagsType describe_tags(const Call& call, const api::DescribeTagsType& input) override {
        return groups.describe_tags(call, input);
    }

    GroupControl& groups;
    PolicyControl& policies;
    const State& state;
};

} // namespace

struct AutoScaling::Parts {
    Parts(
        Environment& environment,
        Instances& instances,
        TargetGroups& target_groups,
        Alarms& alarms
    )
        : state(environment.journal)
        , reconciler(environment, state, instances, target_groups)
        , execution(environment, state, reconciler)
        , groups(state, instances, target_groups, reconciler)
        , policies(state, groups, alarms, execution)
        , operations(groups, policies, state)
        , metrics(environment, state) {}

    State state;
    Reconciler reconciler;
    PolicyExecution execution;
    GroupControl groups;
    PolicyControl policies;
    Operations operations;
    GroupMetrics metrics;
};

AutoScaling::AutoScaling(
    Environment& environment,
    Instances& instances,
    TargetGroups& target_groups,
    Alarms& alarms
)
    : parts_(std::make_unique<Parts>(environment, instances, target_groups, alarms)) {}

AutoScaling::~AutoScaling() = default;

const aws::ServiceDescriptor& AutoScaling::descriptor() const {
    return api::descriptor();
}

aws::ServiceApi& AutoScaling::api() {
    return parts_->operations;
}

bool AutoScaling::has_policy(const std::string& policy_arn) const {
    return parts_->state.policies.contains(policy_arn);
}

std::string AutoScaling::alarm_acted(const AlarmAction& action) {
    const Policy* policy = parts_->state.policies.find(action.policy_arn);
    if (policy == nullptr) return "there is no such policy";
    const Group* group = parts_->state.groups.find(policy->group);
    if (group != nullptr && group->suspended.contains("AlarmNotification"))
        return "AlarmNotification is suspended";
    Trigger trigger;
    trigger.cause = fmt::format(
        "a monitor alarm {} in state {} triggered policy {}",
        action.alarm_name,
        action.alarm_state,
        policy->name
    );
    trigger.metric = action.metric_value;
    trigger.threshold = action.threshold;
    return parts_->execution.execute(*policy, trigger);
}

void AutoScaling::instance_changed(const std::string& instance_id) {
    parts_->reconciler.instance_changed(instance_id);
}

} // namespace diorama::autoscaling
