// What is printed when a run has ended: expectations with what was measured beside each bound, the
// three most interesting moments, the cost, where the report lies, and the command to run it again.
#pragma once

#include "emulator/simulation/report/terminal_style.hpp"
#include "emulator/simulation/results.hpp"

#include <string>
#include <vector>

namespace diorama::simulation {

// Reports are the paths of the files that were written.
std::string terminal_report(
    const Results& results,
    const std::vector<std::string>& reports,
    const TerminalStyle& style
);

} // namespace diorama::simulation
