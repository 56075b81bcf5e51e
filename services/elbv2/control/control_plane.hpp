// The operations of the API. One class, its functions in one file per noun: load_balancers.cpp,
// target_groups.cpp, targets.cpp, listeners.cpp, rules.cpp, attributes.cpp, tags.cpp. World thread.
#pragma once

#include "emulator/environment.hpp"
#include "services/elbv2/api.hpp"
#include "services/elbv2/background/deregistration.hpp"
#include "services/elbv2/control/publication.hpp"
#include "services/elbv2/ports.hpp"
#include "services/elbv2/state.hpp"

#include <map>
#include <string>

namespace diorama::elbv2 {

class ControlPlane final : public api::ELBv2Api {
public:
    struct Surroundings {
        Environment& environment;
        Subnets& subnets;
        Instances& instances;
        Certificates& certificates;
    };

    ControlPlane(
        State& state,
        Publication& publication,
        Deregistration& deregistration,
        Surroundings surroundings
    );

    // Load balancers.
    api::CreateLoadBalancerOutput
    create_load_balancer(const aws::Call&, const api::CreateLoadBalancerInput&) override;
    api::DescribeLoadBalancersOutput
    describe_load_balancers(const aws::Call&, const api::DescribeLoadBalancersInput&) override;
    api::DeleteLoadBalancerOutput
    delete_load_balancer(const aws::Call&, const api::DeleteLoadBalancerInput&) override;
    api::SetSubnetsOutput set_subnets(const aws::Call&, const api::SetSubnetsInput&) override;
    api::SetSecurityGroupsOutput
    set_security_groups(const aws::Call&, const api::SetSecurityGroupsInput&) override;
    api::DescribeCapacityReservationOutput
    describe_capacity_reservation(const aws::Call&, const api::DescribeCapacityReservationInput&)
        override;

    // Attributes.
    api::DescribeLoadBalancerAttributesOutput
    describe_load_balancer_attributes(const aws::Call&, const api::DescribeLoadBalancerAttributesInput&)
        override;
    api::ModifyLoadBalancerAttributesOutput
    modify_load_balancer_attributes(const aws::Call&, const api::ModifyLoadBalancerAttributesInput&)
        override;
    api::DescribeTargetGroupAttributesOutput
    describe_target_group_attributes(const aws::Call&, const api::DescribeTargetGroupAttributesInput&)
        override;
    api::ModifyTargetGroupAttributesOutput
    modify_target_group_attributes(const aws::Call&, const api::ModifyTargetGroupAttributesInput&)
        override;
    api::DescribeListenerAttributesOutput
    describe_listener_attributes(const aws::Call&, const api::DescribeListenerAttributesInput&)
        override;
    api::ModifyListenerAttributesOutput
    modify_listener_attributes(const aws::Call&, const api::ModifyListenerAttributesInput&)
        override;

    // Target groups.
    api::CreateTargetGroupOutput
    create_target_group(const aws::Call&, const api::CreateTargetGroupInput&) override;
    api::DescribeTargetGroupsOutput
    describe_target_groups(const aws::Call&, const api::DescribeTargetGroupsInput&) override;
    api::ModifyTargetGroupOutput
    modify_target_group(const aws::Call&, const api::ModifyTargetGroupInput&) override;
    api::DeleteTargetGroupOutput
    delete_target_group(const aws::Call&, const api::DeleteTargetGroupInput&) override;

    // Targets.
    api::RegisterTargetsOutput
    register_targets(const aws::Call&, const api::RegisterTargetsInput&) override;
    api::DeregisterTargetsOutput
    deregister_targets(const aws::Call&, const api::DeregisterTargetsInput&) override;
    api::DescribeTargetHealthOutput
    describe_target_health(const aws::Call&, const api::DescribeTargetHealthInput&) override;

    // Listeners.
    api::CreateListenerOutput
    create_listener(const aws::Call&, const api::CreateListenerInput&) override;
    api::DescribeListenersOutput
    describe_listeners(const aws::Call&, const api::DescribeListenersInput&) override;
    api::ModifyListenerOutput
    modify_listener(const aws::Call&, const api::ModifyListenerInput&) override;
    api::DeleteListenerOutput
    delete_listener(const aws::Call&, const api::DeleteListenerInput&) override;

    // Rules.
    api::CreateRuleOutput create_rule(const aws::Call&, const api::CreateRuleInput&) override;
    api::DescribeRulesOutput
    describe_rules(const aws::Call&, const api::DescribeRulesInput&) override;
    api::ModifyRuleOutput modify_rule(const aws::Call&, const api::ModifyRuleInput&) override;
    api::SetRulePrioritiesOutput
    set_rule_priorities(const aws::Call&, const api::SetRulePrioritiesInput&) override;
    api::DeleteRuleOutput delete_rule(const aws::Call&, const api::DeleteRuleInput&) override;

    // Tags.
    api::AddTagsOutput add_tags(const aws::Call&, const api::AddTagsInput&) override;
    api::RemoveTagsOutput remove_tags(const aws::Call&, const api::RemoveTagsInput&) override;
    api::DescribeTagsOutput describe_tags(const aws::Call&, const api::DescribeTagsInput&) override;

    // What Auto Scaling does without the API.
    void register_target(const std::string& target_group_arn, const TargetRecord& target);
    void deregister_target(const std::string& target_group_arn, const std::string& id, int port);

private:
    // The record of the caller's account and region, or the error that AWS gives.
    const LoadBalancerRecord& load_balancer(const aws::Call& call, const std::string& arn) const;
    const TargetGroupRecord& target_group(const aws::Call& call, const std::string& arn) const;
    const ListenerRecord& listener(const aws::Call& call, const std::string& arn) const;
    const RuleRecord& rule(const aws::Call& call, const std::string& arn) const;
    const Tags* find_tags(const aws::Call& call, const std::string& arn) const;
    void set_tags(const std::string& arn, Tags tags);

    api::LoadBalancer describe(const LoadBalancerRecord& record) const;
    api::TargetGroup describe(const TargetGroupRecord& record) const;
    api::Listener describe(const ListenerRecord& record) const;

    std::vector<LoadBalancerRecord::Node>
    nodes_in(const aws::Call& call, const std::vector<std::string>& subnet_ids, std::string& vpc_id)
        const;
    std::vector<std::string> security_groups_for(
        const aws::Call& call,
        const std::vector<std::string>& given,
        const std::string& vpc_id
    ) const;
    void set_names(LoadBalancerRecord& record, const aws::Call& call) const;
    void check_instance_target(
        const aws::Call& call,
        const TargetGroupRecord& record,
        const std::string& id
    ) const;
    // That its target groups exist, fit, and belong to no other load balancer.
    void check_forward(
        const aws::Call& call,
        const ActionRecord& action,
        const std::string& load_balancer_arn
    ) const;
    void check_certificates(
        const aws::Call& call,
        const std::string& protocol,
        const std::vector<std::string>& certificate_arns,
        const std::string& load_balancer_arn
    ) const;
    // After rules came, changed or went: a target group may have come into use or fallen out of it.
    void rules_changed(
        const std::string& load_balancer_arn,
        const std::vector<std::string>& target_groups_before
    );

    State& state_;
    Publication& publication_;
    Deregistration& deregistration_;
    Surroundings surroundings_;
    std::map<std::string, Timer> provisioning_; // by load balancer ARN, until it is active
};

// A name as AWS wants it, or the error; `kind` begins the sentence ("Load balancer").
void check_name(const std::string& name, std::string_view kind);
Tags checked_tags(const std::vector<api::Tag>& tags);

// "501 NotImplemented": said in one sentence what is not emulated.
[[noreturn]] void not_implemented(const std::string& what);

// One page of `all`, which is in a fixed order; Marker is the number of those before.
template <class Item>
std::vector<Item> page_of(
    std::vector<Item> all,
    const std::optional<std::string>& marker,
    std::optional<std::int32_t> page_size,
    std::optional<std::string>& next_marker
) {
    std::size_t first = 0;
    for (const char digit : marker.value_or("")) {
        if (digit < '0' || digit > '9' || first > all.size())
            throw aws::validation_error("The marker '{}' is not valid", *marker);
        first = first * 10 + static_cast<std::size_t>(digit - '0');
    }
    first = std::min(first, all.size());
    const auto count = std::min<std::size_t>(
        static_cast<std::size_t>(page_size.value_or(400)),
        all.size() - first
    );
    if (first + count < all.size()) next_marker = std::to_string(first + count);
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
    return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

} // namespace diorama::elbv2
