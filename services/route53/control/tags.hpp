// Tags on hosted zones and health checks.
#pragma once

#include "services/route53/control/control.hpp"

namespace diorama::route53 {

class Tags {
public:
    explicit Tags(const ControlPlane& control)
        : control_(control) {}

    api::ChangeTagsForResourceResponse
    change(const aws::Call& call, const api::ChangeTagsForResourceRequest& input);
    api::ListTagsForResourceResponse
    list(const aws::Call& call, const api::ListTagsForResourceRequest& input);
    api::ListTagsForResourcesResponse
    list_several(const aws::Call& call, const api::ListTagsForResourcesRequest& input);

private:
    std::string
    key_of(const aws::Call& call, api::TagResourceType type, const std::string& id) const;
    api::ResourceTagSet
    describe_tags(const aws::Call& call, api::TagResourceType type, const std::string& id) const;

    ControlPlane control_;
};

} // namespace diorama::route53
