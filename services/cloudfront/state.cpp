// See state.hpp. Records are journaled as JSON.
#include "services/cloudfront/state.hpp"

#include "emulator/aws/arn.hpp"
#include "emulator/storage/record.hpp"

#include <algorithm>

namespace diorama::cloudfront {

namespace {

using Json = nlohmann::json;

} // namespace

std::string DistributionRecord::arn() const {
    return aws::ARN{"aws", "cloudfront", "", account, "distribution/" + id}.to_string();
}

std::string DistributionRecord::encode() const {
    return Json{
        {"account", account},
        {"id", id},
        {"e_tag", e_tag},
        {"caller_reference", caller_reference},
        {"config", config},
        {"is_deployed", is_deployed},
        {"is_enabled", is_enabled},
        {"last_modified", storage::ticks(last_modified)},
        {"aliases", aliases},
        {"cache_policy_ids", cache_policy_ids},
        {"origin_access_control_ids", origin_access_control_ids},
        {"tags", tags},
    }
        .dump();
}

DistributionRecord DistributionRecord::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    DistributionRecord record;
    record.account = json.at("account");
    record.id = json.at("id");
    record.e_tag = json.at("e_tag");
    record.caller_reference = json.at("caller_reference");
    record.config = json.at("config");
    record.is_deployed = json.at("is_deployed");
    record.is_enabled = json.at("is_enabled");
    record.last_modified = storage::from_ticks(json.at("last_modified"));
    record.aliases = json.at("aliases");
    record.cache_policy_ids = json.at("cache_policy_ids");
    record.origin_access_control_ids = json.at("origin_access_control_ids");
    record.tags = json.at("tags");
    return record;
}

std::string InvalidationRecord::encode() const {
    return Json{
        {"distribution_id", distribution_id},
        {"id", id},
        {"caller_reference", caller_reference},
        {"paths", paths},
        {"create_time", storage::ticks(create_time)},
        {"is_completed", is_completed},
    }
        .dump();
}

InvalidationRecord InvalidationRecord::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    InvalidationRecord record;
    record.distribution_id = json.at("distribution_id");
    record.id = json.at("id");
    record.caller_reference = json.at("caller_reference");
    record.paths = json.at("paths");
    record.create_time = storage::from_ticks(json.at("create_time"));
    record.is_completed = json.at("is_completed");
    return record;
}

std::string OriginAccessControlRecord::encode() const {
    return Json{{"id", id}, {"e_tag", e_tag}, {"name", name}, {"config", config}}.dump();
}

OriginAccessControlRecord OriginAccessControlRecord::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    return {json.at("id"), json.at("e_tag"), json.at("name"), json.at("config")};
}

std::string CachePolicyRecord::encode() const {
    return Json{
        {"id", id},
        {"e_tag", e_tag},
        {"name", name},
        {"config", config},
        {"last_modified", storage::ticks(last_modified)},
    }
        .dump();
}

CachePolicyRecord CachePolicyRecord::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    return {
        json.at("id"),
        json.at("e_tag"),
        json.at("name"),
        json.at("config"),
        storage::from_ticks(json.at("last_modified"))
    };
}

State::State(Journal& journal)
    : distributions(journal, "cloudfront.distributions")
    , invalidations(journal, "cloudfront.invalidations")
    , origin_access_controls(journal, "cloudfront.origin_access_controls")
    , cache_policies(journal, "cloudfront.cache_policies") {}

const DistributionRecord* State::find_by_alias(const std::string& alias) const {
    for (const auto& [key, record] : distributions) {
        const auto& aliases = record.aliases;
        if (std::find(aliases.begin(), aliases.end(), alias) != aliases.end()) return &record;
    }
    return nullptr;
}

std::string key_of(const std::string& account, const std::string& id) {
    return account + "/" + id;
}

} // namespace diorama::cloudfront
