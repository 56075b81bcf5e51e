// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html
// UNKNOWN: AWS's sentences for impossible places.
#include "services/route53/control/routing_fields.hpp"

#include "services/route53/control/geo_locations.hpp"

#include <charconv>
#include <cmath>

namespace diorama::route53 {

namespace {

GeolocationRouting parse_location(const api::Change& change) {
    const auto& given = *change.resource_record_set.geo_location;
    GeolocationRouting location{
        given.continent_code.value_or(""),
        given.country_code.value_or(""),
        given.subdivision_code.value_or("")
    };
    if (!is_location(location)) {
        throw api::InvalidInput("Invalid request: Invalid GeoLocation in {}", described(change));
    }
    return location;
}

bool is_degrees(const std::string& text, double most) {
    double value = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && stop == end && std::abs(value) <= most;
}

GeoproximityRouting parse_proximity(const api::Change& change) {
    const auto& given = *change.resource_record_set.geo_proximity_location;
    const int count =
        (given.aws_region ? 1 : 0) + (given.local_zone_group ? 1 : 0) + (given.coordinates ? 1 : 0);
    const auto refuse = [&](std::string_view what) {
        throw api::InvalidInput(
            "Invalid request: {} in GeoProximityLocation in {}",
            what,
            described(change)
        );
    };
    if (count != 1) refuse("Expected exactly one of [AWSRegion, LocalZoneGroup, or Coordinates]");
    GeoproximityRouting routing;
    routing.bias = given.bias.value_or(0);
    routing.region = given.aws_region.value_or("");
    routing.local_zone_group = given.local_zone_group.value_or("");
    if (given.coordinates) {
        routing.latitude = given.coordinates->latitude;
        routing.longitude = given.coordinates->longitude;
        if (!is_degrees(routing.latitude, 90) || !is_degrees(routing.longitude, 180)) {
            refuse("Invalid Coordinates");
        }
    }
    if (!routing.region.empty() && !coordinates_of_region(routing.region)) {
        refuse("Invalid AWSRegion");
    }
    if (!routing.local_zone_group.empty() &&
        !coordinates_of_local_zone_group(routing.local_zone_group)) {
        refuse("Unknown LocalZoneGroup");
    }
    return routing;
}

struct PolicyDescriber {
    api::ResourceRecordSet& set;

    void operator()(const SimpleRouting&) const {}

    void operator()(const WeightedRouting& policy) const { set.weight = policy.weight; }

    void operator()(const LatencyRouting& policy) const {
        set.region = api::parse_resource_record_set_region(policy.region);
    }

    void operator()(const FailoverRouting& policy) const {
        set.failover = policy.is_primary ? api::ResourceRecordSetFailover::PRIMARY
                                         : api::ResourceRecordSetFailover::SECONDARY;
    }

    void operator()(const GeolocationRouting& policy) const {
        auto& location = set.geo_location.emplace();
        if (!policy.continent.empty()) location.continent_code = policy.continent;
        if (!policy.country.empty()) location.country_code = policy.country;
        if (!policy.subdivision.empty()) location.subdivision_code = policy.subdivision;
    }

    void operator()(const GeoproximityRouting& policy) const {
        auto& location = set.geo_proximity_location.emplace();
        if (!policy.region.empty()) location.aws_region = policy.region;
        if (!policy.local_zone_group.empty()) location.local_zone_group = policy.local_zone_group;
        if (!policy.latitude.empty()) {
            location.coordinates = api::Coordinates{policy.latitude, policy.longitude};
        }
        location.bias = policy.bias;
    }

    void operator()(const IPBasedRouting& policy) const {
        set.cidr_routing_config = api::CidrRoutingConfig{policy.collection_id, policy.location};
    }

    void operator()(const MultivalueRouting&) const { set.multi_value_answer = true; }
};

} // namespace

std::string described(const api::Change& change) {
    const auto& set = change.resource_record_set;
    return fmt::format(
        "Change with [Action={}, Name={}, Type={}, SetIdentifier={}]",
        to_string(change.action),
        set.name,
        to_string(set.type),
        set.set_identifier.value_or("null")
    );
}

RoutingPolicy parse_policy(const api::Change& change) {
    const auto& set = change.resource_record_set;
    constexpr std::string_view choices =
        "[Weight, Region, Failover, GeoLocation, MultiValueAnswer, GeoProximityLocation, or "
        "CidrRoutingConfig]";
    const int count = (set.weight ? 1 : 0) + (set.region ? 1 : 0) + (set.failover ? 1 : 0) +
                      (set.geo_location ? 1 : 0) +
                      (set.multi_value_answer.value_or(false) ? 1 : 0) +
                      (set.geo_proximity_location ? 1 : 0) + (set.cidr_routing_config ? 1 : 0);
    if (count > 1) {
        throw api::InvalidInput(
            "Invalid request: Expected exactly one of {}, but found more than one in {}",
            choices,
            described(change)
        );
    }
    if (count == 1 && !set.set_identifier) {
        throw api::InvalidInput(
            "Invalid request: Missing field 'SetIdentifier' in {}",
            described(change)
        );
    }
    if (count == 0 && set.set_identifier) {
        throw api::InvalidInput(
            "Invalid request: Expected exactly one of {}, but found none in {}",
            choices,
            described(change)
        );
    }
    if (set.weight) return WeightedRouting{static_cast<std::uint8_t>(*set.weight)};
    if (set.region) return LatencyRouting{std::string(to_string(*set.region))};
    if (set.failover) {
        return FailoverRouting{*set.failover == api::ResourceRecordSetFailover::PRIMARY};
    }
    if (set.geo_location) return parse_location(change);
    if (set.geo_proximity_location) return parse_proximity(change);
    if (set.cidr_routing_config) {
        return IPBasedRouting{
            set.cidr_routing_config->collection_id,
            set.cidr_routing_config->location_name
        };
    }
    if (set.multi_value_answer.value_or(false)) return MultivalueRouting{};
    return SimpleRouting{};
}

void describe_policy(const RoutingPolicy& policy, api::ResourceRecordSet& set) {
    std::visit(PolicyDescriber{set}, policy);
}

std::string_view name_of(const RoutingPolicy& policy) {
    constexpr std::string_view names[] = {
        "simple",
        "weighted",
        "latency",
        "failover",
        "geolocation",
        "geoproximity",
        "IP-based",
        "multivalue answer"
    };
    return names[policy.index()];
}

} // namespace diorama::route53
