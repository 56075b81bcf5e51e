// The operations on hosted zones and what belongs to them; see operations.hpp.
#include "services/route53/control/operations.hpp"

namespace diorama::route53 {

api::AssociateVPCWithHostedZoneResponse Operations::associate_vpc_with_hosted_zone(
    const aws::Call& call,
    const api::AssociateVPCWithHostedZoneRequest& input
) {
    return vpc_associations_.associate(call, input);
}

api::CreateHostedZoneResponse
Operations::create_hosted_zone(const aws::Call& call, const api::CreateHostedZoneRequest& input) {
    return hosted_zones_.create(call, input);
}

api::CreateQueryLoggingConfigResponse Operations::create_query_logging_config(
    const aws::Call& call,
    const api::CreateQueryLoggingConfigRequest& input
) {
    return query_logging_.create(call, input);
}

api::CreateReusableDelegationSetResponse Operations::create_reusable_delegation_set(
    const aws::Call& call,
    const api::CreateReusableDelegationSetRequest& input
) {
    return delegation_sets_.create(call, input);
}

api::CreateTrafficPolicyResponse Operations::create_traffic_policy(
    const aws::Call& call,
    const api::CreateTrafficPolicyRequest& input
) {
    return traffic_policies_.create(call, input);
}

api::CreateTrafficPolicyInstanceResponse Operations::create_traffic_policy_instance(
    const aws::Call& call,
    const api::CreateTrafficPolicyInstanceRequest& input
) {
    return traffic_policy_instances_.create(call, input);
}

api::CreateTrafficPolicyVersionResponse Operations::create_traffic_policy_version(
    const aws::Call& call,
    const api::CreateTrafficPolicyVersionRequest& input
) {
    return traffic_policies_.create_version(call, input);
}

api::CreateVPCAssociationAuthorizationResponse Operations::create_vpc_association_authorization(
    const aws::Call& call,
    const api::CreateVPCAssociationAuthorizationRequest& input
) {
    return vpc_associations_.authorize(call, input);
}

api::DeleteHostedZoneResponse
Operations::delete_hosted_zone(const aws::Call& call, const api::DeleteHostedZoneRequest& input) {
    return hosted_zones_.remove(call, input);
}

api::DeleteQueryLoggingConfigResponse Operations::delete_query_logging_config(
    const aws::Call& call,
    const api::DeleteQueryLoggingConfigRequest& input
) {
    return query_logging_.remove(call, input);
}

api::DeleteReusableDelegationSetResponse Operations::delete_reusable_delegation_set(
    const aws::Call& call,
    const api::DeleteReusableDelegationSetRequest& input
) {
    return delegation_sets_.remove(call, input);
}

api::DeleteTrafficPolicyResponse Operations::delete_traffic_policy(
    const aws::Call& call,
    const api::DeleteTrafficPolicyRequest& input
) {
    return traffic_policies_.remove(call, input);
}

api::DeleteTrafficPolicyInstanceResponse Operations::delete_traffic_policy_instance(
    const aws::Call& call,
    const api::DeleteTrafficPolicyInstanceRequest& input
) {
    return traffic_policy_instances_.remove(call, input);
}

api::DeleteVPCAssociationAuthorizationResponse Operations::delete_vpc_association_authorization(
    const aws::Call& call,
    const api::DeleteVPCAssociationAuthorizationRequest& input
) {
    return vpc_associations_.withdraw_authorization(call, input);
}

api::DisassociateVPCFromHostedZoneResponse Operations::disassociate_vpc_from_hosted_zone(
    const aws::Call& call,
    const api::DisassociateVPCFromHostedZoneRequest& input
) {
    return vpc_associations_.disassociate(call, input);
}

api::GetAccountLimitResponse
Operations::get_account_limit(const aws::Call& call, const api::GetAccountLimitRequest& input) {
    return account_limits_.of_account(call, input);
}

api::GetDNSSECResponse
Operations::get_dnssec(const aws::Call& call, const api::GetDNSSECRequest& input) {
    return account_limits_.dnssec(call, input);
}

api::GetHostedZoneResponse
Operations::get_hosted_zone(const aws::Call& call, const api::GetHostedZoneRequest& input) {
    return hosted_zones_.get(call, input);
}

api::GetHostedZoneCountResponse Operations::
    get_hosted_zone_count(const aws::Call& call, const api::GetHostedZoneCountRequest& /*input*/) {
    return hosted_zones_.count(call);
}

api::GetHostedZoneLimitResponse Operations::get_hosted_zone_limit(
    const aws::Call& call,
    const api::GetHostedZoneLimitRequest& input
) {
    return account_limits_.of_zone(call, input);
}

api::GetQueryLoggingConfigResponse Operations::get_query_logging_config(
    const aws::Call& call,
    const api::GetQueryLoggingConfigRequest& input
) {
    return query_logging_.get(call, input);
}

api::GetReusableDelegationSetResponse Operations::get_reusable_delegation_set(
    const aws::Call& call,
    const api::GetReusableDelegationSetRequest& input
) {
    return delegation_sets_.get(call, input);
}

api::GetReusableDelegationSetLimitResponse Operations::get_reusable_delegation_set_limit(
    const aws::Call& call,
    const api::GetReusableDelegationSetLimitRequest& input
) {
    return delegation_sets_.limit(call, input);
}

api::GetTrafficPolicyResponse
Operations::get_traffic_policy(const aws::Call& call, const api::GetTrafficPolicyRequest& input) {
    return traffic_policies_.get(call, input);
}

api::GetTrafficPolicyInstanceResponse Operations::get_traffic_policy_instance(
    const aws::Call& call,
    const api::GetTrafficPolicyInstanceRequest& input
) {
    return traffic_policy_instances_.get(call, input);
}

api::GetTrafficPolicyInstanceCountResponse Operations::get_traffic_policy_instance_count(
    const aws::Call& call,
    const api::GetTrafficPolicyInstanceCountRequest& /*input*/
) {
    return traffic_policy_instances_.count(call);
}

api::ListHostedZonesResponse
Operations::list_hosted_zones(const aws::Call& call, const api::ListHostedZonesRequest& input) {
    return hosted_zones_.list(call, input);
}

api::ListHostedZonesByNameResponse Operations::list_hosted_zones_by_name(
    const aws::Call& call,
    const api::ListHostedZonesByNameRequest& input
) {
    return hosted_zones_.list_by_name(call, input);
}

api::ListHostedZonesByVPCResponse Operations::list_hosted_zones_by_vpc(
    const aws::Call& call,
    const api::ListHostedZonesByVPCRequest& input
) {
    return vpc_associations_.list_zones(call, input);
}

api::ListQueryLoggingConfigsResponse Operations::list_query_logging_configs(
    const aws::Call& call,
    const api::ListQueryLoggingConfigsRequest& input
) {
    return query_logging_.list(call, input);
}

api::ListReusableDelegationSetsResponse Operations::list_reusable_delegation_sets(
    const aws::Call& call,
    const api::ListReusableDelegationSetsRequest& input
) {
    return delegation_sets_.list(call, input);
}

api::ListTrafficPoliciesResponse Operations::list_traffic_policies(
    const aws::Call& call,
    const api::ListTrafficPoliciesRequest& input
) {
    return traffic_policies_.list(call, input);
}

api::ListTrafficPolicyInstancesResponse Operations::list_traffic_policy_instances(
    const aws::Call& call,
    const api::ListTrafficPolicyInstancesRequest& input
) {
    return traffic_policy_instances_.list(call, input);
}

api::ListTrafficPolicyInstancesByHostedZoneResponse
Operations::list_traffic_policy_instances_by_hosted_zone(
    const aws::Call& call,
    const api::ListTrafficPolicyInstancesByHostedZoneRequest& input
) {
    return traffic_policy_instances_.list_by_zone(call, input);
}

api::ListTrafficPolicyInstancesByPolicyResponse Operations::list_traffic_policy_instances_by_policy(
    const aws::Call& call,
    const api::ListTrafficPolicyInstancesByPolicyRequest& input
) {
    return traffic_policy_instances_.list_by_policy(call, input);
}

api::ListTrafficPolicyVersionsResponse Operations::list_traffic_policy_versions(
    const aws::Call& call,
    const api::ListTrafficPolicyVersionsRequest& input
) {
    return traffic_policies_.list_versions(call, input);
}

api::ListVPCAssociationAuthorizationsResponse Operations::list_vpc_association_authorizations(
    const aws::Call& call,
    const api::ListVPCAssociationAuthorizationsRequest& input
) {
    return vpc_associations_.list_authorizations(call, input);
}

api::UpdateHostedZoneCommentResponse Operations::update_hosted_zone_comment(
    const aws::Call& call,
    const api::UpdateHostedZoneCommentRequest& input
) {
    return hosted_zones_.update_comment(call, input);
}

api::UpdateTrafficPolicyCommentResponse Operations::update_traffic_policy_comment(
    const aws::Call& call,
    const api::UpdateTrafficPolicyCommentRequest& input
) {
    return traffic_policies_.update_comment(call, input);
}

api::UpdateTrafficPolicyInstanceResponse Operations::update_traffic_policy_instance(
    const aws::Call& call,
    const api::UpdateTrafficPolicyInstanceRequest& input
) {
    return traffic_policy_instances_.update(call, input);
}

} // namespace diorama::route53
