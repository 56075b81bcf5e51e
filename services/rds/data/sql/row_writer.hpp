// Writes rows of one table: into SQLite, into the log, keeping unique and foreign keys and other
// transactions' locks. Every change of a user's row passes here.
#pragma once

#include "services/rds/data/sql/connection.hpp"
#include "services/rds/data/sql/triggers.hpp"

namespace diorama::rds::sql {

class RowWriter {
public:
    RowWriter(Connection& connection, TablePtr table)
        : connection_(connection)
        , table_(std::move(table)) {}

    const Table& table() const { return *table_; }

    const TablePtr& table_pointer() const { return table_; }

    // Those of the table. They are fired by the statements that change rows, not from here: rows
    // that follow a foreign key, or another instance, fire none.
    const TableTriggers& triggers() {
        if (!triggers_) triggers_.emplace(connection_, table_);
        return *triggers_;
    }

    struct Conflict {
        std::size_t index = 0;  // which unique index
        std::vector<Value> row; // the row that is there
    };

    // Nothing when the row is in; the conflict when a unique key is taken. Throw LockIsTaken.
    std::optional<Conflict> insert(std::span<const Value> row);
    std::optional<Conflict> update(std::span<const Value> old_row, std::span<const Value> new_row);
    void remove(std::span<const Value> row);
    // A row that an UPDATE found and left as it is.
    void lock(std::span<const Value> row);

    SQLError duplicate(const Conflict& conflict, std::span<const Value> row) const;

    // Rows of tables without a primary key are found by this.
    void set_rowid(std::int64_t rowid) { rowid_ = rowid; }

    // What was checked already, elsewhere or earlier: foreign keys, and locks.
    void skip_foreign_keys() { checks_foreign_keys_ = false; }

    // Does what `change` says once more, without checks and without writing it into the log.
    void repeat(const Change& change);
    // Of the row that was inserted last.
    std::int64_t inserted_rowid() const;
    // The row as it was, or no row with that key, whatever is there now.
    void put_back(std::span<const Value> row, std::int64_t rowid);
    void take_away(std::span<const Value> row, std::int64_t rowid);

private:
    sqlite3_stmt* kept(const std::string& sql);
    std::string where_key(std::size_t first_parameter) const;
    void bind_key(sqlite3_stmt* statement, std::size_t first_parameter, std::span<const Value> row)
        const;
    std::optional<Conflict>
    find_conflict(std::span<const Value> row, std::span<const Value> except);
    void run(sqlite3_stmt* statement);
    // SQLite's result.
    int store(std::span<const Value> row);
    int change(std::span<const Value> old_row, std::span<const Value> new_row);
    void erase(std::span<const Value> row);
    std::int64_t rowid_of(std::span<const Value> row);
    std::int64_t find_rowid(std::span<const Value> row);
    void claim(std::span<const Value> row, bool is_new);
    bool is_free_aside(std::span<const Value> row);
    void check_parents(std::span<const Value> row);
    void follow_children(std::span<const Value> old_row, std::span<const Value> new_row);
    // FULLTEXT indexes: row_words.cpp.
    void add_words(std::span<const Value> row, std::int64_t rowid);
    void remove_words(std::span<const Value> row, std::int64_t rowid);
    void change_words(std::span<const Value> row, std::int64_t rowid, bool adds);
    void log(Change::Kind kind, std::span<const Value> old_row, std::span<const Value> new_row);

    Connection& connection_;
    TablePtr table_;
    std::optional<std::int64_t> rowid_;
    std::int64_t found_rowid_ = 0; // of the row that was written last, if it has no key
    bool checks_foreign_keys_ = true;
    std::optional<TableTriggers> triggers_;
};

} // namespace diorama::rds::sql
