// What translated LATERAL derived tables need of a SQLite connection.
#pragma once

#include <sqlite3.h>

#include <cstddef>

namespace diorama::rds::sql {

// SQLite: a function takes 127 arguments at most (SQLITE_MAX_FUNCTION_ARG).
inline constexpr std::size_t most_lateral_columns = 127;

void register_lateral(sqlite3* connection);

} // namespace diorama::rds::sql
