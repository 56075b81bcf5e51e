// Conditions: lists, subqueries, patterns, CASE.
#include "services/rds/data/sql/translator.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

Typed Translator::row_comparison(const std::string& op, const Expr& a, const Expr& b) {
    if (a.kind != b.kind || a.args.size() != b.args.size())
        throw SQLError{
            1241,
            "21000",
            fmt::format("Operand should contain {} column(s)", a.args.size())
        };
    if (op != "=" && op != "<>" && op != "<=>") return row_order(op, a, b, 0);
    std::string sql;
    for (std::size_t i = 0; i < a.args.size(); ++i) {
        if (!sql.empty()) sql += " AND ";
        const auto left = expression(*a.args[i]);
        sql += comparison(op == "<>" ? "=" : op, left, expression(*b.args[i])).sql;
    }
    return boolean(fmt::format("{}({})", op == "<>" ? "NOT " : "", sql));
}

// (a, b) < (c, d): a < c, or a = c and b < d.
Typed Translator::row_order(const std::string& op, const Expr& a, const Expr& b, std::size_t from) {
    const auto left = expression(*a.args[from]);
    const auto right = expression(*b.args[from]);
    const bool is_last = from + 1 == a.args.size();
    const auto strict = is_last ? op : op.substr(0, 1);
    const auto first = comparison(strict, left, right).sql;
    if (is_last) return boolean(first);
    return boolean(fmt::format(
        "({} OR ({} AND {}))",
        first,
        comparison("=", left, right).sql,
        row_order(op, a, b, from + 1).sql
    ));
}

Typed Translator::case_when(const Expr& expr) {
    const bool has_operand = (expr.number & 1) != 0;
    const bool has_else = (expr.number & 2) != 0;
    std::size_t i = has_operand ? 1 : 0;
    const auto end = expr.args.size() - (has_else ? 1 : 0);
    std::vector<std::string> conditions;
    std::vector<Typed> values;
    Typed operand;
    if (has_operand) operand = expression(*expr.args[0]);
    for (; i + 1 < end; i += 2) {
        const auto when = expression(*expr.args[i]);
        conditions.push_back(has_operand ? comparison("=", operand, when).sql : as_truth(when));
        values.push_back(expression(*expr.args[i + 1]));
    }
    if (has_else) values.push_back(expression(*expr.args.back()));
    auto result = one_of(values, [&](const std::vector<std::string>& sql) {
        std::string text = "CASE";
        for (std::size_t c = 0; c < conditions.size(); ++c)
            text += fmt::format(" WHEN {} THEN {}", conditions[c], sql[c]);
        if (has_else) text += " ELSE " + sql.back();
        return text + " END";
    });
    if (!has_else) result.is_nullable = true;
    return result;
}

Typed Translator::in_list(const Expr& expr) {
    if (expr.args[0]->kind == ExprKind::row) {
        std::string sql;
        for (std::size_t i = 1; i < expr.args.size(); ++i)
            sql +=
                (sql.empty() ? "" : " OR ") + row_comparison("=", *expr.args[0], *expr.args[i]).sql;
        return boolean(fmt::format("{}({})", expr.is_negated ? "NOT " : "", sql));
    }
    const auto operand = expression(*expr.args[0]);
    std::string list;
    std::string left;
    bool is_uniform = true;
    std::string any;
    for (std::size_t i = 1; i < expr.args.size(); ++i) {
        const auto item = expression(*expr.args[i]);
        const auto [a, b] = comparable(operand, item);
        if (i == 1) left = a;
        is_uniform = is_uniform && a == left;
        list += (list.empty() ? "" : ",") + b;
        any += (any.empty() ? "" : " OR ") + comparison("=", operand, item).sql;
    }
    const auto negation = expr.is_negated ? "NOT " : "";
    if (!is_uniform) return boolean(fmt::format("({}({}))", negation, any));
    return boolean(fmt::format("({} {}IN ({}))", left, negation, list));
}

Typed Translator::in_select(const Expr& expr) {
    return among(*expr.args[0], *expr.select, expr.is_negated);
}

Typed Translator::among(const Expr& operand_or_row, const Select& select, bool is_negated) {
    const auto kind = std::exchange(next_kind_, "SUBQUERY");
    const auto inner = query(select);
    next_kind_ = kind;
    std::vector<const Expr*> operands;
    if (operand_or_row.kind == ExprKind::row)
        for (const auto& argument : operand_or_row.args)
            operands.push_back(argument.get());
    else
        operands.push_back(&operand_or_row);
    if (inner.columns.size() != operands.size())
        throw SQLError{
            1241,
            "21000",
            fmt::format("Operand should contain {} column(s)", operands.size())
        };
    std::string lefts;
    std::string rights;
    bool converts = false;
    for (std::size_t i = 0; i < operands.size(); ++i) {
        const auto operand = expression(*operands[i]);
        Typed column{.sql = fmt::format("c{}", i), .type = inner.columns[i].type};
        column.is_plain_column = true;
        column.coercibility = coercibility_of(inner.columns[i]);
        const auto [a, b] = comparable(operand, column);
        lefts += (i == 0 ? "" : ",") + a;
        rights += (i == 0 ? "" : ",") + b;
        converts = converts || b != column.sql;
    }
    const auto sql = converts ? fmt::format("SELECT {} FROM ({})", rights, inner.sql) : inner.sql;
    if (operands.size() > 1) lefts = "(" + lefts + ")";
    return boolean(fmt::format("({} {}IN ({}))", lefts, is_negated ? "NOT " : "", sql));
}

Typed Translator::subquery(const Expr& expr) {
    const auto kind = std::exchange(next_kind_, "SUBQUERY");
    const auto inner = query(*expr.select);
    next_kind_ = kind;
    if (inner.columns.size() != 1)
        throw SQLError{1241, "21000", "Operand should contain 1 column(s)"};
    const auto sql = yields_one_row(*expr.select)
                         ? inner.sql
                         : fmt::format("SELECT my_only_row(c0) FROM ({})", inner.sql);
    Typed result{.sql = fmt::format("({})", sql), .type = inner.columns[0].type};
    result.coercibility = coercibility_of(inner.columns[0]);
    return result;
}

Typed Translator::like(const Expr& expr) {
    const auto text = expression(*expr.args[0]);
    const auto pattern = expression(*expr.args[1]);
    const auto escape =
        expr.args.size() > 2 ? as_text(expression(*expr.args[2])) : std::string("'\\'");
    const bool is_bytes = text.type.is_binary() || pattern.type.is_binary();
    const auto collation =
        is_bytes ? Collation::binary : together_of({&text, &pattern}, "like", true).collation;
    return boolean(fmt::format(
        "({}my_like({},{},{},{}))",
        expr.is_negated ? "NOT " : "",
        as_text(text),
        as_text(pattern),
        escape,
        static_cast<int>(collation)
    ));
}

// The collation of the operands says whether case matters.
Typed Translator::regexp(const Expr& expr) {
    const auto text = expression(*expr.args[0]);
    const auto pattern = expression(*expr.args[1]);
    const auto is_exact = [](const Typed& value) {
        return value.type.is_binary() || (value.type.is_character() && value.literal == nullptr &&
                                          tells_case(value.type.collation));
    };
    return boolean(fmt::format(
        "({}my_regexp({},{},'{}'))",
        expr.is_negated ? "NOT " : "",
        as_text(text),
        as_text(pattern),
        is_exact(text) || is_exact(pattern) ? "c" : "i"
    ));
}

} // namespace diorama::rds::sql
