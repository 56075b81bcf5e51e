// See tags.hpp.
#include "services/ec2/control/tags.hpp"

#include "emulator/aws/error.hpp"
#include "services/ec2/control/filters.hpp"
#include "services/ec2/control/paging.hpp"

namespace diorama::ec2 {

Tags& TagControl::tags_of(const aws::Call& call, const std::string& resource) {
    const auto is_callers = [&call](const auto* record) {
        return record != nullptr && record->account == call.account &&
               record->region == call.region;
    };
    if (is_callers(state_.instances.find(resource))) return state_.instances.edit(resource)->tags;
    if (is_callers(state_.launch_templates.find(resource)))
        return state_.launch_templates.edit(resource)->tags;
    if (resource.starts_with("i-")) {
        throw aws::AWSError(
            "InvalidInstanceID.NotFound",
            400,
            fmt::format("The instance ID '{}' does not exist", resource)
        );
    }
    throw aws::AWSError("InvalidID", 400, fmt::format("The ID '{}' is not valid", resource));
}

namespace {

void check_keys(const std::vector<api::Tag>& tags) {
    for (const auto& tag : tags) {
        if (!tag.key.value_or("").starts_with("aws:")) continue;
        throw aws::AWSError(
            "InvalidParameterValue",
            400,
            fmt::format(
                "Value ( {} ) for parameter key is invalid. Tag keys starting with 'aws:' are "
                "reserved for internal use",
                *tag.key
            )
        );
    }
}

} // namespace

api::CreateTagsOutput
TagControl::create(const aws::Call& call, const api::CreateTagsRequest& input) {
    check_keys(input.tags);
    for (const auto& resource : input.resources)
        tags_of(call, resource); // all or none
    for (const auto& resource : input.resources) {
        auto& tags = tags_of(call, resource);
        for (const auto& tag : input.tags)
            tags[tag.key.value_or("")] = tag.value.value_or("");
    }
    return {};
}

api::DeleteTagsOutput
TagControl::remove(const aws::Call& call, const api::DeleteTagsRequest& input) {
    check_keys(input.tags);
    for (const auto& resource : input.resources)
        tags_of(call, resource); // all or none
    for (const auto& resource : input.resources) {
        auto& tags = tags_of(call, resource);
        // AWS: "If you omit this parameter, we delete all user-defined tags".
        if (input.tags.empty())
            std::erase_if(tags, [](const auto& tag) { return !tag.first.starts_with("aws:"); });
        for (const auto& tag : input.tags) {
            const auto found = tags.find(tag.key.value_or(""));
            // AWS: with a value, the tag is deleted only if its value matches.
            if (found != tags.end() && (!tag.value || *tag.value == found->second))
                tags.erase(found);
        }
    }
    return {};
}

namespace {

std::optional<std::vector<std::string>> filter_values(
    const std::string& resource,
    const std::string& type,
    const std::pair<std::string, std::string>& tag,
    std::string_view name
) {
    if (name == "resource-id") return {{resource}};
    if (name == "resource-type") return {{type}};
    if (name == "key") return {{tag.first}};
    if (name == "value") return {{tag.second}};
    return std::nullopt;
}

} // namespace

api::DescribeTagsResult
TagControl::describe(const aws::Call& call, const api::DescribeTagsRequest& input) {
    check_names(input.filters, [](std::string_view name) {
        return filter_values({}, {}, {}, name);
    });
    api::DescribeTagsResult result;
    const auto add = [&](const std::string& resource, const char* type, const Tags& tags) {
        for (const auto& [tag_key, tag_value] : tags) {
            const std::string& key = tag_key;
            const std::string& value = tag_value;
            const bool wanted = matches(input.filters, {}, [&](std::string_view name) {
                return filter_values(resource, type, {key, value}, name);
            });
            if (!wanted) continue;
            api::TagDescription description;
            description.resource_id = resource;
            description.resource_type = type;
            description.key = key;
            description.value = value;
            result.tags.push_back(std::move(description));
        }
    };
    for (const auto& [id, instance] : state_.instances) {
        if (instance.account == call.account && instance.region == call.region)
            add(id, "instance", instance.tags);
    }
    for (const auto& [id, launch_template] : state_.launch_templates) {
        if (launch_template.account == call.account && launch_template.region == call.region) {
            add(id, "launch-template", launch_template.tags);
        }
    }
    keep_page(input, result, result.tags);
    return result;
}

} // namespace diorama::ec2
