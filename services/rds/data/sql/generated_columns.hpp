// Generated columns and the expressions in definitions: what they may contain, what depends on
// what, and the hidden columns behind functional indexes.
// https://dev.mysql.com/doc/refman/8.0/en/create-table-generated-columns.html
#pragma once

#include "services/rds/data/sql/catalog.hpp"

#include <optional>
#include <vector>

namespace diorama::rds::sql {

// The columns that the expression of a definition names, in order.
std::vector<std::string> columns_in(const Expr& expression);

// Refuses what MySQL refuses of a table's generated columns, functional indexes and defaults.
void check_generated(const Table& table);

// A column of that expression, hidden behind an index of that name; its place.
std::size_t
add_hidden_column(Table& table, const std::string& index, const std::string& expression);

// Hidden columns stand behind the others, in the order of their indexes, as they will when the
// table is read from the catalog again. `origins` say where a column's values come from.
void settle_hidden_columns(Table& table, std::vector<std::optional<std::size_t>>& origins);

// What an ALTER drops or renames: nothing may be computed from it; a check of that column alone
// goes with it.
void check_departure(Table& table, const AlterClause& clause);

// The generated column as it may become by CHANGE.
void check_change(const Column& before, const Column& after);

} // namespace diorama::rds::sql
