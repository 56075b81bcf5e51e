// information_schema and performance_schema: real relations, kept as SQLite's temporary tables of
// each connection and filled from the catalog when a statement asks for them.
#pragma once

#include "services/rds/data/sql/catalog.hpp"

namespace diorama::rds::sql {

// Adds the two databases and their tables.
void add_system_tables(Catalog& catalog);

} // namespace diorama::rds::sql
