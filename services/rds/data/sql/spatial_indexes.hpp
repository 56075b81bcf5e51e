// SPATIAL indexes. They are shown and kept, and nothing is found by them: MySQL's answers do not
// depend on its R-trees. https://dev.mysql.com/doc/refman/8.0/en/creating-spatial-indexes.html
#pragma once

#include "services/rds/data/sql/catalog.hpp"
#include "services/rds/data/sql/context.hpp"

namespace diorama::rds::sql {

// MySQL: every index of a geometry is a spatial one.
bool is_spatial(const Table& table, const KeySpecification& key);
// Throws for a column that can have none.
void check_spatial(const Table& table, const KeySpecification& key);
// Throws 3644 if the column gets another SRID and has such an index.
void check_srid(const Table& table, std::size_t column, const Type& changed);
// About columns without an SRID that have got such an index; `before`: the table as it was.
void warn_of_spatial(const Table& table, const Table* before, Context& context);

} // namespace diorama::rds::sql
