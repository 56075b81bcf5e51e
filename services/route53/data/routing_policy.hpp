// What a record set says about when it is to answer: one of Route 53's routing policies with its
// settings. What they mean is decided in routing.hpp.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace diorama::route53 {

struct SimpleRouting {
    bool operator==(const SimpleRouting&) const = default;
};

struct WeightedRouting {
    std::uint8_t weight = 0;
    bool operator==(const WeightedRouting&) const = default;
};

struct LatencyRouting {
    std::string region;
    bool operator==(const LatencyRouting&) const = default;
};

struct FailoverRouting {
    bool is_primary = true;
    bool operator==(const FailoverRouting&) const = default;
};

// A continent, a country, or a subdivision of a country; country "*" is the default.
struct GeolocationRouting {
    std::string continent;
    std::string country;
    std::string subdivision;
    bool operator==(const GeolocationRouting&) const = default;
};

// In a region, near a local zone group, or at coordinates (as given).
struct GeoproximityRouting {
    std::string region;
    std::string local_zone_group;
    std::string latitude;
    std::string longitude;
    int bias = 0;
    bool operator==(const GeoproximityRouting&) const = default;
};

// Location "*" is the default.
struct IPBasedRouting {
    std::string collection_id;
    std::string location;
    bool operator==(const IPBasedRouting&) const = default;
};

struct MultivalueRouting {
    bool operator==(const MultivalueRouting&) const = default;
};

using RoutingPolicy = std::variant<
    SimpleRouting,
    WeightedRouting,
    LatencyRouting,
    FailoverRouting,
    GeolocationRouting,
    GeoproximityRouting,
    IPBasedRouting,
    MultivalueRouting>;

} // namespace diorama::route53
