// Results as a run of six hours would leave them, made up by formula: three zones, a zone that
// loses power at the peak, a fleet that grows and shrinks, alarms, two populations. For tests of
// reports.
#pragma once

#include "emulator/simulation/results.hpp"

namespace diorama::simulation::test {

Results sample_results();

// Its instances, alarms, faults and moments.
void add_sample_events(Results& results);

} // namespace diorama::simulation::test
