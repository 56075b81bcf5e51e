// See bucket_settings.hpp.
#include "services/s3/data/bucket_settings.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace diorama::s3 {

namespace {

using JSON = nlohmann::json;

constexpr std::array<std::string_view, 3> ownership_names{
    "BucketOwnerEnforced",
    "BucketOwnerPreferred",
    "ObjectWriter",
};

JSON json_of(const PublicAccessBlock& block) {
    return {
        block.block_public_acls,
        block.ignore_public_acls,
        block.block_public_policy,
        block.restrict_public_buckets
    };
}

PublicAccessBlock block_of(const JSON& value) {
    return {
        value.at(0).get<bool>(),
        value.at(1).get<bool>(),
        value.at(2).get<bool>(),
        value.at(3).get<bool>()
    };
}

JSON json_of(const AccessControlList& list) {
    JSON entries = JSON::array();
    for (const auto& grant : list.grants)
        entries.push_back({grant.grantee, name_of(grant.permission)});
    return {{"owner", list.owner}, {"grants", std::move(entries)}};
}

AccessControlListRef list_of(const JSON& value) {
    AccessControlList list{value.at("owner").get<std::string>(), {}};
    for (const auto& entry : value.at("grants")) {
        const auto permission = parse_permission(entry.at(1).get<std::string>());
        if (permission) list.grants.push_back({entry.at(0).get<std::string>(), *permission});
    }
    return std::make_shared<const AccessControlList>(std::move(list));
}

} // namespace

std::string_view name_of(ObjectOwnership ownership) {
    return ownership_names[static_cast<std::size_t>(ownership)];
}

std::optional<ObjectOwnership> parse_object_ownership(std::string_view name) {
    const auto found = std::find(ownership_names.begin(), ownership_names.end(), name);
    if (found == ownership_names.end()) return std::nullopt;
    return static_cast<ObjectOwnership>(found - ownership_names.begin());
}

PublicAccessBlock
combined(const std::optional<PublicAccessBlock>& a, const std::optional<PublicAccessBlock>& b) {
    const auto left = a.value_or(PublicAccessBlock{});
    const auto right = b.value_or(PublicAccessBlock{});
    return {
        left.block_public_acls || right.block_public_acls,
        left.ignore_public_acls || right.ignore_public_acls,
        left.block_public_policy || right.block_public_policy,
        left.restrict_public_buckets || right.restrict_public_buckets
    };
}

std::string encode_settings(const BucketSettings& settings) {
    JSON value = JSON::object();
    value["ownership"] = settings.ownership ? JSON(name_of(*settings.ownership)) : JSON();
    value["public_access_block"] =
        settings.public_access_block ? json_of(*settings.public_access_block) : JSON();
    if (settings.acl != nullptr) value["acl"] = json_of(*settings.acl);
    value["documents"] = settings.documents;
    return value.dump();
}

BucketSettings decode_settings(std::string_view json) {
    const auto value = JSON::parse(json);
    BucketSettings settings;
    const auto& ownership = value.at("ownership");
    settings.ownership = ownership.is_null()
                             ? std::nullopt
                             : parse_object_ownership(ownership.get_ref<const std::string&>());
    const auto& block = value.at("public_access_block");
    settings.public_access_block = block.is_null() ? std::nullopt : std::optional(block_of(block));
    if (value.contains("acl")) settings.acl = list_of(value.at("acl"));
    for (const auto& [name, document] : value.at("documents").items())
        settings.documents.emplace(name, document.get<std::string>());
    return settings;
}

std::string encode_list(const AccessControlList& list) {
    return json_of(list).dump();
}

AccessControlListRef decode_list(std::string_view json) {
    return list_of(JSON::parse(json));
}

std::string encode_block(const PublicAccessBlock& block) {
    return json_of(block).dump();
}

PublicAccessBlock decode_block(std::string_view json) {
    return block_of(JSON::parse(json));
}

} // namespace diorama::s3
