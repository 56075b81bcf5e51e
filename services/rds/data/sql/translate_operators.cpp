// Operators: their operands converted as MySQL does, and the types they yield.
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/translator.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

Typed Translator::unary(const Expr& expr) {
    const auto operand = expression(*expr.args[0]);
    if (expr.text == "NOT") return boolean(fmt::format("(NOT {})", as_truth(operand)));
    if (expr.text == "~") throw not_supported("~");
    if (operand.type.is_integer() || operand.type.is_decimal()) {
        auto type =
            operand.type.is_decimal() ? operand.type : integer_type(operand.type.length + 1);
        type.is_unsigned = false;
        return {
            .sql = fmt::format("(-{})", operand.sql),
            .type = type,
            .is_nullable = operand.is_nullable
        };
    }
    return {.sql = fmt::format("(-{})", as_real(operand)), .type = double_type()};
}

Typed Translator::binary(const Expr& expr) {
    const auto& op = expr.text;
    const auto& left = *expr.args[0];
    const auto& right = *expr.args[1];
    if (op == "AND" || op == "OR") {
        const auto a = as_truth(expression(left));
        return boolean(fmt::format("({} {} {})", a, op, as_truth(expression(right))));
    }
    if (op == "XOR") {
        const auto a = as_truth(expression(left));
        return boolean(fmt::format("((({})<>0) <> (({})<>0))", a, as_truth(expression(right))));
    }
    const bool is_comparison = op == "=" || op == "<>" || op == "<" || op == "<=" || op == ">" ||
                               op == ">=" || op == "<=>";
    if (is_comparison) {
        if (left.kind == ExprKind::row || right.kind == ExprKind::row)
            return row_comparison(op, left, right);
        const auto a = expression(left);
        return comparison(op, a, expression(right));
    }
    if ((op == "+" || op == "-") && right.kind == ExprKind::interval)
        return date_arithmetic(left, right, op == "-");
    if (op == "+" && left.kind == ExprKind::interval) return date_arithmetic(right, left, false);
    if (op == "&" || op == "|" || op == "<<" || op == ">>" || op == "^") {
        const auto a = as_integer(expression(left));
        const auto b = as_integer(expression(right));
        const auto sql = op == "^" ? fmt::format("my_bit_xor({},{})", a, b)
                                   : fmt::format("({} {} {})", a, op, b);
        return {.sql = sql, .type = unsigned_type(21)};
    }
    return arithmetic(expr, op);
}

Typed Translator::arithmetic(const Expr& expr, const std::string& op) {
    const auto a = expression(*expr.args[0]);
    const auto b = expression(*expr.args[1]);
    const bool is_nullable = a.is_nullable || b.is_nullable;
    if (op == "/") return division(a, b);
    const bool is_exact = (a.type.is_integer() || a.type.is_decimal()) &&
                          (b.type.is_integer() || b.type.is_decimal());
    if (!is_exact) {
        const auto x = as_real(a);
        const auto y = as_real(b);
        Typed result{.sql = {}, .type = double_type(), .is_nullable = is_nullable};
        if (op == "%")
            result.sql = fmt::format("my_real_mod({},{})", x, y);
        else if (op == "DIV") {
            result.sql = fmt::format("CAST(my_real_divide({},{}) AS INTEGER)", x, y);
            result.type = integer_type();
        } else
            result.sql = fmt::format("({} {} {})", x, op, y);
        return result;
    }
    const unsigned scale_a = a.type.is_decimal() ? a.type.scale : 0;
    const unsigned scale_b = b.type.is_decimal() ? b.type.scale : 0;
    const auto scale = std::max(scale_a, scale_b);
    const auto length = std::max(a.type.length, b.type.length) + 1;
    if (op == "DIV" || op == "%") {
        const auto function = op == "%" ? "my_mod" : "my_div";
        auto type = op == "%" && scale > 0 ? decimal_type(length, scale) : integer_type(length);
        type.is_unsigned = a.type.is_unsigned;
        return {
            .sql = fmt::format("{}({},{})", function, as_decimal(a, scale), as_decimal(b, scale)),
            .type = type
        };
    }
    const bool is_integer = a.type.is_integer() && b.type.is_integer();
    Type type = is_integer ? integer_type(length) : decimal_type(length + 1, scale);
    type.is_unsigned = a.type.is_unsigned || b.type.is_unsigned;
    const std::string_view range = !is_integer        ? "DECIMAL"
                                   : type.is_unsigned ? "BIGINT UNSIGNED"
                                                      : "BIGINT";
    const auto label = fmt::format(
        "({} {} {})",
        a.column ? a.column->name : a.sql,
        op,
        b.column ? b.column->name : b.sql
    );
    const bool multiplies = op == "*";
    if (multiplies && !is_integer) {
        type = decimal_type(a.type.length + b.type.length, scale_a + scale_b);
        if (type.scale > 18) throw not_supported("decimals of more than 18 digits");
    }
    return {
        .sql = fmt::format(
            "{}({},{},'{}',{})",
            multiplies  ? "my_multiply"
            : op == "+" ? "my_add"
                        : "my_subtract",
            multiplies ? a.sql : as_decimal(a, scale),
            multiplies ? b.sql : as_decimal(b, scale),
            range,
            sqlite_text(label)
        ),
        .type = type,
        .is_nullable = is_nullable
    };
}

// MySQL: div_precision_increment, 4 digits more than the dividend has.
Typed Translator::division(const Typed& a, const Typed& b) const {
    const bool is_exact = (a.type.is_integer() || a.type.is_decimal()) &&
                          (b.type.is_integer() || b.type.is_decimal());
    if (!is_exact)
        return {
            .sql = fmt::format("my_real_divide({},{})", as_real(a), as_real(b)),
            .type = double_type()
        };
    const unsigned scale_a = a.type.is_decimal() ? a.type.scale : 0;
    const unsigned scale_b = b.type.is_decimal() ? b.type.scale : 0;
    const auto scale = scale_a + 4;
    return {
        .sql = fmt::format("my_divide({},{},{},{},{})", a.sql, b.sql, scale_a, scale_b, scale),
        .type = decimal_type(a.type.length + 4 + scale_b, scale)
    };
}

} // namespace diorama::rds::sql
