// Storing in numeric columns; the rest of assign.hpp.
#pragma once

#include "services/rds/data/sql/assign.hpp"

#include <string_view>

namespace diorama::rds::sql {

// An error of a strict statement, a warning of another one.
void complain(const Assignee& to, const SQLError& error);

Value integer_for(const Assignee& to, const Type& from, const ValueView& value);
Value decimal_for(const Assignee& to, const Type& from, const ValueView& value);
Value real_for(const Assignee& to, const Type& from, const ValueView& value);

} // namespace diorama::rds::sql
