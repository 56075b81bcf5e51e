// Topics, their attributes and tags.
#pragma once

#include "services/sns/api.hpp"
#include "services/sns/state.hpp"

namespace diorama::sns {

class Topics {
public:
    explicit Topics(State& state)
        : state_(state) {}

    api::CreateTopicResponse
    create_topic(const aws::Call& call, const api::CreateTopicInput& input);
    api::DeleteTopicOutput delete_topic(const api::DeleteTopicInput& input);
    api::ListTopicsResponse
    list_topics(const aws::Call& call, const api::ListTopicsInput& input) const;
    api::GetTopicAttributesResponse get_topic_attributes(const api::GetTopicAttributesInput& input
    ) const;
    api::SetTopicAttributesOutput
    set_topic_attributes(const aws::Call& call, const api::SetTopicAttributesInput& input);
    api::TagResourceResponse tag_resource(const api::TagResourceRequest& input);
    api::UntagResourceResponse untag_resource(const api::UntagResourceRequest& input);
    api::ListTagsForResourceResponse
    list_tags_for_resource(const api::ListTagsForResourceRequest& input) const;

private:
    const Topic& tagged(const std::string& arn) const;

    State& state_;
};

} // namespace diorama::sns
