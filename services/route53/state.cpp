// Records to JSON and back, and their keys; see state.hpp.
#include "services/route53/state.hpp"

#include "emulator/storage/record.hpp"
#include "services/route53/data/record_data.hpp"
#include "services/route53/state_encoding.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace diorama::route53 {

namespace {

using Json = nlohmann::json;
using storage::from_ticks;
using storage::ticks;

// Sorts before everything that can be part of a name, a type or an identifier.
constexpr char separator = '\n';

std::optional<std::string> optional_text(const Json& json, const char* name) {
    const auto found = json.find(name);
    if (found == json.end()) return std::nullopt;
    return found->get<std::string>();
}

std::string wire_of(RecordType type, const std::string& value) {
    auto parsed = parse_record_data(type, value);
    auto* bytes = std::get_if<std::string>(&parsed);
    return bytes == nullptr ? std::string() : std::move(*bytes);
}

std::vector<std::string> wires_of(const StoredRecordSet& set) {
    std::vector<std::string> wires;
    for (const auto& value : set.values) {
        wires.push_back(wire_of(set.type, value));
    }
    return wires;
}

} // namespace

DNSName HostedZone::apex() const {
    return DNSName::parse(name).value_or(DNSName()).lower();
}

std::string HostedZone::encode() const {
    Json json{
        {"account", account},
        {"id", id},
        {"name", name},
        {"caller_reference", caller_reference},
        {"name_servers", name_servers},
        {"created", ticks(created)},
    };
    if (comment) json["comment"] = *comment;
    if (!delegation_set_id.empty()) json["delegation_set"] = delegation_set_id;
    if (is_private) {
        json["is_private"] = true;
        for (const auto& vpc : vpcs) {
            json["vpcs"].push_back({vpc.region, vpc.id});
        }
    }
    return json.dump();
}

HostedZone HostedZone::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    HostedZone zone;
    zone.account = json.at("account");
    zone.id = json.at("id");
    zone.name = json.at("name");
    zone.caller_reference = json.at("caller_reference");
    zone.comment = optional_text(json, "comment");
    zone.name_servers = json.at("name_servers").get<std::vector<std::string>>();
    zone.created = from_ticks(json.at("created"));
    zone.delegation_set_id = optional_text(json, "delegation_set").value_or("");
    zone.is_private = json.value("is_private", false);
    for (const auto& vpc : json.value("vpcs", Json::array())) {
        zone.vpcs.push_back({vpc.at(0), vpc.at(1)});
    }
    return zone;
}

bool StoredRecordSet::same_records(const StoredRecordSet& other) const {
    if (type != other.type || policy != other.policy || alias != other.alias ||
        health_check_id != other.health_check_id) {
        return false;
    }
    if (alias) return true;
    if (ttl != other.ttl) return false;
    auto mine = wires_of(*this);
    auto others = wires_of(other);
    std::sort(mine.begin(), mine.end());
    std::sort(others.begin(), others.end());
    return mine == others;
}

RecordSet StoredRecordSet::published() const {
    RecordSet set;
    set.type = type;
    set.ttl = ttl;
    set.record_data = wires_of(*this);
    set.alias = alias;
    set.set_identifier = set_identifier;
    set.policy = policy;
    if (const auto* latency = std::get_if<LatencyRouting>(&policy)) {
        set.at = coordinates_of_region(latency->region);
    } else if (const auto* near = std::get_if<GeoproximityRouting>(&policy)) {
        set.at = coordinates_of(*near);
    }
    return set;
}

std::string StoredRecordSet::encode() const {
    Json json{{"name", name}, {"type", to_string(type)}};
    if (!set_identifier.empty()) json["set_identifier"] = set_identifier;
    write_policy(json, policy);
    if (!health_check_id.empty()) json["health_check"] = health_check_id;
    if (!traffic_policy_instance_id.empty()) {
        json["traffic_policy_instance"] = traffic_policy_instance_id;
    }
    if (is_hidden) json["is_hidden"] = true;
    if (alias) {
        json["alias"] = {
            {"name", alias->name.to_string()},
            {"hosted_zone_id", alias->hosted_zone_id},
            {"evaluate_target_health", alias->evaluate_target_health},
        };
    } else {
        json["ttl"] = ttl;
        json["values"] = values;
    }
    // Values may hold any bytes; what is not UTF-8 was refused with the request.
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

StoredRecordSet StoredRecordSet::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    StoredRecordSet set;
    set.name = json.at("name");
    set.type = parse_record_type(json.at("type").get<std::string>()).value_or(RecordType::a);
    set.set_identifier = optional_text(json, "set_identifier").value_or("");
    set.policy = read_policy(json);
    set.health_check_id = optional_text(json, "health_check").value_or("");
    set.traffic_policy_instance_id = optional_text(json, "traffic_policy_instance").value_or("");
    set.is_hidden = json.value("is_hidden", false);
    if (json.contains("alias")) {
        const auto& alias = json.at("alias");
        set.alias = AliasTarget{
            DNSName::parse(alias.at("name").get<std::string>()).value_or(DNSName()),
            alias.at("hosted_zone_id"),
            alias.at("evaluate_target_health"),
        };
    } else {
        set.ttl = json.at("ttl");
        set.values = json.at("values").get<std::vector<std::string>>();
    }
    return set;
}

std::string Change::encode() const {
    Json json{
        {"account", account},
        {"id", id},
        {"is_in_sync", is_in_sync},
        {"submitted_at", ticks(submitted_at)},
    };
    if (comment) json["comment"] = *comment;
    return json.dump();
}

Change Change::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    Change change;
    change.account = json.at("account");
    change.id = json.at("id");
    change.is_in_sync = json.at("is_in_sync");
    change.submitted_at = from_ticks(json.at("submitted_at"));
    change.comment = optional_text(json, "comment");
    return change;
}

std::string ResourceTags::encode() const {
    return Json(tags).dump();
}

ResourceTags ResourceTags::decode(std::string_view bytes) {
    return {Json::parse(bytes).get<std::map<std::string, std::string>>()};
}

State::State(Journal& journal)
    : hosted_zones(journal, "route53.hosted_zones")
    , record_sets(journal, "route53.record_sets")
    , changes(journal, "route53.changes")
    , tags(journal, "route53.tags")
    , health_checks(journal, "route53.health_checks")
    , cidr_collections(journal, "route53.cidr_collections")
    , delegation_sets(journal, "route53.delegation_sets")
    , vpc_authorizations(journal, "route53.vpc_authorizations")
    , traffic_policies(journal, "route53.traffic_policies")
    , traffic_policy_instances(journal, "route53.traffic_policy_instances")
    , query_logging_configs(journal, "route53.query_logging_configs") {}

std::string account_key(std::string_view account, std::string_view id) {
    std::string key(account);
    key += separator;
    key += id;
    return key;
}

std::string
traffic_policy_key(std::string_view account, std::string_view id, std::int64_t version) {
    return account_key(account, fmt::format("{}\n{:06}", id, version));
}

std::string record_set_prefix(std::string_view hosted_zone_id) {
    std::string key(hosted_zone_id);
    key += separator;
    return key;
}

std::string record_set_prefix(std::string_view hosted_zone_id, const DNSName& name) {
    auto key = record_set_prefix(hosted_zone_id);
    key += name.sort_text();
    key += separator;
    return key;
}

std::string record_set_key(
    std::string_view hosted_zone_id,
    const DNSName& name,
    std::string_view type,
    std::string_view set_identifier
) {
    auto key = record_set_prefix(hosted_zone_id, name);
    key += type;
    key += separator;
    key += set_identifier;
    return key;
}

std::string record_set_key(std::string_view hosted_zone_id, const StoredRecordSet& record_set) {
    const auto name = DNSName::parse(record_set.name).value_or(DNSName());
    return record_set_key(
        hosted_zone_id,
        name,
        to_string(record_set.type),
        record_set.set_identifier
    );
}

} // namespace diorama::route53
