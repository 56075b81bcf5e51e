// Storing: a value of any type becomes a value of a column's type, or the error MySQL gives.
#pragma once

#include "services/rds/data/sql/catalog.hpp"
#include "services/rds/data/sql/context.hpp"
#include "services/rds/data/sql/error.hpp"

namespace diorama::rds::sql {

struct Assignee {
    const Column& column;
    std::size_t row; // for "at row 1"
    bool is_strict;  // else the nearest value is stored and a warning is left
    Context& context;
};

Value assigned(const Assignee& to, const Type& from, const ValueView& value);

// The moment of the statement, as a column that ON UPDATE CURRENT_TIMESTAMP names keeps it.
Value current_moment(const Type& type, Context& context);

// The value MySQL stores where none is given and NULL is not allowed: 0, '', '0000-00-00'.
Value zero_value(const Type& type);

bool has_generated_columns(const Table& table);
SQLError generated_value_given(const Table& table, const Column& column); // 3105

} // namespace diorama::rds::sql
