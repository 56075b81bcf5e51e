// Says every few seconds how many targets are healthy: HealthyHostCount and UnHealthyHostCount.
// World thread.
#pragma once

#include "emulator/environment.hpp"
#include "services/elbv2/control/publication.hpp"
#include "services/elbv2/state.hpp"

namespace diorama::elbv2 {

void count_hosts(const State& state, const Publication& publication, Metrics& metrics);

} // namespace diorama::elbv2
