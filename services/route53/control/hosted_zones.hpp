// The operations on hosted zones.
#pragma once

#include "services/route53/control/control.hpp"

namespace diorama::route53 {

class HostedZones {
public:
    explicit HostedZones(const ControlPlane& control)
        : control_(control) {}

    api::CreateHostedZoneResponse
    create(const aws::Call& call, const api::CreateHostedZoneRequest& input);
    api::GetHostedZoneResponse get(const aws::Call& call, const api::GetHostedZoneRequest& input);
    api::GetHostedZoneCountResponse count(const aws::Call& call);
    api::ListHostedZonesResponse
    list(const aws::Call& call, const api::ListHostedZonesRequest& input);
    api::ListHostedZonesByNameResponse
    list_by_name(const aws::Call& call, const api::ListHostedZonesByNameRequest& input);
    api::UpdateHostedZoneCommentResponse
    update_comment(const aws::Call& call, const api::UpdateHostedZoneCommentRequest& input);
    api::DeleteHostedZoneResponse
    remove(const aws::Call& call, const api::DeleteHostedZoneRequest& input);

private:
    api::HostedZone describe_zone(const HostedZone& zone) const;
    std::size_t record_set_count(const HostedZone& zone) const;
    std::vector<const HostedZone*> zones_of(const aws::Call& call) const;
    void choose_name_servers_for(
        HostedZone& zone,
        const aws::Call& call,
        const api::CreateHostedZoneRequest& input
    ) const;
    void add_required_record_sets(const HostedZone& zone);

    ControlPlane control_;
};

} // namespace diorama::route53
