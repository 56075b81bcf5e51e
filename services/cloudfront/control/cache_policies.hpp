// Operations on cache policies and on the managed origin request policies.
#pragma once

#include "services/cloudfront/api.hpp"
#include "services/cloudfront/state.hpp"

namespace diorama::cloudfront {

class CachePolicies {
public:
    explicit CachePolicies(State& state)
        : state_(state) {}

    api::CreateCachePolicyResult
    create_cache_policy(const aws::Call& call, const api::CreateCachePolicyRequest& input);
    api::GetCachePolicyResult
    get_cache_policy(const aws::Call& call, const api::GetCachePolicyRequest& input);
    api::ListCachePoliciesResult
    list_cache_policies(const aws::Call& call, const api::ListCachePoliciesRequest& input);
    api::DeleteCachePolicyOutput
    delete_cache_policy(const aws::Call& call, const api::DeleteCachePolicyRequest& input);

private:
    const CachePolicyRecord& get(const aws::Call& call, const std::string& id) const;

    State& state_;
};

class OriginRequestPolicies {
public:
    api::GetOriginRequestPolicyResult
    get_origin_request_policy(const api::GetOriginRequestPolicyRequest& input);
    api::ListOriginRequestPoliciesResult
    list_origin_request_policies(const api::ListOriginRequestPoliciesRequest& input);
};

} // namespace diorama::cloudfront
