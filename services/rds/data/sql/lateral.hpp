// What translated LATERAL derived tables need of a SQLite connection.
#pragma once

#include "services/rds/data/sql/value.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <string>

namespace diorama::rds::sql {

// SQLite: a function takes 127 arguments at most (SQLITE_MAX_FUNCTION_ARG).
inline constexpr std::size_t most_lateral_columns = 127;

// One value more in a row that my_lateral() takes apart.
void pack_value(std::string& out, const ValueView& value);

void register_lateral(sqlite3* connection);

} // namespace diorama::rds::sql
