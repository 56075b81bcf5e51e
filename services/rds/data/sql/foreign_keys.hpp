// What foreign keys demand of the tables on both of their sides when one is created, altered or
// renamed. https://dev.mysql.com/doc/refman/8.0/en/create-table-foreign-keys.html
#pragma once

#include "services/rds/data/sql/catalog.hpp"
#include "services/rds/data/sql/error.hpp"

#include <optional>
#include <string>
#include <vector>

namespace diorama::rds::sql {

// Of each column of a table, its place in what the table was before; nothing: it is new.
using Origins = std::vector<std::optional<std::size_t>>;

struct AlteredTable {
    const Table& before;
    const Table& after;
    const Origins& origins;
};

// Throws what MySQL says of a key of the table that cannot be: 1824, 1826, 3734, 3780, 1822, 1830,
// or 1553 if the index of an older one is gone. `checks` is @@foreign_key_checks.
void check_foreign_keys(
    const Catalog& catalog,
    const Table& table,
    const Table* before,
    bool checks
);

// The keys of other tables that refer to this one: 1829, 3780, 1553.
void check_children(const Catalog& catalog, const AlteredTable& altered);

// The other tables whose keys name what has another name now, as they must become.
std::vector<Table> renamed_children(const Catalog& catalog, const AlteredTable& altered);
// Likewise the keys by which the table refers to itself.
void rename_own_parents(Table& after, const Table& before, const Origins& origins);

// Every column where it was.
Origins same_columns(const Table& table);

// A query of SQLite that finds a row of the child without a parent.
std::string orphans_query(const Table& child, const Table& parent, const ForeignKey& key);

// 1452: the rows of a table that has just got the key.
SQLError orphan_of(const Table& child, const ForeignKey& key);

} // namespace diorama::rds::sql
