// See operations.hpp.
#include "services/route53/control/operations.hpp"

namespace diorama::route53 {

Operations::Operations(const ControlPlane& control)
    : state_(control.state)
    , hosted_zones_(control)
    , record_sets_(control)
    , tags_(control) {}

// https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html
api::GetChangeResponse
Operations::get_change(const aws::Call& call, const api::GetChangeRequest& input) {
    const auto id = bare_id(input.id);
    const auto* change = state_.changes.find(account_key(call.account, id));
    if (change == nullptr) throw api::NoSuchChange("Could not find resource with ID: {}", id);
    return {.change_info = describe(*change)};
}

api::GetHostedZoneCountResponse Operations::get_hosted_zone_count(
    const aws::Call& call,
    const api::GetHostedZoneCountRequest& /*input*/
) {
    return hosted_zones_.count(call);
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

api::CreateHostedZoneResponse
Operations::create_hosted_zone(const aws::Call& call, const api::CreateHostedZoneRequest& input) {
    return hosted_zones_.create(call, input);
}

api::DeleteHostedZoneResponse
Operations::delete_hosted_zone(const aws::Call& call, const api::DeleteHostedZoneRequest& input) {
    return hosted_zones_.remove(call, input);
}

api::GetHostedZoneResponse
Operations::get_hosted_zone(const aws::Call& call, const api::GetHostedZoneRequest& input) {
    return hosted_zones_.get(call, input);
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

api::UpdateHostedZoneCommentResponse Operations::update_hosted_zone_comment(
    const aws::Call& call,
    const api::UpdateHostedZoneCommentRequest& input
) {
    return hosted_zones_.update_comment(call, input);
}

} // namespace diorama::route53
