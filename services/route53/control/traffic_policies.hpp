// The operations on traffic policies and their versions.
#pragma once

#include "services/route53/control/control.hpp"

namespace diorama::route53 {

class TrafficPolicies {
public:
    explicit TrafficPolicies(const ControlPlane& control)
        : control_(control) {}

    api::CreateTrafficPolicyResponse
    create(const aws::Call& call, const api::CreateTrafficPolicyRequest& input);
    api::CreateTrafficPolicyVersionResponse
    create_version(const aws::Call& call, const api::CreateTrafficPolicyVersionRequest& input);
    api::GetTrafficPolicyResponse
    get(const aws::Call& call, const api::GetTrafficPolicyRequest& input);
    api::ListTrafficPoliciesResponse
    list(const aws::Call& call, const api::ListTrafficPoliciesRequest& input);
    api::ListTrafficPolicyVersionsResponse
    list_versions(const aws::Call& call, const api::ListTrafficPolicyVersionsRequest& input);
    api::UpdateTrafficPolicyCommentResponse
    update_comment(const aws::Call& call, const api::UpdateTrafficPolicyCommentRequest& input);
    api::DeleteTrafficPolicyResponse
    remove(const aws::Call& call, const api::DeleteTrafficPolicyRequest& input);

private:
    // Oldest first; empty when there is no such policy.
    std::vector<const TrafficPolicy*> versions_of(const aws::Call& call, std::string_view id) const;
    // By id.
    std::map<std::string, std::vector<const TrafficPolicy*>> all_of(const aws::Call& call) const;
    const TrafficPolicy& keep(TrafficPolicy policy);

    ControlPlane control_;
};

// Throws NoSuchTrafficPolicy.
const TrafficPolicy& traffic_policy_of(
    const State& state,
    const aws::Call& call,
    std::string_view id,
    std::int64_t version
);

} // namespace diorama::route53
