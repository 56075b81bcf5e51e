// Expressions as MySQL writes them: in SHOW CREATE TABLE, information_schema and EXPLAIN. Parsing
// the text gives the same expression again, which is how the catalog keeps them.
#pragma once

#include "services/rds/data/sql/ast_queries.hpp"

#include <string>

namespace diorama::rds::sql {

std::string expression_text(const Expr& expression);

} // namespace diorama::rds::sql
