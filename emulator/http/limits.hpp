// How much of an upstream's connections and time the client takes.
#pragma once

#include "emulator/time/time.hpp"

#include <cstddef>

namespace diorama::http::limits {

// UNKNOWN: AWS does not say how many idle connections a load balancer node keeps to a target. As
// many as this for each edge thread and target; beyond, the one that has idled longest goes.
inline constexpr std::size_t idle_connections_max = 64;

// A request body of which the upstream takes nothing for so long fails the call, also when the
// response has begun.
inline constexpr Duration upload_stall_max = std::chrono::seconds(60);

} // namespace diorama::http::limits
