// See tags.hpp.
#include "services/rds/control/tags.hpp"

#include "emulator/aws/arn.hpp"
#include "services/rds/control/validation.hpp"

namespace diorama::rds {

namespace {

struct Resource {
    std::string kind; // "db", "snapshot", "subgrp"
    std::string key;
    std::string name;
};

Resource resource_of(const aws::Call& call, const std::string& text) {
    const auto arn = aws::ARN::parse(text);
    const auto colon = arn ? arn->resource.find(':') : std::string::npos;
    if (!arn || arn->service != "rds" || colon == std::string::npos)
        throw invalid_value("Invalid resource name: {}", text);
    const auto name = arn->resource.substr(colon + 1);
    return {arn->resource.substr(0, colon), key_of(call.account, arn->region, name), name};
}

} // namespace

const Tags& TagControl::find(const aws::Call& call, const std::string& arn) const {
    const auto [kind, key, name] = resource_of(call, arn);
    if (kind == "db") {
        if (const auto* instance = state_.instances.find(key)) return instance->tags;
        throw api::DBInstanceNotFoundFault("DBInstance {} not found.", name);
    }
    if (kind == "snapshot") {
        if (const auto* snapshot = state_.snapshots.find(key)) return snapshot->tags;
        throw api::DBSnapshotNotFoundFault("DBSnapshot {} not found.", name);
    }
    if (kind == "subgrp") {
        if (const auto* group = state_.subnet_groups.find(key)) return group->tags;
        throw api::DBSubnetGroupNotFoundFault("DB subnet group '{}' does not exist.", name);
    }
    throw invalid_value("Invalid resource name: {}", arn);
}

Tags& TagControl::edit(const aws::Call& call, const std::string& arn) {
    find(call, arn); // or throws
    const auto [kind, key, name] = resource_of(call, arn);
    if (kind == "db") return state_.instances.edit(key)->tags;
    if (kind == "snapshot") return state_.snapshots.edit(key)->tags;
    return state_.subnet_groups.edit(key)->tags;
}

api::AddTagsToResourceOutput
TagControl::add(const aws::Call& call, const api::AddTagsToResourceMessage& input) {
    auto& tags = edit(call, input.resource_name);
    for (const auto& [key, value] : tags_of(input.tags))
        tags[key] = value;
    return {};
}

api::RemoveTagsFromResourceOutput
TagControl::remove(const aws::Call& call, const api::RemoveTagsFromResourceMessage& input) {
    auto& tags = edit(call, input.resource_name);
    for (const auto& key : input.tag_keys)
        tags.erase(key);
    return {};
}

api::TagListMessage
TagControl::list(const aws::Call& call, const api::ListTagsForResourceMessage& input) const {
    return {.tag_list = describe_tags(find(call, input.resource_name))};
}

} // namespace diorama::rds
