// https://docs.aws.amazon.com/Route53/latest/APIReference/API_AssociateVPCWithHostedZone.html and
// the pages beside it.
#include "services/route53/control/vpc_associations.hpp"

#include "services/route53/limits.hpp"

#include <algorithm>

namespace diorama::route53 {

namespace {

VPC vpc_of(const api::VPC& given) {
    if (!given.vpc_id || !given.vpc_region) throw api::InvalidVPCId("The VPC ID is invalid.");
    return {std::string(to_string(*given.vpc_region)), *given.vpc_id};
}

std::string authorization_key(const HostedZone& zone, const VPC& vpc) {
    return account_key(zone.account, zone.id + "\n" + vpc.region + "\n" + vpc.id);
}

bool contains(const HostedZone& zone, const VPC& vpc) {
    return std::find(zone.vpcs.begin(), zone.vpcs.end(), vpc) != zone.vpcs.end();
}

void check_private(const HostedZone& zone) {
    if (zone.is_private) return;
    throw api::PublicZoneVPCAssociation(
        "You're trying to associate a VPC with a public hosted zone. Amazon Route 53 doesn't "
        "support associating a VPC with a public hosted zone."
    );
}

} // namespace

VPC checked_vpc(const ControlPlane& control, const aws::Call& call, const api::VPC& given) {
    auto vpc = vpc_of(given);
    if (control.vpcs != nullptr && !control.vpcs->exists(call.account, vpc.region, vpc.id)) {
        throw api::InvalidVPCId("The VPC ID is invalid.");
    }
    return vpc;
}

api::VPC describe_vpc(const VPC& vpc) {
    api::VPC description;
    description.vpc_region = api::parse_vpc_region(vpc.region);
    description.vpc_id = vpc.id;
    return description;
}

void check_namespace(const State& state, const DNSName& apex, const VPC& vpc) {
    for (const auto& [key, zone] : state.hosted_zones) {
        if (!contains(zone, vpc) || zone.apex() != apex) continue;
        throw api::ConflictingDomainExists(
            "The VPC {} in region {} has already been associated with the hosted zone {} with the "
            "same domain name.",
            vpc.id,
            vpc.region,
            zone.id
        );
    }
}

// The caller's own, or one of another account that has authorized the VPC.
const HostedZone&
VPCAssociations::zone_for(const aws::Call& call, std::string_view id, const VPC& vpc) const {
    const auto& state = control_.state;
    if (const auto* own = state.hosted_zones.find(account_key(call.account, bare_id(id)))) {
        return *own;
    }
    for (const auto& [key, zone] : state.hosted_zones) {
        if (zone.id != bare_id(id)) continue;
        const bool is_involved =
            contains(zone, vpc) || state.vpc_authorizations.contains(authorization_key(zone, vpc));
        if (is_involved) return zone;
        throw api::NotAuthorizedException(
            "The VPC {} is not authorized to be associated with the hosted zone {}.",
            vpc.id,
            zone.id
        );
    }
    throw api::NoSuchHostedZone("No hosted zone found with ID: {}", bare_id(id));
}

api::ChangeInfo VPCAssociations::propagate(
    const aws::Call& call,
    const HostedZone& zone,
    const std::optional<std::string>& comment
) {
    return describe(
        control_.propagation.begin({zone, ZoneEdit::Kind::written, {}, comment}, call.random)
    );
}

api::AssociateVPCWithHostedZoneResponse VPCAssociations::associate(
    const aws::Call& call,
    const api::AssociateVPCWithHostedZoneRequest& input
) {
    const auto vpc = checked_vpc(control_, call, input.vpc);
    const auto& zone = zone_for(call, input.hosted_zone_id, vpc);
    check_private(zone);
    check_namespace(control_.state, zone.apex(), vpc);
    if (zone.vpcs.size() >= limits::vpcs_per_zone_max) {
        throw api::LimitsExceeded(
            "Limits Exceeded: MAX_VPCS_ASSOCIATED_BY_ZONE - Cannot associate more VPCs."
        );
    }
    auto* edited = control_.state.hosted_zones.edit(account_key(zone.account, zone.id));
    edited->vpcs.push_back(vpc);
    return {.change_info = propagate(call, *edited, input.comment)};
}

api::DisassociateVPCFromHostedZoneResponse VPCAssociations::disassociate(
    const aws::Call& call,
    const api::DisassociateVPCFromHostedZoneRequest& input
) {
    const auto vpc = vpc_of(input.vpc);
    const auto& zone = zone_for(call, input.hosted_zone_id, vpc);
    if (!contains(zone, vpc)) {
        throw api::VPCAssociationNotFound(
            "The specified VPC and hosted zone are not currently associated."
        );
    }
    // AWS: "You can't disassociate the last VPC from a private hosted zone."
    if (zone.vpcs.size() == 1) {
        throw api::LastVPCAssociation(
            "The VPC that you're trying to disassociate from the private hosted zone is the last "
            "VPC that is associated with the hosted zone. Amazon Route 53 doesn't support "
            "disassociating the last VPC from a hosted zone."
        );
    }
    auto* edited = control_.state.hosted_zones.edit(account_key(zone.account, zone.id));
    std::erase(edited->vpcs, vpc);
    return {.change_info = propagate(call, *edited, input.comment)};
}

api::ListHostedZonesByVPCResponse
VPCAssociations::list_zones(const aws::Call& call, const api::ListHostedZonesByVPCRequest& input) {
    api::VPC given;
    given.vpc_id = input.vpc_id;
    given.vpc_region = input.vpc_region;
    const auto vpc = checked_vpc(control_, call, given);
    const auto size = page_size(input.max_items, limits::hosted_zones_per_page_max);
    api::ListHostedZonesByVPCResponse response;
    response.max_items = std::to_string(size);
    for (const auto& [key, zone] : control_.state.hosted_zones) {
        if (!contains(zone, vpc) || zone.id < input.next_token.value_or("")) continue;
        if (static_cast<std::int64_t>(response.hosted_zone_summaries.size()) == size) {
            response.next_token = zone.id;
            break;
        }
        api::HostedZoneSummary summary;
        summary.hosted_zone_id = zone.id;
        summary.name = zone.name;
        summary.owner.owning_account = zone.account;
        response.hosted_zone_summaries.push_back(std::move(summary));
    }
    return response;
}

api::CreateVPCAssociationAuthorizationResponse VPCAssociations::authorize(
    const aws::Call& call,
    const api::CreateVPCAssociationAuthorizationRequest& input
) {
    // The VPC is another account's: whether it exists shows when it is associated.
    const auto vpc = vpc_of(input.vpc);
    const auto& zone = hosted_zone_of(control_.state, call, input.hosted_zone_id);
    check_private(zone);
    control_.state.vpc_authorizations.put(authorization_key(zone, vpc), {vpc});
    return {.hosted_zone_id = zone.id, .vpc = describe_vpc(vpc)};
}

api::DeleteVPCAssociationAuthorizationResponse VPCAssociations::withdraw_authorization(
    const aws::Call& call,
    const api::DeleteVPCAssociationAuthorizationRequest& input
) {
    const auto vpc = vpc_of(input.vpc);
    const auto& zone = hosted_zone_of(control_.state, call, input.hosted_zone_id);
    const auto key = authorization_key(zone, vpc);
    if (!control_.state.vpc_authorizations.contains(key)) {
        throw api::VPCAssociationAuthorizationNotFound(
            "The VPC that you specified is not authorized to be associated with the hosted zone."
        );
    }
    control_.state.vpc_authorizations.erase(key);
    return {};
}

api::ListVPCAssociationAuthorizationsResponse VPCAssociations::list_authorizations(
    const aws::Call& call,
    const api::ListVPCAssociationAuthorizationsRequest& input
) {
    const auto& zone = hosted_zone_of(control_.state, call, input.hosted_zone_id);
    const auto size = page_size(input.max_results, limits::authorizations_per_page_max);
    const auto prefix = account_key(zone.account, zone.id + "\n");
    api::ListVPCAssociationAuthorizationsResponse response;
    response.hosted_zone_id = zone.id;
    const auto& table = control_.state.vpc_authorizations;
    for (auto at = table.lower_bound(prefix); at != table.end() && at->first.starts_with(prefix);
         ++at) {
        const auto& vpc = at->second.vpc;
        if (input.next_token && vpc.id < *input.next_token) continue;
        if (static_cast<std::int64_t>(response._vpcs.size()) == size) {
            response.next_token = vpc.id;
            break;
        }
        response._vpcs.push_back(describe_vpc(vpc));
    }
    return response;
}

} // namespace diorama::route53
