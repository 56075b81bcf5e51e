// Writes rows of one table: into SQLite, into the log, keeping unique and foreign keys. Every
// change of a user's row passes here.
#pragma once

#include "services/rds/data/sql/connection.hpp"

namespace diorama::rds::sql {

class RowWriter {
public:
    RowWriter(Connection& connection, TablePtr table)
        : connection_(connection)
        , table_(std::move(table)) {}

    const Table& table() const { return *table_; }

    const TablePtr& table_pointer() const { return table_; }

    struct Conflict {
        std::size_t index = 0;  // which unique index
        std::vector<Value> row; // the row that is there
    };

    // Nothing when the row is in; the conflict when a unique key is taken.
    std::optional<Conflict> insert(std::span<const Value> row);
    std::optional<Conflict> update(std::span<const Value> old_row, std::span<const Value> new_row);
    void remove(std::span<const Value> row);

    SQLError duplicate(const Conflict& conflict, std::span<const Value> row) const;

    // Rows of tables without a primary key are found by this.
    void set_rowid(std::int64_t rowid) { rowid_ = rowid; }

    void skip_foreign_keys() { checks_foreign_keys_ = false; }

private:
    sqlite3_stmt* kept(const std::string& sql);
    std::string where_key(std::size_t first_parameter) const;
    void bind_key(sqlite3_stmt* statement, std::size_t first_parameter, std::span<const Value> row)
        const;
    std::optional<Conflict>
    find_conflict(std::span<const Value> row, std::span<const Value> except);
    void run(sqlite3_stmt* statement);
    std::int64_t rowid_of(std::span<const Value> row);
    void check_parents(std::span<const Value> row);
    void follow_children(std::span<const Value> old_row, std::span<const Value> new_row);
    void log(Change::Kind kind, std::span<const Value> old_row, std::span<const Value> new_row);

    Connection& connection_;
    TablePtr table_;
    std::optional<std::int64_t> rowid_;
    bool checks_foreign_keys_ = true;
};

} // namespace diorama::rds::sql
