// See operations.hpp.
#include "services/route53/control/operations.hpp"

#include "services/route53/control/geo_locations.hpp"

namespace diorama::route53 {

Operations::Operations(const ControlPlane& control)
    : state_(control.state)
    , hosted_zones_(control)
    , record_sets_(control)
    , health_checks_(control)
    , cidr_collections_(control)
    , traffic_policies_(control)
    , traffic_policy_instances_(control)
    , vpc_associations_(control)
    , delegation_sets_(control)
    , account_limits_(control)
    , query_logging_(control)
    , tags_(control) {}

api::ChangeCidrCollectionResponse Operations::change_cidr_collection(
    const aws::Call& call,
    const api::ChangeCidrCollectionRequest& input
) {
    return cidr_collections_.change(call, input);
}

api::ChangeResourceRecordSetsResponse Operations::change_resource_record_sets(
    const aws::Call& call,
    const api::ChangeResourceRecordSetsRequest& input
) {
    return record_sets_.change(call, input);
}

api::ChangeTagsForResourceResponse Operations::change_tags_for_resource(
    const aws::Call& call,
    const api::ChangeTagsForResourceRequest& input
) {
    return tags_.change(call, input);
}

api::CreateCidrCollectionResponse Operations::create_cidr_collection(
    const aws::Call& call,
    const api::CreateCidrCollectionRequest& input
) {
    return cidr_collections_.create(call, input);
}

api::CreateHealthCheckResponse
Operations::create_health_check(const aws::Call& call, const api::CreateHealthCheckRequest& input) {
    return health_checks_.create(call, input);
}

api::DeleteCidrCollectionResponse Operations::delete_cidr_collection(
    const aws::Call& call,
    const api::DeleteCidrCollectionRequest& input
) {
    return cidr_collections_.remove(call, input);
}

api::DeleteHealthCheckResponse
Operations::delete_health_check(const aws::Call& call, const api::DeleteHealthCheckRequest& input) {
    return health_checks_.remove(call, input);
}

// https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html
api::GetChangeResponse
Operations::get_change(const aws::Call& call, const api::GetChangeRequest& input) {
    const auto id = bare_id(input.id);
    const auto* change = state_.changes.find(account_key(call.account, id));
    if (change == nullptr) throw api::NoSuchChange("Could not find resource with ID: {}", id);
    return {.change_info = describe(*change)};
}

api::GetCheckerIpRangesResponse Operations::get_checker_ip_ranges(
    const aws::Call& /*call*/,
    const api::GetCheckerIpRangesRequest& /*input*/
) {
    return health_checks_.checker_ip_ranges();
}

api::GetGeoLocationResponse
Operations::get_geo_location(const aws::Call& /*call*/, const api::GetGeoLocationRequest& input) {
    return route53::get_geo_location(input);
}

api::GetHealthCheckResponse
Operations::get_health_check(const aws::Call& call, const api::GetHealthCheckRequest& input) {
    return health_checks_.get(call, input);
}

api::GetHealthCheckCountResponse Operations::get_health_check_count(
    const aws::Call& call,
    const api::GetHealthCheckCountRequest& /*input*/
) {
    return health_checks_.count(call);
}

api::GetHealthCheckLastFailureReasonResponse Operations::get_health_check_last_failure_reason(
    const aws::Call& call,
    const api::GetHealthCheckLastFailureReasonRequest& input
) {
    return health_checks_.last_failure_reason(call, input);
}

api::GetHealthCheckStatusResponse Operations::get_health_check_status(
    const aws::Call& call,
    const api::GetHealthCheckStatusRequest& input
) {
    return health_checks_.status(call, input);
}

api::ListCidrBlocksResponse
Operations::list_cidr_blocks(const aws::Call& call, const api::ListCidrBlocksRequest& input) {
    return cidr_collections_.list_blocks(call, input);
}

api::ListCidrCollectionsResponse Operations::list_cidr_collections(
    const aws::Call& call,
    const api::ListCidrCollectionsRequest& input
) {
    return cidr_collections_.list(call, input);
}

api::ListCidrLocationsResponse
Operations::list_cidr_locations(const aws::Call& call, const api::ListCidrLocationsRequest& input) {
    return cidr_collections_.list_locations(call, input);
}

api::ListGeoLocationsResponse Operations::list_geo_locations(
    const aws::Call& /*call*/,
    const api::ListGeoLocationsRequest& input
) {
    return route53::list_geo_locations(input);
}

api::ListHealthChecksResponse
Operations::list_health_checks(const aws::Call& call, const api::ListHealthChecksRequest& input) {
    return health_checks_.list(call, input);
}

api::ListResourceRecordSetsResponse Operations::list_resource_record_sets(
    const aws::Call& call,
    const api::ListResourceRecordSetsRequest& input
) {
    return record_sets_.list(call, input);
}

api::ListTagsForResourceResponse Operations::list_tags_for_resource(
    const aws::Call& call,
    const api::ListTagsForResourceRequest& input
) {
    return tags_.list(call, input);
}

api::ListTagsForResourcesResponse Operations::list_tags_for_resources(
    const aws::Call& call,
    const api::ListTagsForResourcesRequest& input
) {
    return tags_.list_several(call, input);
}

api::TestDNSAnswerResponse
Operations::test_dns_answer(const aws::Call& call, const api::TestDNSAnswerRequest& input) {
    return record_sets_.test_answer(call, input);
}

api::UpdateHealthCheckResponse
Operations::update_health_check(const aws::Call& call, const api::UpdateHealthCheckRequest& input) {
    return health_checks_.update(call, input);
}

} // namespace diorama::route53
