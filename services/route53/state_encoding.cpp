// Routing policies, health checks, CIDR collections and what belongs to zones to JSON and back; see
// state.hpp.
#include "services/route53/state_encoding.hpp"

#include "services/route53/state.hpp"

#include <algorithm>
#include <cstdlib>
#include <tuple>

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

// A field that is stored as it is, under that name: told once, for writing and for reading.
template <class Record, class Value>
struct Field {
    const char* name;
    Value Record::* member;
};

template <class Record, class... Fields>
Json written(const Record& record, const std::tuple<Fields...>& fields) {
    Json json = Json::object();
    const auto write = [&](const auto& field) { json[field.name] = record.*field.member; };
    std::apply([&](const auto&... field) { (write(field), ...); }, fields);
    return json;
}

template <class Record, class... Fields>
void read(Record& record, const std::tuple<Fields...>& fields, const Json& json) {
    const auto read = [&](const auto& field) { json.at(field.name).get_to(record.*field.member); };
    std::apply([&](const auto&... field) { (read(field), ...); }, fields);
}

constexpr std::tuple config_fields{
    Field{"is_inverted", &HealthCheckConfig::is_inverted},
    Field{"is_disabled", &HealthCheckConfig::is_disabled},
    Field{"ip_address", &HealthCheckConfig::ip_address},
    Field{"domain_name", &HealthCheckConfig::domain_name},
    Field{"port", &HealthCheckConfig::port},
    Field{"resource_path", &HealthCheckConfig::resource_path},
    Field{"search_string", &HealthCheckConfig::search_string},
    Field{"request_interval_s", &HealthCheckConfig::request_interval_s},
    Field{"failure_threshold", &HealthCheckConfig::failure_threshold},
    Field{"measures_latency", &HealthCheckConfig::measures_latency},
    Field{"says_server_name", &HealthCheckConfig::says_server_name},
    Field{"regions", &HealthCheckConfig::regions},
    Field{"children", &HealthCheckConfig::children},
    Field{"health_threshold", &HealthCheckConfig::health_threshold},
    Field{"alarm_region", &HealthCheckConfig::alarm_region},
    Field{"alarm_name", &HealthCheckConfig::alarm_name},
};
constexpr std::tuple health_check_fields{
    Field{"account", &HealthCheck::account},
    Field{"id", &HealthCheck::id},
    Field{"caller_reference", &HealthCheck::caller_reference},
    Field{"version", &HealthCheck::version},
};
constexpr std::tuple delegation_set_fields{
    Field{"account", &DelegationSet::account},
    Field{"id", &DelegationSet::id},
    Field{"caller_reference", &DelegationSet::caller_reference},
    Field{"name_servers", &DelegationSet::name_servers},
};
constexpr std::tuple policy_fields{
    Field{"account", &TrafficPolicy::account},
    Field{"id", &TrafficPolicy::id},
    Field{"version", &TrafficPolicy::version},
    Field{"name", &TrafficPolicy::name},
    Field{"document", &TrafficPolicy::document},
};
constexpr std::tuple instance_fields{
    Field{"account", &TrafficPolicyInstance::account},
    Field{"id", &TrafficPolicyInstance::id},
    Field{"hosted_zone_id", &TrafficPolicyInstance::hosted_zone_id},
    Field{"name", &TrafficPolicyInstance::name},
    Field{"ttl", &TrafficPolicyInstance::ttl},
    Field{"policy_id", &TrafficPolicyInstance::policy_id},
    Field{"policy_version", &TrafficPolicyInstance::policy_version},
    Field{"change_id", &TrafficPolicyInstance::change_id},
    Field{"is_updated", &TrafficPolicyInstance::is_updated},
};
constexpr std::tuple query_logging_fields{
    Field{"account", &QueryLoggingConfig::account},
    Field{"id", &QueryLoggingConfig::id},
    Field{"hosted_zone_id", &QueryLoggingConfig::hosted_zone_id},
    Field{"log_group_arn", &QueryLoggingConfig::log_group_arn},
};
constexpr std::tuple collection_fields{
    Field{"account", &CidrCollection::account},
    Field{"id", &CidrCollection::id},
    Field{"name", &CidrCollection::name},
    Field{"caller_reference", &CidrCollection::caller_reference},
    Field{"version", &CidrCollection::version},
};

std::string text_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

RecordType type_in(const Json& json) {
    return parse_record_type(json.at("type").get<std::string>()).value_or(RecordType::a);
}

Json encode_config(const HealthCheckConfig& config) {
    auto json = written(config, config_fields);
    json["type"] = to_string(config.type);
    json["insufficient_data"] = static_cast<int>(config.insufficient_data);
    return json;
}

HealthCheckConfig decode_config(const Json& json) {
    HealthCheckConfig config;
    read(config, config_fields, json);
    config.type =
        parse_health_check_type(json.at("type").get<std::string>()).value_or(HealthCheckType::http);
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
    auto json = written(*this, health_check_fields);
    json["config"] = encode_config(config);
    return text_of(json);
}

HealthCheck HealthCheck::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    HealthCheck check;
    read(check, health_check_fields, json);
    check.config = decode_config(json.at("config"));
    return check;
}

std::string DelegationSet::encode() const {
    return text_of(written(*this, delegation_set_fields));
}

DelegationSet DelegationSet::decode(std::string_view bytes) {
    DelegationSet set;
    read(set, delegation_set_fields, Json::parse(bytes));
    return set;
}

std::string VPCAuthorization::encode() const {
    return Json{{"region", vpc.region}, {"id", vpc.id}}.dump();
}

VPCAuthorization VPCAuthorization::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    return {{json.at("region"), json.at("id")}};
}

std::string TrafficPolicy::encode() const {
    auto json = written(*this, policy_fields);
    json["type"] = to_string(type);
    if (comment) json["comment"] = *comment;
    return text_of(json);
}

TrafficPolicy TrafficPolicy::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    TrafficPolicy policy;
    read(policy, policy_fields, json);
    policy.type = type_in(json);
    if (json.contains("comment")) policy.comment = json.at("comment").get<std::string>();
    return policy;
}

std::string TrafficPolicyInstance::encode() const {
    auto json = written(*this, instance_fields);
    json["type"] = to_string(type);
    return text_of(json);
}

TrafficPolicyInstance TrafficPolicyInstance::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    TrafficPolicyInstance instance;
    read(instance, instance_fields, json);
    instance.type = type_in(json);
    return instance;
}

std::string QueryLoggingConfig::encode() const {
    return text_of(written(*this, query_logging_fields));
}

QueryLoggingConfig QueryLoggingConfig::decode(std::string_view bytes) {
    QueryLoggingConfig config;
    read(config, query_logging_fields, Json::parse(bytes));
    return config;
}

std::shared_ptr<const CidrLocations> CidrCollection::published() const {
    auto map = std::make_shared<CidrLocations>();
    for (const auto& [block, location] : locations) {
        map->put(block, location);
    }
    return map;
}

std::string CidrCollection::encode() const {
    auto json = written(*this, collection_fields);
    json["blocks"] = Json::object();
    for (const auto& [block, location] : locations) {
        json["blocks"][block.to_string()] = location;
    }
    return text_of(json);
}

CidrCollection CidrCollection::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    CidrCollection collection;
    read(collection, collection_fields, json);
    for (const auto& [block, location] : json.at("blocks").items()) {
        if (const auto parsed = CidrBlock::parse(block)) collection.locations[*parsed] = location;
    }
    return collection;
}

} // namespace diorama::route53
