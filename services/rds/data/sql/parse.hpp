// From MySQL text to a Statement. A hand-written recursive-descent parser; the grammar is the one
// of the reference manual, as far as ast.hpp has words for it.
#pragma once

#include "services/rds/data/sql/ast.hpp"
#include "services/rds/data/sql/error.hpp"
#include "services/rds/data/sql/lexer.hpp"

#include <string_view>
#include <variant>

namespace diorama::rds::sql {

struct ParsedStatement {
    Statement statement;
    std::size_t parameter_count = 0;
    std::vector<VariableUse> uses = {}; // in a stored program, what the parameters stand for
    ScopePtr scope = {};
    bool has_subquery = false; // of an expression
    std::size_t length = 0;    // of the text that it took, with the semicolon
};

// The first statement of `sql`; in a stored program with the names that it sees there.
std::variant<ParsedStatement, SQLError>
parse(std::string_view sql, ScopePtr scope = {}, Modes modes = {});

// An expression alone, as it stands in the catalog (CHECK, DEFAULT).
std::variant<ExprPtr, SQLError> parse_expression(std::string_view sql);

} // namespace diorama::rds::sql
