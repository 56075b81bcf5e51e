// The thin layer over SQLite: prepared statements, values, and its errors in our words.
#include "services/rds/data/sql/sqlite.hpp"

#include "services/rds/data/sql/error.hpp"
#include "services/rds/data/sql/lexer.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

ConnectionPtr open_sqlite(const std::string& path) {
    sqlite3* raw = nullptr;
    constexpr int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int result = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
    ConnectionPtr connection(raw);
    if (result != SQLITE_OK) throw internal_error(sqlite3_errstr(result));
    sqlite3_db_config(raw, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    return connection;
}

StatementPtr prepare_sqlite(sqlite3* connection, std::string_view sql) {
    sqlite3_stmt* raw = nullptr;
    const int result = sqlite3_prepare_v3(
        connection,
        sql.data(),
        static_cast<int>(sql.size()),
        SQLITE_PREPARE_PERSISTENT,
        &raw,
        nullptr
    );
    if (result != SQLITE_OK) throw_sqlite_error(connection);
    return StatementPtr(raw);
}

void execute_sqlite(sqlite3* connection, const std::string& sql) {
    if (sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        throw_sqlite_error(connection);
}

void throw_sqlite_error(sqlite3* connection) {
    const std::string_view text = sqlite3_errmsg(connection);
    if (text == "parser stack overflow" || text.starts_with("Expression tree is too large"))
        throw stack_overrun();
    if (text == "integer overflow") throw arithmetic_out_of_range("BIGINT", "sum");
    if (text.starts_with("no such table"))
        throw SQLError{1412, "HY000", "Table definition has changed, please retry transaction"};
    if (text.starts_with("misuse of aggregate"))
        throw SQLError{1111, "HY000", "Invalid use of group function"};
    if (text.starts_with("misuse of window"))
        throw SQLError{
            3593,
            "HY000",
            fmt::format(
                "You cannot use the window function '{}' in this context.",
                lower_case(text.substr(
                    text.find("function ") + 9,
                    text.size() - text.find("function ") - 11
                ))
            )
        };
    switch (sqlite3_errcode(connection) & 0xff) {
    case SQLITE_INTERRUPT:
        throw SQLError{1317, "70100", "Query execution was interrupted"};
    case SQLITE_FULL:
        throw SQLError{1114, "HY000", "The table is full"};
    case SQLITE_BUSY:
        throw lock_wait_timeout();
    default:
        throw internal_error(text);
    }
}

void bind_value(sqlite3_stmt* statement, int parameter, const ValueView& value) {
    switch (value.kind) {
    case Value::Kind::null:
        sqlite3_bind_null(statement, parameter);
        return;
    case Value::Kind::integer:
        sqlite3_bind_int64(statement, parameter, value.integer);
        return;
    case Value::Kind::real:
        sqlite3_bind_double(statement, parameter, value.real);
        return;
    case Value::Kind::text:
        sqlite3_bind_text64(
            statement,
            parameter,
            value.bytes.empty() ? "" : value.bytes.data(),
            value.bytes.size(),
            SQLITE_STATIC,
            SQLITE_UTF8
        );
        return;
    case Value::Kind::blob:
        sqlite3_bind_blob64(
            statement,
            parameter,
            value.bytes.empty() ? "" : value.bytes.data(),
            value.bytes.size(),
            SQLITE_STATIC
        );
        return;
    }
}

namespace {

std::string_view bytes_of(const void* bytes, int size) {
    return {static_cast<const char*>(bytes), static_cast<std::size_t>(bytes == nullptr ? 0 : size)};
}

} // namespace

ValueView column_value(sqlite3_stmt* statement, int column) {
    ValueView value;
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
        value.kind = Value::Kind::integer;
        value.integer = sqlite3_column_int64(statement, column);
        break;
    case SQLITE_FLOAT:
        value.kind = Value::Kind::real;
        value.real = sqlite3_column_double(statement, column);
        break;
    case SQLITE_TEXT: {
        value.kind = Value::Kind::text;
        const auto* text = sqlite3_column_text(statement, column);
        value.bytes = bytes_of(text, sqlite3_column_bytes(statement, column));
        break;
    }
    case SQLITE_BLOB: {
        value.kind = Value::Kind::blob;
        const auto* blob = sqlite3_column_blob(statement, column);
        value.bytes = bytes_of(blob, sqlite3_column_bytes(statement, column));
        break;
    }
    default:
        break;
    }
    return value;
}

ValueView value_of(sqlite3_value* source) {
    ValueView value;
    switch (sqlite3_value_type(source)) {
    case SQLITE_INTEGER:
        value.kind = Value::Kind::integer;
        value.integer = sqlite3_value_int64(source);
        break;
    case SQLITE_FLOAT:
        value.kind = Value::Kind::real;
        value.real = sqlite3_value_double(source);
        break;
    case SQLITE_TEXT: {
        value.kind = Value::Kind::text;
        const auto* text = sqlite3_value_text(source);
        value.bytes = bytes_of(text, sqlite3_value_bytes(source));
        break;
    }
    case SQLITE_BLOB: {
        value.kind = Value::Kind::blob;
        const auto* blob = sqlite3_value_blob(source);
        value.bytes = bytes_of(blob, sqlite3_value_bytes(source));
        break;
    }
    default:
        break;
    }
    return value;
}

} // namespace diorama::rds::sql
