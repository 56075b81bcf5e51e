// What happened, in sentences: the headline of a report and the paragraph under it, made from
// nothing but the results.
#pragma once

#include "emulator/simulation/results.hpp"

#include <string>
#include <vector>

namespace diorama::simulation {

// "All 7 expectations held", "2 of 7 expectations failed", "Held until it was interrupted at
// 3h31m".
std::string headline(const Results& results);
// Traffic, faults, fleet, alarms, writes: a sentence each.
std::vector<std::string> what_happened(const Results& results);
// The most interesting moments, greatest weight first, earlier before later.
std::vector<Moment> most_interesting(const Results& results, std::size_t at_most);
// The timeline of a component by its name, or nothing.
const Timeline*
timeline_of(const Results& results, std::string_view component, std::string_view name);
// All requests of a population, in the order in which populations first appear.
std::vector<OutcomeRow> by_population(const Results& results);

} // namespace diorama::simulation
