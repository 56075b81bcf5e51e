// Holds what was expected against what a run has measured.
#pragma once

#include "emulator/simulation/measurements.hpp"
#include "emulator/simulation/mistake.hpp"
#include "emulator/simulation/results.hpp"
#include "emulator/simulation/scenario.hpp"

#include <vector>

namespace diorama::simulation {

// Expectations that no run could ever meet or miss, found before it begins.
std::vector<Mistake> mistakes_in_expectations(const Scenario& scenario);

// Fills Results::expectations, in the order of the file. The cost has to be known.
void judge(const Scenario& scenario, Measurements& measurements, Results& results);

} // namespace diorama::simulation
