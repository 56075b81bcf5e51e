// Everything that a run has measured as JSON, for programs and for `diorama report merge`. The same
// results give the same bytes.
#pragma once

#include "emulator/simulation/results.hpp"

#include <string>

namespace diorama::simulation {

std::string json_report(const Results& results);

} // namespace diorama::simulation
