// An expression as it is translated: SQLite's text, and what MySQL knows of its value.
#pragma once

#include "services/rds/data/sql/ast_queries.hpp"
#include "services/rds/data/sql/coercion.hpp"
#include "services/rds/data/sql/exact.hpp"
#include "services/rds/data/sql/type.hpp"

#include <memory>
#include <string>

namespace diorama::rds::sql {

struct OutputColumn;

// Arithmetic from left to right, written so that one more operand does not nest it deeper.
struct Chain {
    Range range = Range::signed_integer; // of exact numbers
    std::string sql;                     // the whole of it: who has another has changed since
    std::string first = {};              // operand of exact numbers
    std::string operations;              // '+', '-' and '*', one after another
    std::string operands; // of exact numbers the arguments of my_chain; else all terms as written
};

struct Precise;

struct Typed {
    std::string sql;
    Type type;
    bool is_nullable = true;
    bool is_plain_column = false;
    const Expr* literal = nullptr; // a constant as written
    bool is_parameter = false;
    const OutputColumn* column = nullptr;
    std::string label = {}; // as the errors of arithmetic name it, where it is known
    std::shared_ptr<const Chain> chain = {};             // if it is arithmetic that may go on
    Coercibility coercibility = Coercibility::coercible; // of its collation
    bool is_ascii = false;                               // whatever its collation
    std::shared_ptr<const Precise> precise = {};         // if more is known of it than it shows
};

// MySQL keeps more digits of a quotient than it shows, and computes with all of them: 2/3*3 is 2.
struct Precise {
    std::string shown; // the whole of what shows less: who has another has changed since
    Typed value;
};

// The number with all its digits.
const Typed& exactly(const Typed& value);
// A number that shows so many digits as the type has and keeps those that it has.
Typed showing(const Typed& precise, const Type& type);
// A quotient with as many digits as MySQL keeps: `whole` before the point, `shown` after it or
// more.
Typed exact_quotient(const Typed& a, const Typed& b, unsigned whole, unsigned shown);

} // namespace diorama::rds::sql
