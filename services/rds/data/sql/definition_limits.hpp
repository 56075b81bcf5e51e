// How large MySQL lets a table become: columns, keys and the bytes of a row.
#pragma once

#include "services/rds/data/sql/catalog.hpp"

namespace diorama::rds::sql {

// Throws what MySQL says of a definition that goes beyond.
void check_limits(const Table& table);

// 1075: one column at most counts by itself, and it begins a key.
void check_auto_increment(const Table& table);

} // namespace diorama::rds::sql
