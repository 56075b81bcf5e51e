// Which hosted zones have their queries logged, and where to.
#pragma once

#include "services/route53/control/control.hpp"

namespace diorama::route53 {

class QueryLogging {
public:
    // Goes on with what an earlier process was told.
    explicit QueryLogging(const ControlPlane& control);

    api::CreateQueryLoggingConfigResponse
    create(const aws::Call& call, const api::CreateQueryLoggingConfigRequest& input);
    api::GetQueryLoggingConfigResponse
    get(const aws::Call& call, const api::GetQueryLoggingConfigRequest& input);
    api::ListQueryLoggingConfigsResponse
    list(const aws::Call& call, const api::ListQueryLoggingConfigsRequest& input);
    api::DeleteQueryLoggingConfigResponse
    remove(const aws::Call& call, const api::DeleteQueryLoggingConfigRequest& input);

private:
    const QueryLoggingConfig& config_of(const aws::Call& call, const std::string& id) const;

    ControlPlane control_;
};

// With the hosted zone its logging ends.
void stop_logging(const ControlPlane& control, const HostedZone& zone);

} // namespace diorama::route53
