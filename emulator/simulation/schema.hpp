// The published JSON Schema of scenario files (draft 2020-12), for editors: made of the same tables
// that the reader reads by, and kept in scenarios/scenario.schema.json, which a test compares.
#pragma once

#include <string>

namespace diorama::simulation {

inline constexpr const char* schema_path = "scenarios/scenario.schema.json";

// Indented, with a line end at the end.
std::string scenario_schema();

} // namespace diorama::simulation
