// Auto Scaling groups and their instances.
#pragma once

#include "emulator/aws/call.hpp"
#include "services/autoscaling/api.hpp"
#include "services/autoscaling/background/reconciler.hpp"
#include "services/autoscaling/state.hpp"

namespace diorama::autoscaling {

class GroupControl {
public:
    GroupControl(
        State& state,
        Instances& instances,
        TargetGroups& target_groups,
        Reconciler& reconciler
    )
        : state_(state)
        , instances_(instances)
        , target_groups_(target_groups)
        , reconciler_(reconciler) {}

    void create(const aws::Call& call, const api::CreateAutoScalingGroupType& input);
    void update(const aws::Call& call, const api::UpdateAutoScalingGroupType& input);
    // Throws ScalingActivityInProgress or ResourceInUse unless forced.
    void remove(const aws::Call& call, const api::DeleteAutoScalingGroupType& input);
    api::AutoScalingGroupsType
    describe(const aws::Call& call, const api::AutoScalingGroupNamesType& input);
    api::AutoScalingInstancesType
    describe_instances(const aws::Call& call, const api::DescribeAutoScalingInstancesType& input);
    void set_desired_capacity(const aws::Call& call, const api::SetDesiredCapacityType& input);
    void set_instance_health(const aws::Call& call, const api::SetInstanceHealthQuery& input);
    api::ActivityType terminate_instance(
        const aws::Call& call,
        const api::TerminateInstanceInAutoScalingGroupType& input
    );
    void attach_target_groups(
        const aws::Call& call,
        const api::AttachLoadBalancerTargetGroupsType& input
    );
    void detach_target_groups(
        const aws::Call& call,
        const api::DetachLoadBalancerTargetGroupsType& input
    );
    api::DescribeLoadBalancerTargetGroupsResponse describe_target_groups(
        const aws::Call& call,
        const api::DescribeLoadBalancerTargetGroupsRequest& input
    );
    void enable_metrics(const aws::Call& call, const api::EnableMetricsCollectionQuery& input);
    void disable_metrics(const aws::Call& call, const api::DisableMetricsCollectionQuery& input);
    void suspend(const aws::Call& call, const api::ScalingProcessQuery& input);
    void resume(const aws::Call& call, const api::ScalingProcessQuery& input);
    void tag(const aws::Call& call, const api::CreateOrUpdateTagsType& input);
    void untag(const aws::Call& call, const api::DeleteTagsType& input);
    api::TagsType describe_tags(const aws::Call& call, const api::DescribeTagsType& input);

    // Throws ValidationError "AutoScalingGroup name not found - …".
    Group& group_of(const aws::Call& call, const std::string& name);

private:
    void use_template(Group& group, const api::LaunchTemplateSpecification& specification);
    void use_places(
        Group& group,
        const std::vector<std::string>& zones,
        const std::optional<std::string>& subnets
    );
    void add_target_groups(Group& group, const std::vector<std::string>& arns);
    void change_capacity(Group& group, std::int32_t capacity, const std::string& cause);
    // Throws ScalingActivityInProgress for a group that is being deleted.
    Group& lasting_group_of(const aws::Call& call, const std::string& name);
    Group& group_of_instance(const aws::Call& call, const std::string& instance_id);

    State& state_;
    Instances& instances_;
    TargetGroups& target_groups_;
    Reconciler& reconciler_;
};

} // namespace diorama::autoscaling
