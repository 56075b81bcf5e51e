// What of a row is locked: the key by which it is found, the values of its other unique keys, the
// parents that its foreign keys name; and the table itself.
#pragma once

#include "services/rds/data/row_locks.hpp"
#include "services/rds/data/sql/catalog.hpp"

#include <optional>
#include <span>
#include <vector>

namespace diorama::rds::sql {

LockKey table_key(const Table& table);

// By the primary key, else by the rowid.
LockKey row_key(const Table& table, std::span<const Value> row, std::int64_t rowid);

// Of all other unique keys without a NULL; and of the primary key, if the table has one.
std::vector<LockKey> unique_keys(const Table& table, std::span<const Value> row);

// Of the parent row that a child's foreign key names. Nothing for NULL, or when the parent has no
// such unique key.
std::optional<LockKey>
parent_key(const Catalog& catalog, const ForeignKey& key, std::span<const Value> child);

} // namespace diorama::rds::sql
