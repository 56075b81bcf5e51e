// GENERATED ALWAYS AS, and how expressions in definitions are kept.
// https://dev.mysql.com/doc/refman/8.0/en/create-table-generated-columns.html
#include "services/rds/data/sql/expression_text.hpp"
#include "services/rds/data/sql/parser.hpp"

namespace diorama::rds::sql {

// What an expression in a definition is kept as. What cannot be printed stays as it was written,
// for those that check definitions to refuse.
std::string Parser::printed(const Expr& expr, std::size_t start) const {
    try {
        return expression_text(expr);
    } catch (const SQLError&) {
        return source_from(start);
    }
}

void Parser::generated_attribute(ColumnSpecification& column) {
    if (accept("GENERATED")) expect("ALWAYS");
    expect("AS");
    expect("(");
    const auto start = at_;
    const auto value = expression();
    column.generated_source = printed(*value, start);
    expect(")");
    if (accept("STORED"))
        column.is_stored = true;
    else
        accept("VIRTUAL");
}

void Parser::check_attributes(const ColumnSpecification& column) const {
    if (column.generated_source.empty()) return;
    const std::string_view other = column.default_value       ? "DEFAULT"
                                   : column.is_auto_increment ? "AUTO_INCREMENT"
                                   : column.updates_now       ? "ON UPDATE"
                                                              : "";
    if (!other.empty())
        throw SQLError{
            1221,
            "HY000",
            "Incorrect usage of " + std::string(other) + " and generated column"
        };
}

} // namespace diorama::rds::sql
