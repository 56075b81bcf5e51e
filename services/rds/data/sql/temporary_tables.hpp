// The temporary tables of one session: in SQLite's own temporary database, in front of what the
// catalog has under the same name.
// https://dev.mysql.com/doc/refman/8.0/en/create-temporary-table.html
#pragma once

#include "services/rds/data/sql/catalog.hpp"
#include "services/rds/data/sql/sqlite.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace diorama::rds::sql {

class TemporaryTables {
public:
    bool is_empty() const { return tables_.empty(); }

    TablePtr find(std::string_view schema, std::string_view name) const;
    // The catalog with them in it.
    CatalogPtr over(const CatalogPtr& catalog);

    // Makes the storage and lists the table, in the place of another one if there was one.
    TablePtr store(sqlite3* sqlite, Table table, std::uint32_t session);
    void drop(sqlite3* sqlite, const Table& table);
    void drop_all(sqlite3* sqlite);
    // A ROLLBACK takes back in SQLite what MySQL keeps.
    void restore(sqlite3* sqlite) const;

private:
    void forget(std::string_view schema, std::string_view name);

    std::vector<TablePtr> tables_;
    CatalogPtr overlay_;  // made from…
    CatalogPtr overlaid_; // …this one
    std::uint64_t overlays_ = 0;
    std::uint64_t made_ = 0;
};

} // namespace diorama::rds::sql
