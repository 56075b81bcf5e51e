// The API of the service as one object, for the gateway: every operation goes to the file of its
// noun.
#pragma once

#include "services/route53/control/hosted_zones.hpp"
#include "services/route53/control/record_sets.hpp"
#include "services/route53/control/tags.hpp"

namespace diorama::route53 {

class Operations final : public api::Route53Api {
public:
    explicit Operations(const ControlPlane& control);

    api::ChangeResourceRecordSetsResponse change_resource_record_sets(
        const aws::Call& call,
        const api::ChangeResourceRecordSetsRequest& input
    ) override;
    api::ChangeTagsForResourceResponse change_tags_for_resource(
        const aws::Call& call,
        const api::ChangeTagsForResourceRequest& input
    ) override;
    api::CreateHostedZoneResponse
    create_hosted_zone(const aws::Call& call, const api::CreateHostedZoneRequest& input) override;
    api::DeleteHostedZoneResponse
    delete_hosted_zone(const aws::Call& call, const api::DeleteHostedZoneRequest& input) override;
    api::GetChangeResponse
    get_change(const aws::Call& call, const api::GetChangeRequest& input) override;
    api::GetHostedZoneResponse
    get_hosted_zone(const aws::Call& call, const api::GetHostedZoneRequest& input) override;
    api::GetHostedZoneCountResponse get_hosted_zone_count(
        const aws::Call& call,
        const api::GetHostedZoneCountRequest& input
    ) override;
    api::ListHostedZonesResponse
    list_hosted_zones(const aws::Call& call, const api::ListHostedZonesRequest& input) override;
    api::ListHostedZonesByNameResponse list_hosted_zones_by_name(
        const aws::Call& call,
        const api::ListHostedZonesByNameRequest& input
    ) override;
    api::ListResourceRecordSetsResponse list_resource_record_sets(
        const aws::Call& call,
        const api::ListResourceRecordSetsRequest& input
    ) override;
    api::ListTagsForResourceResponse list_tags_for_resource(
        const aws::Call& call,
        const api::ListTagsForResourceRequest& input
    ) override;
    api::ListTagsForResourcesResponse list_tags_for_resources(
        const aws::Call& call,
        const api::ListTagsForResourcesRequest& input
    ) override;
    api::TestDNSAnswerResponse
    test_dns_answer(const aws::Call& call, const api::TestDNSAnswerRequest& input) override;
    api::UpdateHostedZoneCommentResponse update_hosted_zone_comment(
        const aws::Call& call,
        const api::UpdateHostedZoneCommentRequest& input
    ) override;

private:
    const State& state_;
    HostedZones hosted_zones_;
    RecordSets record_sets_;
    Tags tags_;
};

} // namespace diorama::route53
