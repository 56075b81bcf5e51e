// Routing policies, health checks, CIDR collections and what belongs to zones to JSON and back; see
// state.hpp.
#include "services/route53/state_encoding.hpp"

#include "services/route53/state.hpp"

#include <algorithm>
#include <cstdlib>

namespace diorama::route53 {

namespace {

using Json = nlohmann::json;

constexpr std::pair<HealthCheckType, std::string_view> type_names[] = {
    {HealthCheckType::http, "HTTP"},
    {HealthCheckType::https, "HTTPS"},
    {HealthCheckType::http_string_match, "HTTP_STR_MATCH"},
    {HealthCheckType::https_string_match, "HTTPS_STR_MATCH"},
    {HealthCheckType::tcp, "TCP"},
    {HealthCheckType::calculated, "CALCULATED"},
    {HealthCheckType::cloudwatch_metric, "CLOUDWATCH_METRIC"},
};

Json encode_config(const HealthCheckConfig& config) {
    return {
        {"type", to_string(config.type)},
        {"is_inverted", config.is_inverted},
        {"is_disabled", config.is_disabled},
        {"ip_address", config.ip_address},
        {"domain_name", config.domain_name},
        {"port", config.port},
        {"resource_path", config.resource_path},
        {"search_string", config.search_string},
        {"request_interval_s", config.request_interval_s},
        {"failure_threshold", config.failure_threshold},
        {"measures_latency", config.measures_latency},
        {"says_server_name", config.says_server_name},
        {"regions", config.regions},
        {"children", config.children},
        {"health_threshold", config.health_threshold},
        {"alarm_region", config.alarm_region},
        {"alarm_name", config.alarm_name},
        {"insufficient_data", static_cast<int>(config.insufficient_data)},
    };
}

HealthCheckConfig decode_config(const Json& json) {
    HealthCheckConfig config;
    config.type =
        parse_health_check_type(json.at("type").get<std::string>()).value_or(HealthCheckType::http);
    config.is_inverted = json.at("is_inverted");
    config.is_disabled = json.at("is_disabled");
    config.ip_address = json.at("ip_address");
    config.domain_name = json.at("domain_name");
    config.port = json.at("port");
    config.resource_path = json.at("resource_path");
    config.search_string = json.at("search_string");
    config.request_interval_s = json.at("request_interval_s");
    config.failure_threshold = json.at("failure_threshold");
    config.measures_latency = json.at("measures_latency");
    config.says_server_name = json.at("says_server_name");
    config.regions = json.at("regions").get<std::vector<std::string>>();
    config.children = json.at("children").get<std::vector<std::string>>();
    config.health_threshold = json.at("health_threshold");
    config.alarm_region = json.at("alarm_region");
    config.alarm_name = json.at("alarm_name");
    config.insufficient_data =
        static_cast<InsufficientData>(json.at("insufficient_data").get<int>());
    return config;
}

struct PolicyWriter {
    Json& json;

    void operator()(const SimpleRouting&) const {}

    void operator()(const WeightedRouting& policy) const { json["weight"] = policy.weight; }

    void operator()(const LatencyRouting& policy) const { json["region"] = policy.region; }

    void operator()(const FailoverRouting& policy) const { json["primary"] = policy.is_primary; }

    void operator()(const GeolocationRouting& policy) const {
        json["geolocation"] = {policy.continent, policy.country, policy.subdivision};
    }

    void operator()(const GeoproximityRouting& policy) const {
        json["geoproximity"] =
            {policy.region, policy.local_zone_group, policy.latitude, policy.longitude};
        json["bias"] = policy.bias;
    }

    void operator()(const IPBasedRouting& policy) const {
        json["cidr"] = {policy.collection_id, policy.location};
    }

    void operator()(const MultivalueRouting&) const { json["multivalue"] = true; }
};

} // namespace

void write_policy(Json& json, const RoutingPolicy& policy) {
    std::visit(PolicyWriter{json}, policy);
}

RoutingPolicy read_policy(const Json& json) {
    const auto text = [&json](const char* name, std::size_t i) {
        return json.at(name).at(i).get<std::string>();
    };
    if (json.contains("weight")) return WeightedRouting{json.at("weight").get<std::uint8_t>()};
    if (json.contains("region")) return LatencyRouting{json.at("region").get<std::string>()};
    if (json.contains("primary")) return FailoverRouting{json.at("primary").get<bool>()};
    if (json.contains("geolocation")) {
        constexpr auto name = "geolocation";
        return GeolocationRouting{text(name, 0), text(name, 1), text(name, 2)};
    }
    if (json.contains("geoproximity")) {
        constexpr auto name = "geoproximity";
        return GeoproximityRouting{
            text(name, 0),
            text(name, 1),
            text(name, 2),
            text(name, 3),
            json.at("bias").get<int>()
        };
    }
    if (json.contains("cidr")) return IPBasedRouting{text("cidr", 0), text("cidr", 1)};
    if (json.contains("multivalue")) return MultivalueRouting{};
    return SimpleRouting{};
}

std::optional<Coordinates> coordinates_of(const GeoproximityRouting& routing) {
    if (!routing.region.empty()) return coordinates_of_region(routing.region);
    if (!routing.local_zone_group.empty()) {
        return coordinates_of_local_zone_group(routing.local_zone_group);
    }
    return Coordinates{
        std::strtod(routing.latitude.c_str(), nullptr),
        std::strtod(routing.longitude.c_str(), nullptr)
    };
}

std::string_view to_string(HealthCheckType type) {
    for (const auto& [value, name] : type_names) {
        if (value == type) return name;
    }
    return {};
}

std::optional<HealthCheckType> parse_health_check_type(std::string_view text) {
    for (const auto& [value, name] : type_names) {
        if (name == text) return value;
    }
    return std::nullopt;
}

std::string HealthCheck::encode() const {
    const Json json{
        {"account", account},
        {"id", id},
        {"caller_reference", caller_reference},
        {"version", version},
        {"config", encode_config(config)},
    };
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

HealthCheck HealthCheck::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    return {
        json.at("account"),
        json.at("id"),
        json.at("caller_reference"),
        json.at("version"),
        decode_config(json.at("config")),
    };
}

std::string DelegationSet::encode() const {
    return Json{
        {"account", account},
        {"id", id},
        {"caller_reference", caller_reference},
        {"name_servers", name_servers},
    }
        .dump();
}

DelegationSet DelegationSet::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    return {
        json.at("account"),
        json.at("id"),
        json.at("caller_reference"),
        json.at("name_servers").get<std::vector<std::string>>(),
    };
}

std::string VPCAuthorization::encode() const {
    return Json{{"region", vpc.region}, {"id", vpc.id}}.dump();
}

VPCAuthorization VPCAuthorization::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    return {{json.at("region"), json.at("id")}};
}

std::string TrafficPolicy::encode() const {
    Json json{
        {"account", account},
        {"id", id},
        {"version", version},
        {"name", name},
        {"type", to_string(type)},
        {"document", document},
    };
    if (comment) json["comment"] = *comment;
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

TrafficPolicy TrafficPolicy::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    TrafficPolicy policy;
    policy.account = json.at("account");
    policy.id = json.at("id");
    policy.version = json.at("version");
    policy.name = json.at("name");
    policy.type = parse_record_type(json.at("type").get<std::string>()).value_or(RecordType::a);
    policy.document = json.at("document");
    if (json.contains("comment")) policy.comment = json.at("comment").get<std::string>();
    return policy;
}

std::string TrafficPolicyInstance::encode() const {
    return Json{
        {"account", account},
        {"id", id},
        {"hosted_zone_id", hosted_zone_id},
        {"name", name},
        {"ttl", ttl},
        {"policy_id", policy_id},
        {"policy_version", policy_version},
        {"type", to_string(type)},
        {"change_id", change_id},
        {"is_updated", is_updated},
    }
        .dump();
}

TrafficPolicyInstance TrafficPolicyInstance::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    TrafficPolicyInstance instance;
    instance.account = json.at("account");
    instance.id = json.at("id");
    instance.hosted_zone_id = json.at("hosted_zone_id");
    instance.name = json.at("name");
    instance.ttl = json.at("ttl");
    instance.policy_id = json.at("policy_id");
    instance.policy_version = json.at("policy_version");
    instance.type = parse_record_type(json.at("type").get<std::string>()).value_or(RecordType::a);
    instance.change_id = json.at("change_id");
    instance.is_updated = json.at("is_updated");
    return instance;
}

std::shared_ptr<const CidrLocations> CidrCollection::published() const {
    auto map = std::make_shared<CidrLocations>();
    for (const auto& [block, location] : locations) {
        map->put(block, location);
    }
    return map;
}

std::string CidrCollection::encode() const {
    Json blocks = Json::object();
    for (const auto& [block, location] : locations) {
        blocks[block.to_string()] = location;
    }
    return Json{
        {"account", account},
        {"id", id},
        {"name", name},
        {"caller_reference", caller_reference},
        {"version", version},
        {"blocks", blocks},
    }
        .dump();
}

CidrCollection CidrCollection::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    CidrCollection collection{
        json.at("account"),
        json.at("id"),
        json.at("name"),
        json.at("caller_reference"),
        json.at("version"),
        {}
    };
    for (const auto& [block, location] : json.at("blocks").items()) {
        if (const auto parsed = CidrBlock::parse(block)) collection.locations[*parsed] = location;
    }
    return collection;
}

} // namespace diorama::route53
