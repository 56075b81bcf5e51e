// What MySQL lets a table be: how many columns and keys, how long a row, what counts, its engine.
#pragma once

#include "services/rds/data/sql/catalog.hpp"
#include "services/rds/data/sql/context.hpp"

#include <string_view>

namespace diorama::rds::sql {

// Throws what MySQL says of a definition that goes beyond.
void check_limits(const Table& table);

// 1075: one column at most counts by itself, and it begins a key.
void check_auto_increment(const Table& table);

// 1286, or a warning without NO_ENGINE_SUBSTITUTION: MySQL knows no such engine.
void check_engine(std::string_view name, std::string_view table, Context& context);

} // namespace diorama::rds::sql
