// The columns that CREATE TABLE … SELECT makes of what its SELECT gives.
// https://dev.mysql.com/doc/refman/8.0/en/create-table-select.html
#pragma once

#include "services/rds/data/sql/catalog.hpp"
#include "services/rds/data/sql/translator.hpp"

#include <vector>

namespace diorama::rds::sql {

// Throws 1166 for a name that no column may have.
std::vector<Column>
selected_columns(const Select& select, const TranslatedSelect& query, const Catalog& catalog);

} // namespace diorama::rds::sql
