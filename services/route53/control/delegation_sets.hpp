// The operations on reusable delegation sets: four name servers that several zones share.
#pragma once

#include "services/route53/control/control.hpp"

namespace diorama::route53 {

class DelegationSets {
public:
    explicit DelegationSets(const ControlPlane& control)
        : control_(control) {}

    api::CreateReusableDelegationSetResponse
    create(const aws::Call& call, const api::CreateReusableDelegationSetRequest& input);
    api::GetReusableDelegationSetResponse
    get(const aws::Call& call, const api::GetReusableDelegationSetRequest& input);
    api::ListReusableDelegationSetsResponse
    list(const aws::Call& call, const api::ListReusableDelegationSetsRequest& input);
    api::DeleteReusableDelegationSetResponse
    remove(const aws::Call& call, const api::DeleteReusableDelegationSetRequest& input);
    api::GetReusableDelegationSetLimitResponse
    limit(const aws::Call& call, const api::GetReusableDelegationSetLimitRequest& input);

private:
    std::size_t zones_with(const DelegationSet& set) const;

    ControlPlane control_;
};

// Throws NoSuchDelegationSet.
const DelegationSet&
delegation_set_of(const State& state, const aws::Call& call, std::string_view id);

// That of a public zone.
api::DelegationSet describe_delegation_set(const State& state, const HostedZone& zone);

} // namespace diorama::route53
