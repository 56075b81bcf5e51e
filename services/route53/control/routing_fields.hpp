// The routing policy of a record set between the API's fields and ours.
#pragma once

#include "services/route53/control/control.hpp"

namespace diorama::route53 {

// How AWS names a change in its complaints.
std::string described(const api::Change& change);

// Simple when no field of a policy is given. Throws InvalidInput for fields that do not go
// together.
RoutingPolicy parse_policy(const api::Change& change);

void describe_policy(const RoutingPolicy& policy, api::ResourceRecordSet& set);

// "weighted", "latency", … for complaints.
std::string_view name_of(const RoutingPolicy& policy);

} // namespace diorama::route53
