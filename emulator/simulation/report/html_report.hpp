// The report as one HTML file that needs nothing else: the page, its style and its script (assets/)
// are built into the program, the results stand in the file as JSON.
#pragma once

#include "emulator/simulation/results.hpp"

#include <string>

namespace diorama::simulation {

std::string html_report(const Results& results);

} // namespace diorama::simulation
