// The system variables: their names, their defaults, and what may be assigned.
// https://dev.mysql.com/doc/refman/8.0/en/server-system-variables.html
#pragma once

#include "services/rds/data/sql/error.hpp"

#include <map>
#include <string>
#include <string_view>
#include <variant>

namespace diorama::rds::sql {

std::map<std::string, std::string, std::less<>> default_variables();

// character_set_client, collation_connection and the like.
bool is_about_characters(std::string_view name);

// Of the server as a whole: a session has no value of its own.
bool is_global_only(std::string_view name);

// The value as it is kept ("ON" for 1 of a switch), or why it is refused.
std::variant<std::string, SQLError>
checked_variable(std::string_view name, std::string_view value, std::string_view current);

} // namespace diorama::rds::sql
