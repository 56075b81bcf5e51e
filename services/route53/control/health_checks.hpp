// The operations on health checks.
#pragma once

#include "services/route53/control/control.hpp"

namespace diorama::route53 {

class HealthChecks {
public:
    explicit HealthChecks(const ControlPlane& control)
        : control_(control) {}

    api::CreateHealthCheckResponse
    create(const aws::Call& call, const api::CreateHealthCheckRequest& input);
    api::GetHealthCheckResponse get(const aws::Call& call, const api::GetHealthCheckRequest& input);
    api::GetHealthCheckCountResponse count(const aws::Call& call);
    api::ListHealthChecksResponse
    list(const aws::Call& call, const api::ListHealthChecksRequest& input);
    api::UpdateHealthCheckResponse
    update(const aws::Call& call, const api::UpdateHealthCheckRequest& input);
    api::DeleteHealthCheckResponse
    remove(const aws::Call& call, const api::DeleteHealthCheckRequest& input);
    api::GetHealthCheckStatusResponse
    status(const aws::Call& call, const api::GetHealthCheckStatusRequest& input);
    api::GetHealthCheckLastFailureReasonResponse last_failure_reason(
        const aws::Call& call,
        const api::GetHealthCheckLastFailureReasonRequest& input
    );
    api::GetCheckerIpRangesResponse checker_ip_ranges();

private:
    std::vector<const HealthCheck*> checks_of(const aws::Call& call) const;
    void check_children(const aws::Call& call, const HealthCheck& health_check) const;
    bool leads_to(const std::string& account, const std::string& from, const std::string& to) const;

    ControlPlane control_;
};

} // namespace diorama::route53
