// JSON_TABLE: a document as rows. https://dev.mysql.com/doc/refman/8.0/en/json-table-functions.html
#pragma once

#include "services/rds/data/sql/ast_queries.hpp"

#include <string>
#include <vector>

namespace diorama::rds::sql {

// All columns, nested ones in their place.
std::vector<const JSONTable::Column*> flattened(const JSONTable& table);

// The table without its document, as text that my_json_table() takes.
std::string json_table_text(const JSONTable& table);

} // namespace diorama::rds::sql
