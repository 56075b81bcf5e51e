// Routing policies to JSON and back; what state.cpp and state_encoding.cpp share.
#pragma once

#include "services/route53/data/place.hpp"
#include "services/route53/data/routing_policy.hpp"

#include <nlohmann/json.hpp>

namespace diorama::route53 {

void write_policy(nlohmann::json& json, const RoutingPolicy& policy);
RoutingPolicy read_policy(const nlohmann::json& json);

std::optional<Coordinates> coordinates_of(const GeoproximityRouting& routing);

} // namespace diorama::route53
