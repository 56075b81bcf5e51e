// How many statements a scenario will send to its databases, before it runs: which engine they are
// executed on depends on it.
#pragma once

#include "emulator/simulation/scenario.hpp"

namespace diorama::simulation {

// `sql_engine: automatic` executes fewer than this for real.
inline constexpr double most_real_statements = 1e6;

// As many as the applications would send if every request came to them: without caches, retries
// and errors. Of a closed loop: if every answer took no time.
double expected_statements(const Scenario& scenario);

// Whether statements are executed on the real engine. Automatically only where there is a schema to
// execute them on.
bool executes_sql(const Scenario& scenario);

} // namespace diorama::simulation
