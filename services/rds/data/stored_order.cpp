// SQLite's REINDEX makes indexes again, but not tables that are an index themselves (WITHOUT
// ROWID): those are copied.
#include "services/rds/data/stored_order.hpp"

#include "services/rds/data/sql/error.hpp"
#include "services/rds/data/sql/sqlite.hpp"
#include "services/rds/data/sql/unicode_order.hpp"

#include <fmt/core.h>

#include <string>
#include <vector>

namespace diorama::rds {

using sql::execute_sqlite;
using sql::prepare_sqlite;

namespace {

std::vector<std::string> texts(sqlite3* connection, const std::string& query) {
    auto statement = prepare_sqlite(connection, query);
    std::vector<std::string> all;
    while (sqlite3_step(statement.get()) == SQLITE_ROW)
        all.emplace_back(sql::column_value(statement.get(), 0).bytes);
    return all;
}

// Words of full-text indexes that have become equal are one word, as often as both were.
std::string copied_rows(const std::string& definition) {
    const bool is_of_words = definition.find("(word COLLATE ") != std::string::npos;
    return is_of_words ? "SELECT word,row,sum(times) FROM in_former_order GROUP BY word,row"
                       : "SELECT * FROM in_former_order";
}

void copy_in_order(sqlite3* connection, const std::string& table) {
    const auto named = fmt::format("FROM sqlite_schema WHERE tbl_name='{}' AND sql NOTNULL", table);
    const auto definition = texts(connection, "SELECT sql " + named + " AND type='table'").at(0);
    const auto indexes = texts(connection, "SELECT sql " + named + " AND type='index'");
    execute_sqlite(connection, "ALTER TABLE " + table + " RENAME TO in_former_order");
    execute_sqlite(connection, definition);
    execute_sqlite(connection, "INSERT INTO " + table + " " + copied_rows(definition));
    execute_sqlite(connection, "DROP TABLE in_former_order");
    for (const auto& index : indexes)
        execute_sqlite(connection, index);
}

void put_everything_in_order(sqlite3* connection, const std::string& version) {
    for (const auto& table : texts(
             connection,
             "SELECT name FROM sqlite_schema WHERE type='table' AND sql LIKE '%WITHOUT ROWID' AND "
             "sql LIKE '%COLLATE%'"
         ))
        copy_in_order(connection, table);
    execute_sqlite(connection, "REINDEX");
    execute_sqlite(connection, "DELETE FROM mysql_order");
    execute_sqlite(connection, fmt::format("INSERT INTO mysql_order VALUES('{}')", version));
}

} // namespace

void put_in_order(sqlite3* connection) {
    execute_sqlite(connection, "CREATE TABLE IF NOT EXISTS mysql_order(version TEXT)");
    const auto version = sql::version_of_order();
    const auto recorded = texts(connection, "SELECT version FROM mysql_order");
    if (!recorded.empty() && recorded[0] == version) return;
    execute_sqlite(connection, "BEGIN IMMEDIATE");
    try {
        put_everything_in_order(connection, version);
        execute_sqlite(connection, "COMMIT");
    } catch (const sql::SQLError& error) {
        execute_sqlite(connection, "ROLLBACK");
        throw sql::internal_error(fmt::format(
            "the database was ordered by {}, and cannot be by {}: {}",
            recorded.empty() ? "an earlier version" : recorded[0],
            version,
            error.message
        ));
    }
}

} // namespace diorama::rds
