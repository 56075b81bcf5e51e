// How much an account and a zone may have, and how much they have; and the state of DNSSEC.
#pragma once

#include "services/route53/control/control.hpp"

namespace diorama::route53 {

class AccountLimits {
public:
    explicit AccountLimits(const ControlPlane& control)
        : control_(control) {}

    api::GetAccountLimitResponse
    of_account(const aws::Call& call, const api::GetAccountLimitRequest& input);
    api::GetHostedZoneLimitResponse
    of_zone(const aws::Call& call, const api::GetHostedZoneLimitRequest& input);
    api::GetDNSSECResponse dnssec(const aws::Call& call, const api::GetDNSSECRequest& input);

private:
    ControlPlane control_;
};

} // namespace diorama::route53
