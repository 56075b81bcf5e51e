// The API of the service as one object, for the gateway: every operation goes to the file of its
// noun.
#pragma once

#include "services/route53/control/account_limits.hpp"
#include "services/route53/control/cidr_collections.hpp"
#include "services/route53/control/delegation_sets.hpp"
#include "services/route53/control/health_checks.hpp"
#include "services/route53/control/hosted_zones.hpp"
#include "services/route53/control/query_logging.hpp"
#include "services/route53/control/record_sets.hpp"
#include "services/route53/control/tags.hpp"
#include "services/route53/control/traffic_policies.hpp"
#include "services/route53/control/traffic_policy_instances.hpp"
#include "services/route53/control/vpc_associations.hpp"

namespace diorama::route53 {

class Operations final : public api::Route53Api {
public:
    explicit Operations(const ControlPlane& control);

    api::AssociateVPCWithHostedZoneResponse associate_vpc_with_hosted_zone(
        const aws::Call& call,
        const api::AssociateVPCWithHostedZoneRequest& input
    ) override;
    api::ChangeCidrCollectionResponse change_cidr_collection(
        const aws::Call& call,
        const api::ChangeCidrCollectionRequest& input
    ) override;
    api::ChangeResourceRecordSetsResponse change_resource_record_sets(
        const aws::Call& call,
        const api::ChangeResourceRecordSetsRequest& input
    ) override;
    api::ChangeTagsForResourceResponse change_tags_for_resource(
        const aws::Call& call,
        const api::ChangeTagsForResourceRequest& input
    ) override;
    api::CreateCidrCollectionResponse create_cidr_collection(
        const aws::Call& call,
        const api::CreateCidrCollectionRequest& input
    ) override;
    api::CreateHealthCheckResponse
    create_health_check(const aws::Call& call, const api::CreateHealthCheckRequest& input) override;
    api::CreateHostedZoneResponse
    create_hosted_zone(const aws::Call& call, const api::CreateHostedZoneRequest& input) override;
    api::CreateQueryLoggingConfigResponse create_query_logging_config(
        const aws::Call& call,
        const api::CreateQueryLoggingConfigRequest& input
    ) override;
    api::CreateReusableDelegationSetResponse create_reusable_delegation_set(
        const aws::Call& call,
        const api::CreateReusableDelegationSetRequest& input
    ) override;
    api::CreateTrafficPolicyResponse create_traffic_policy(
        const aws::Call& call,
        const api::CreateTrafficPolicyRequest& input
    ) override;
    api::CreateTrafficPolicyInstanceResponse create_traffic_policy_instance(
        const aws::Call& call,
        const api::CreateTrafficPolicyInstanceRequest& input
    ) override;
    api::CreateTrafficPolicyVersionResponse create_traffic_policy_version(
        const aws::Call& call,
        const api::CreateTrafficPolicyVersionRequest& input
    ) override;
    api::CreateVPCAssociationAuthorizationResponse create_vpc_association_authorization(
        const aws::Call& call,
        const api::CreateVPCAssociationAuthorizationRequest& input
    ) override;
    api::DeleteCidrCollectionResponse delete_cidr_collection(
        const aws::Call& call,
        const api::DeleteCidrCollectionRequest& input
    ) override;
    api::DeleteHealthCheckResponse
    delete_health_check(const aws::Call& call, const api::DeleteHealthCheckRequest& input) override;
    api::DeleteHostedZoneResponse
    delete_hosted_zone(const aws::Call& call, const api::DeleteHostedZoneRequest& input) override;
    api::DeleteQueryLoggingConfigResponse delete_query_logging_config(
        const aws::Call& call,
        const api::DeleteQueryLoggingConfigRequest& input
    ) override;
    api::DeleteReusableDelegationSetResponse delete_reusable_delegation_set(
        const aws::Call& call,
        const api::DeleteReusableDelegationSetRequest& input
    ) override;
    api::DeleteTrafficPolicyResponse delete_traffic_policy(
        const aws::Call& call,
        const api::DeleteTrafficPolicyRequest& input
    ) override;
    api::DeleteTrafficPolicyInstanceResponse delete_traffic_policy_instance(
        const aws::Call& call,
        const api::DeleteTrafficPolicyInstanceRequest& input
    ) override;
    api::DeleteVPCAssociationAuthorizationResponse delete_vpc_association_authorization(
        const aws::Call& call,
        const api::DeleteVPCAssociationAuthorizationRequest& input
    ) override;
    api::DisassociateVPCFromHostedZoneResponse disassociate_vpc_from_hosted_zone(
        const aws::Call& call,
        const api::DisassociateVPCFromHostedZoneRequest& input
    ) override;
    api::GetAccountLimitResponse
    get_account_limit(const aws::Call& call, const api::GetAccountLimitRequest& input) override;
    api::GetChangeResponse
    get_change(const aws::Call& call, const api::GetChangeRequest& input) override;
    api::GetCheckerIpRangesResponse get_checker_ip_ranges(
        const aws::Call& call,
        const api::GetCheckerIpRangesRequest& input
    ) override;
    api::GetDNSSECResponse
    get_dnssec(const aws::Call& call, const api::GetDNSSECRequest& input) override;
    api::GetGeoLocationResponse
    get_geo_location(const aws::Call& call, const api::GetGeoLocationRequest& input) override;
    api::GetHealthCheckResponse
    get_health_check(const aws::Call& call, const api::GetHealthCheckRequest& input) override;
    api::GetHealthCheckCountResponse get_health_check_count(
        const aws::Call& call,
        const api::GetHealthCheckCountRequest& input
    ) override;
    api::GetHealthCheckLastFailureReasonResponse get_health_check_last_failure_reason(
        const aws::Call& call,
        const api::GetHealthCheckLastFailureReasonRequest& input
    ) override;
    api::GetHealthCheckStatusResponse get_health_check_status(
        const aws::Call& call,
        const api::GetHealthCheckStatusRequest& input
    ) override;
    api::GetHostedZoneResponse
    get_hosted_zone(const aws::Call& call, const api::GetHostedZoneRequest& input) override;
    api::GetHostedZoneCountResponse get_hosted_zone_count(
        const aws::Call& call,
        const api::GetHostedZoneCountRequest& input
    ) override;
    api::GetHostedZoneLimitResponse get_hosted_zone_limit(
        const aws::Call& call,
        const api::GetHostedZoneLimitRequest& input
    ) override;
    api::GetReusableDelegationSetResponse get_reusable_delegation_set(
        const aws::Call& call,
        const api::GetReusableDelegationSetRequest& input
    ) override;
    api::GetReusableDelegationSetLimitResponse get_reusable_delegation_set_limit(
        const aws::Call& call,
        const api::GetReusableDelegationSetLimitRequest& input
    ) override;
    api::GetTrafficPolicyResponse
    get_traffic_policy(const aws::Call& call, const api::GetTrafficPolicyRequest& input) override;
    api::GetTrafficPolicyInstanceResponse get_traffic_policy_instance(
        const aws::Call& call,
        const api::GetTrafficPolicyInstanceRequest& input
    ) override;
    api::GetTrafficPolicyInstanceCountResponse get_traffic_policy_instance_count(
        const aws::Call& call,
        const api::GetTrafficPolicyInstanceCountRequest& input
    ) override;
    api::ListCidrBlocksResponse
    list_cidr_blocks(const aws::Call& call, const api::ListCidrBlocksRequest& input) override;
    api::ListCidrCollectionsResponse list_cidr_collections(
        const aws::Call& call,
        const api::ListCidrCollectionsRequest& input
    ) override;
    api::ListCidrLocationsResponse
    list_cidr_locations(const aws::Call& call, const api::ListCidrLocationsRequest& input) override;
    api::ListGeoLocationsResponse
    list_geo_locations(const aws::Call& call, const api::ListGeoLocationsRequest& input) override;
    api::ListHealthChecksResponse
    list_health_checks(const aws::Call& call, const api::ListHealthChecksRequest& input) override;
    api::ListHostedZonesResponse
    list_hosted_zones(const aws::Call& call, const api::ListHostedZonesRequest& input) override;
    api::ListHostedZonesByNameResponse list_hosted_zones_by_name(
        const aws::Call& call,
        const api::ListHostedZonesByNameRequest& input
    ) override;
    api::ListHostedZonesByVPCResponse list_hosted_zones_by_vpc(
        const aws::Call& call,
        const api::ListHostedZonesByVPCRequest& input
    ) override;
    api::ListResourceRecordSetsResponse list_resource_record_sets(
        const aws::Call& call,
        const api::ListResourceRecordSetsRequest& input
    ) override;
    api::ListReusableDelegationSetsResponse list_reusable_delegation_sets(
        const aws::Call& call,
        const api::ListReusableDelegationSetsRequest& input
    ) override;
    api::ListTagsForResourceResponse list_tags_for_resource(
        const aws::Call& call,
        const api::ListTagsForResourceRequest& input
    ) override;
    api::ListTagsForResourcesResponse list_tags_for_resources(
        const aws::Call& call,
        const api::ListTagsForResourcesRequest& input
    ) override;
    api::ListTrafficPoliciesResponse list_traffic_policies(
        const aws::Call& call,
        const api::ListTrafficPoliciesRequest& input
    ) override;
    api::ListTrafficPolicyInstancesResponse list_traffic_policy_instances(
        const aws::Call& call,
        const api::ListTrafficPolicyInstancesRequest& input
    ) override;
    api::ListTrafficPolicyInstancesByHostedZoneResponse
    list_traffic_policy_instances_by_hosted_zone(
        const aws::Call& call,
        const api::ListTrafficPolicyInstancesByHostedZoneRequest& input
    ) override;
    api::ListTrafficPolicyInstancesByPolicyResponse list_traffic_policy_instances_by_policy(
        const aws::Call& call,
        const api::ListTrafficPolicyInstancesByPolicyRequest& input
    ) override;
    api::ListTrafficPolicyVersionsResponse list_traffic_policy_versions(
        const aws::Call& call,
        const api::ListTrafficPolicyVersionsRequest& input
    ) override;
    api::ListVPCAssociationAuthorizationsResponse list_vpc_association_authorizations(
        const aws::Call& call,
        const api::ListVPCAssociationAuthorizationsRequest& input
    ) override;
    api::GetQueryLoggingConfigResponse get_query_logging_config(
        const aws::Call& call,
        const api::GetQueryLoggingConfigRequest& input
    ) override;
    api::ListQueryLoggingConfigsResponse list_query_logging_configs(
        const aws::Call& call,
        const api::ListQueryLoggingConfigsRequest& input
    ) override;
    api::TestDNSAnswerResponse
    test_dns_answer(const aws::Call& call, const api::TestDNSAnswerRequest& input) override;
    api::UpdateHealthCheckResponse
    update_health_check(const aws::Call& call, const api::UpdateHealthCheckRequest& input) override;
    api::UpdateHostedZoneCommentResponse update_hosted_zone_comment(
        const aws::Call& call,
        const api::UpdateHostedZoneCommentRequest& input
    ) override;
    api::UpdateTrafficPolicyCommentResponse update_traffic_policy_comment(
        const aws::Call& call,
        const api::UpdateTrafficPolicyCommentRequest& input
    ) override;
    api::UpdateTrafficPolicyInstanceResponse update_traffic_policy_instance(
        const aws::Call& call,
        const api::UpdateTrafficPolicyInstanceRequest& input
    ) override;

private:
    const State& state_;
    HostedZones hosted_zones_;
    RecordSets record_sets_;
    HealthChecks health_checks_;
    CidrCollections cidr_collections_;
    TrafficPolicies traffic_policies_;
    TrafficPolicyInstances traffic_policy_instances_;
    VPCAssociations vpc_associations_;
    DelegationSets delegation_sets_;
    AccountLimits account_limits_;
    QueryLogging query_logging_;
    Tags tags_;
};

} // namespace diorama::route53
