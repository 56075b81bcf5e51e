// Results as a JSON value, keys in a fixed order: whole, as `--json` writes them, or short, as the
// HTML page carries them (four digits that matter, distributions as curves).
#pragma once

#include "emulator/simulation/results.hpp"

#include <nlohmann/json_fwd.hpp>

namespace diorama::simulation {

enum class JSONDetail { whole, page };

nlohmann::ordered_json results_json(const Results& results, JSONDetail detail);

// What "format" says in a report, so that a reader can tell a report from other JSON.
inline constexpr std::string_view report_format = "diorama-report";
inline constexpr int report_format_version = 1;
// The same of several runs that were merged.
inline constexpr std::string_view merged_format = "diorama-merged-reports";

} // namespace diorama::simulation
