// SQLite, owned: a connection and its prepared statements.
#pragma once

#include "services/rds/data/sql/value.hpp"

#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>

namespace diorama::rds::sql {

struct FinalizeStatement {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

using StatementPtr = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

struct CloseConnection {
    void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
};

using ConnectionPtr = std::unique_ptr<sqlite3, CloseConnection>;

// These throw SQLError for what SQLite refuses; a broken statement is our own mistake and is
// reported as an unknown error.
ConnectionPtr open_sqlite(const std::string& path);
StatementPtr prepare_sqlite(sqlite3* connection, std::string_view sql);
void execute_sqlite(sqlite3* connection, const std::string& sql);
[[noreturn]] void throw_sqlite_error(sqlite3* connection);

void bind_value(sqlite3_stmt* statement, int parameter, const ValueView& value);
ValueView column_value(sqlite3_stmt* statement, int column);
ValueView value_of(sqlite3_value* value);

// Puts a statement back to its start when the scope ends.
class Resetting {
public:
    explicit Resetting(sqlite3_stmt* statement)
        : statement_(statement) {}

    ~Resetting() { sqlite3_reset(statement_); }

    Resetting(const Resetting&) = delete;
    Resetting& operator=(const Resetting&) = delete;

private:
    sqlite3_stmt* statement_;
};

} // namespace diorama::rds::sql
