// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeTagsForResource.html
#include "services/route53/control/tags.hpp"

#include "services/route53/limits.hpp"

namespace diorama::route53 {

// Throws when the resource does not exist.
std::string
Tags::key_of(const aws::Call& call, api::TagResourceType type, const std::string& id) const {
    if (type == api::TagResourceType::healthcheck) {
        return account_key(
            call.account,
            "healthcheck/" + health_check_of(control_.state, call, id).id
        );
    }
    const auto& zone = hosted_zone_of(control_.state, call, id);
    return account_key(call.account, "hostedzone/" + zone.id);
}

api::ChangeTagsForResourceResponse
Tags::change(const aws::Call& call, const api::ChangeTagsForResourceRequest& input) {
    const auto key = key_of(call, input.resource_type, input.resource_id);
    if (input.add_tags.empty() && input.remove_tag_keys.empty()) {
        throw api::InvalidInput("At least one of AddTags or RemoveTagKeys must be specified");
    }
    const auto* stored = control_.state.tags.find(key);
    ResourceTags edited = stored == nullptr ? ResourceTags{} : *stored;
    for (const auto& tag_key : input.remove_tag_keys) {
        edited.tags.erase(tag_key);
    }
    for (const auto& tag : input.add_tags) {
        if (!tag.key || tag.key->empty()) throw api::InvalidInput("Tag key must not be empty");
        // AWS: keys with the prefix "aws:" are reserved.
        if (tag.key->starts_with("aws:")) {
            throw api::InvalidInput("Tag key {} is reserved: it begins with aws:", *tag.key);
        }
        edited.tags[*tag.key] = tag.value.value_or("");
    }
    if (edited.tags.size() > limits::tags_per_resource_max) {
        throw api::InvalidInput(
            "A resource cannot have more than {} tags",
            limits::tags_per_resource_max
        );
    }
    control_.state.tags.put(key, std::move(edited));
    return {};
}

api::ResourceTagSet
Tags::describe_tags(const aws::Call& call, api::TagResourceType type, const std::string& id) const {
    const auto key = key_of(call, type, id);
    api::ResourceTagSet set;
    set.resource_type = type;
    set.resource_id = bare_id(id);
    if (const auto* stored = control_.state.tags.find(key)) {
        for (const auto& [name, value] : stored->tags) {
            set.tags.push_back({name, value});
        }
    }
    return set;
}

api::ListTagsForResourceResponse
Tags::list(const aws::Call& call, const api::ListTagsForResourceRequest& input) {
    return {.resource_tag_set = describe_tags(call, input.resource_type, input.resource_id)};
}

api::ListTagsForResourcesResponse
Tags::list_several(const aws::Call& call, const api::ListTagsForResourcesRequest& input) {
    api::ListTagsForResourcesResponse response;
    for (const auto& id : input.resource_ids) {
        response.resource_tag_sets.push_back(describe_tags(call, input.resource_type, id));
    }
    return response;
}

} // namespace diorama::route53
