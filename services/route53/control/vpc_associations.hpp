// The operations that say which VPCs see a private hosted zone.
#pragma once

#include "services/route53/control/control.hpp"

namespace diorama::route53 {

// The VPC as given, which must exist in the account of the call; throws InvalidVPCId.
VPC checked_vpc(const ControlPlane& control, const aws::Call& call, const api::VPC& given);
api::VPC describe_vpc(const VPC& vpc);

// AWS: of zones with one name, each VPC sees one; throws ConflictingDomainExists.
void check_namespace(const State& state, const DNSName& apex, const VPC& vpc);

class VPCAssociations {
public:
    explicit VPCAssociations(const ControlPlane& control)
        : control_(control) {}

    api::AssociateVPCWithHostedZoneResponse
    associate(const aws::Call& call, const api::AssociateVPCWithHostedZoneRequest& input);
    api::DisassociateVPCFromHostedZoneResponse
    disassociate(const aws::Call& call, const api::DisassociateVPCFromHostedZoneRequest& input);
    api::ListHostedZonesByVPCResponse
    list_zones(const aws::Call& call, const api::ListHostedZonesByVPCRequest& input);
    api::CreateVPCAssociationAuthorizationResponse
    authorize(const aws::Call& call, const api::CreateVPCAssociationAuthorizationRequest& input);
    api::DeleteVPCAssociationAuthorizationResponse withdraw_authorization(
        const aws::Call& call,
        const api::DeleteVPCAssociationAuthorizationRequest& input
    );
    api::ListVPCAssociationAuthorizationsResponse list_authorizations(
        const aws::Call& call,
        const api::ListVPCAssociationAuthorizationsRequest& input
    );

private:
    const HostedZone& zone_for(const aws::Call& call, std::string_view id, const VPC& vpc) const;
    api::ChangeInfo propagate(
        const aws::Call& call,
        const HostedZone& zone,
        const std::optional<std::string>& comment
    );

    ControlPlane control_;
};

} // namespace diorama::route53
