// The sentences of MySQL's errors.
#include "services/rds/data/sql/error.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

SQLError access_denied(std::string_view user, std::string_view host, bool using_password) {
    return {
        1045,
        "28000",
        fmt::format(
            "Access denied for user '{}'@'{}' (using password: {})",
            user,
            host,
            using_password ? "YES" : "NO"
        )
    };
}

SQLError unknown_database(std::string_view name) {
    return {1049, "42000", fmt::format("Unknown database '{}'", name)};
}

SQLError database_exists(std::string_view name) {
    return {1007, "HY000", fmt::format("Can't create database '{}'; database exists", name)};
}

SQLError no_such_database_to_drop(std::string_view name) {
    return {1008, "HY000", fmt::format("Can't drop database '{}'; database doesn't exist", name)};
}

SQLError no_database_selected() {
    return {1046, "3D000", "No database selected"};
}

SQLError no_such_table(std::string_view schema, std::string_view table) {
    return {1146, "42S02", fmt::format("Table '{}.{}' doesn't exist", schema, table)};
}

SQLError unknown_table(std::string_view name) {
    return {1051, "42S02", fmt::format("Unknown table '{}'", name)};
}

SQLError table_exists(std::string_view name) {
    return {1050, "42S01", fmt::format("Table '{}' already exists", name)};
}

SQLError unknown_column(std::string_view name, std::string_view clause) {
    return {1054, "42S22", fmt::format("Unknown column '{}' in '{}'", name, clause)};
}

SQLError ambiguous_column(std::string_view name, std::string_view clause) {
    return {1052, "23000", fmt::format("Column '{}' in {} is ambiguous", name, clause)};
}

SQLError duplicate_column(std::string_view name) {
    return {1060, "42S21", fmt::format("Duplicate column name '{}'", name)};
}

SQLError duplicate_key_name(std::string_view name) {
    return {1061, "42000", fmt::format("Duplicate key name '{}'", name)};
}

SQLError cannot_drop_column_or_key(std::string_view name) {
    return {1091, "42000", fmt::format("Can't DROP '{}'; check that column/key exists", name)};
}

SQLError no_such_key_column(std::string_view name) {
    return {1072, "42000", fmt::format("Key column '{}' doesn't exist in table", name)};
}

SQLError duplicate_entry(std::string_view entry, std::string_view key) {
    return {1062, "23000", fmt::format("Duplicate entry '{}' for key '{}'", entry, key)};
}

SQLError column_cannot_be_null(std::string_view name) {
    return {1048, "23000", fmt::format("Column '{}' cannot be null", name)};
}

SQLError field_has_no_default(std::string_view name) {
    return {1364, "HY000", fmt::format("Field '{}' doesn't have a default value", name)};
}

SQLError data_too_long(std::string_view column, std::size_t row) {
    return {1406, "22001", fmt::format("Data too long for column '{}' at row {}", column, row)};
}

SQLError out_of_range(std::string_view column, std::size_t row) {
    return {
        1264,
        "22003",
        fmt::format("Out of range value for column '{}' at row {}", column, row)
    };
}

SQLError data_truncated(std::string_view column, std::size_t row) {
    return {1265, "01000", fmt::format("Data truncated for column '{}' at row {}", column, row)};
}

SQLError incorrect_value(
    std::string_view type,
    std::string_view value,
    std::string_view column,
    std::size_t row
) {
    const bool is_temporal = type == "datetime" || type == "date" || type == "time";
    return {
        static_cast<std::uint16_t>(is_temporal ? 1292 : 1366),
        is_temporal ? "22007" : "HY000",
        fmt::format("Incorrect {} value: '{}' for column '{}' at row {}", type, value, column, row)
    };
}

SQLError column_count_mismatch(std::size_t row) {
    return {1136, "21S01", fmt::format("Column count doesn't match value count at row {}", row)};
}

SQLError syntax_error(std::string_view near, std::size_t line) {
    return {
        1064,
        "42000",
        fmt::format(
            "You have an error in your SQL syntax; check the manual that corresponds to your MySQL "
            "server version for the right syntax to use near '{}' at line {}",
            near.substr(0, 80),
            line
        )
    };
}

SQLError not_supported(std::string_view what) {
    return {1235, "42000", fmt::format("This version of MySQL doesn't yet support '{}'", what)};
}

SQLError read_only_option(std::string_view option) {
    return {
        1290,
        "HY000",
        fmt::format(
            "The MySQL server is running with the {} option so it cannot execute this statement",
            option
        )
    };
}

SQLError unknown_system_variable(std::string_view name) {
    return {1193, "HY000", fmt::format("Unknown system variable '{}'", name)};
}

SQLError wrong_value_for_variable(std::string_view name, std::string_view value) {
    return {
        1231,
        "42000",
        fmt::format("Variable '{}' can't be set to the value of '{}'", name, value)
    };
}

SQLError arithmetic_out_of_range(std::string_view type, std::string_view expression) {
    return {1690, "22003", fmt::format("{} value is out of range in '{}'", type, expression)};
}

SQLError lock_wait_timeout() {
    return {1205, "HY000", "Lock wait timeout exceeded; try restarting transaction"};
}

SQLError no_such_savepoint(std::string_view name) {
    return {1305, "42000", fmt::format("SAVEPOINT {} does not exist", name)};
}

SQLError no_such_function(std::string_view schema, std::string_view name) {
    return {1305, "42000", fmt::format("FUNCTION {}.{} does not exist", schema, name)};
}

SQLError wrong_parameter_count(std::string_view function) {
    return {
        1582,
        "42000",
        fmt::format("Incorrect parameter count in the call to native function '{}'", function)
    };
}

SQLError foreign_key_child(std::string_view description) {
    return {
        1452,
        "23000",
        fmt::format(
            "Cannot add or update a child row: a foreign key constraint fails ({})",
            description
        )
    };
}

SQLError foreign_key_parent(std::string_view description) {
    return {
        1451,
        "23000",
        fmt::format(
            "Cannot delete or update a parent row: a foreign key constraint fails ({})",
            description
        )
    };
}

SQLError too_many_tables() {
    return {1116, "HY000", "Too many tables; MySQL can only use 61 tables in a join"};
}

SQLError stack_overrun() {
    return {1436, "HY000", "Thread stack overrun"};
}

SQLError too_many_columns() {
    return {1117, "HY000", "Too many columns"};
}

SQLError not_unique(std::string_view alias) {
    return {1066, "42000", fmt::format("Not unique table/alias: '{}'", alias)};
}

SQLError no_files() {
    return {
        1290,
        "HY000",
        "The MySQL server is running with the --secure-file-priv option so it cannot execute this "
        "statement"
    };
}

SQLError invisible_primary_key() {
    return {3522, "HY000", "A primary key index cannot be invisible"};
}

SQLError internal_error(std::string_view text) {
    return {1105, "HY000", fmt::format("Unknown error: {}", text)};
}

SQLError unknown_character_set(std::string_view name) {
    return {1115, "42000", fmt::format("Unknown character set: '{}'", name)};
}

SQLError unknown_collation(std::string_view name) {
    return {1273, "HY000", fmt::format("Unknown collation: '{}'", name)};
}

SQLError collation_mismatch(Collation collation, CharacterSet set) {
    return {
        1253,
        "42000",
        fmt::format(
            "COLLATION '{}' is not valid for CHARACTER SET '{}'",
            collation_name(collation),
            entry_of(set).name
        )
    };
}

// MySQL shows six bytes of it.
SQLError invalid_characters(CharacterSet set, std::string_view bytes) {
    constexpr std::size_t shown = 6;
    std::string digits;
    for (const char c : bytes.substr(0, shown))
        digits += fmt::format("{:02X}", static_cast<std::uint8_t>(c));
    if (bytes.size() > shown) digits += "...";
    return {
        1300,
        "HY000",
        fmt::format("Invalid {} character string: '{}'", entry_of(set).name, digits)
    };
}

} // namespace diorama::rds::sql
