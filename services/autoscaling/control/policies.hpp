// Scaling policies: simple, step and target tracking, with the alarms that target tracking makes
// for itself.
#pragma once

#include "emulator/aws/call.hpp"
#include "services/autoscaling/api.hpp"
#include "services/autoscaling/background/policy_execution.hpp"
#include "services/autoscaling/control/groups.hpp"
#include "services/autoscaling/state.hpp"

namespace diorama::autoscaling {

class PolicyControl {
public:
    PolicyControl(State& state, GroupControl& groups, Alarms& alarms, PolicyExecution& execution)
        : state_(state)
        , groups_(groups)
        , alarms_(alarms)
        , execution_(execution) {}

    api::PolicyARNType put(const aws::Call& call, const api::PutScalingPolicyType& input);
    api::PoliciesType describe(const aws::Call& call, const api::DescribePoliciesType& input);
    void remove(const aws::Call& call, const api::DeletePolicyType& input);
    void execute(const aws::Call& call, const api::ExecutePolicyType& input);
    // With a group go its policies and their alarms.
    void remove_all_of(const aws::Call& call, const std::string& group_name);

private:
    const Policy* find(const std::string& group_key, const std::string& name_or_arn) const;
    void erase(const Place& place, const Policy& policy);
    void make_alarms(const aws::Call& call, const Group& group, Policy& policy);

    State& state_;
    GroupControl& groups_;
    Alarms& alarms_;
    PolicyExecution& execution_;
};

} // namespace diorama::autoscaling
