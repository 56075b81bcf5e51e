// The errors of MySQL: number, SQLSTATE and sentence. Programs match on all three. An error ends
// one statement; it is thrown inside this folder and caught once, in Connection::execute.
// https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html
#pragma once

#include "services/rds/data/sql/collation_list.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace diorama::rds::sql {

struct SQLError {
    std::uint16_t code = 0;
    std::string_view sqlstate; // always a literal
    std::string message;
};

// A condition that did not end the statement; SHOW WARNINGS lists them.
struct Warning {
    std::string_view level; // "Warning", "Note", "Error"
    std::uint16_t code = 0;
    std::string message;
    std::string sqlstate = {};
};

SQLError access_denied(std::string_view user, std::string_view host, bool using_password);
SQLError unknown_database(std::string_view name);
SQLError database_exists(std::string_view name);
SQLError no_such_database_to_drop(std::string_view name);
SQLError no_database_selected();
SQLError no_such_table(std::string_view schema, std::string_view table);
SQLError unknown_table(std::string_view name); // DROP TABLE
SQLError table_exists(std::string_view name);
SQLError unknown_column(std::string_view name, std::string_view clause);
SQLError ambiguous_column(std::string_view name, std::string_view clause);
SQLError duplicate_column(std::string_view name);
SQLError duplicate_key_name(std::string_view name);
SQLError cannot_drop_column_or_key(std::string_view name);
SQLError no_such_key_column(std::string_view name);
SQLError duplicate_entry(std::string_view entry, std::string_view key);
SQLError column_cannot_be_null(std::string_view name);
SQLError field_has_no_default(std::string_view name);
SQLError data_too_long(std::string_view column, std::size_t row);
SQLError out_of_range(std::string_view column, std::size_t row);
SQLError data_truncated(std::string_view column, std::size_t row);
SQLError incorrect_value(
    std::string_view type,
    std::string_view value,
    std::string_view column,
    std::size_t row
);
SQLError column_count_mismatch(std::size_t row);
SQLError syntax_error(std::string_view near, std::size_t line);
SQLError not_supported(std::string_view what);
SQLError read_only_option(std::string_view option);
SQLError unknown_system_variable(std::string_view name);
SQLError wrong_value_for_variable(std::string_view name, std::string_view value);
SQLError arithmetic_out_of_range(std::string_view type, std::string_view expression);
SQLError lock_wait_timeout();
SQLError no_such_savepoint(std::string_view name);
SQLError no_such_function(std::string_view schema, std::string_view name);
SQLError wrong_parameter_count(std::string_view function);
SQLError foreign_key_child(std::string_view description);
SQLError foreign_key_parent(std::string_view description);
SQLError too_many_columns();
SQLError stack_overrun();
SQLError too_many_tables();
SQLError invisible_primary_key();
SQLError no_files(); // of the server
SQLError not_unique(std::string_view alias);
SQLError internal_error(std::string_view text);
SQLError unknown_character_set(std::string_view name);
SQLError unknown_collation(std::string_view name);
SQLError collation_mismatch(Collation collation, CharacterSet set);
SQLError invalid_characters(CharacterSet set, std::string_view bytes);

} // namespace diorama::rds::sql
