// `diorama check FILE...`: everything that is wrong with scenario files, and nothing runs.
#pragma once

#include "emulator/simulation/scenario_reader.hpp"

#include <string>
#include <vector>

namespace diorama {

// A scenario with every mistake that can be found without running it.
simulation::ReadScenario
read_whole_scenario(const std::string& file, const std::vector<std::string>& settings);

// "day.yaml:3:1: unknown key `trafic`; did you mean `traffic`?", on standard error.
void print_mistakes(const std::vector<simulation::Mistake>& mistakes);

// 0: no mistakes; 1: some.
int check_scenarios(
    const std::vector<std::string>& files,
    const std::vector<std::string>& settings
);

} // namespace diorama
