// Operators: their operands converted as MySQL does, and the types they yield.
#include "services/rds/data/sql/exact.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/translator.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

namespace {

// An operand as the errors of arithmetic name it; no longer than such an error.
std::string label_of(const Typed& value) {
    constexpr std::size_t longest = 256;
    if (value.column != nullptr) return value.column->name;
    if (!value.label.empty()) return value.label.substr(0, longest);
    return (value.literal != nullptr ? value.literal->text : value.sql).substr(0, longest);
}

} // namespace

namespace {

// SQLite: a function has 127 arguments at most.
constexpr std::size_t longest_chain = 60;

// Writes `result`, which is `left op right`; `left` stands for the operand `a`.
void chain_exact(
    Typed& result,
    const Typed& a,
    const std::string& op,
    const std::string& left,
    const std::string& right
) {
    const auto range = range_of(result.type);
    const auto label = sqlite_text(result.label);
    const bool goes_on = a.chain && a.chain->sql == left && a.chain->range == range &&
                         a.chain->operations.size() < longest_chain;
    Chain chain{.range = range, .first = left, .operations = op};
    if (goes_on) {
        chain.first = a.chain->first;
        chain.operations = a.chain->operations + op;
        chain.operands = fmt::format("{},{},{}", a.chain->operands, right, label);
        result.sql = fmt::format(
            "my_chain({},{},'{}',{})",
            chain.first,
            static_cast<int>(range),
            chain.operations,
            chain.operands
        );
    } else {
        chain.operands = fmt::format("{},{}", right, label);
        result.sql = fmt::format(
            "my_{}({},{},{},{})",
            op == "*"   ? "multiply"
            : op == "+" ? "add"
                        : "subtract",
            left,
            right,
            static_cast<int>(range),
            label
        );
    }
    chain.sql = result.sql;
    result.chain = std::make_shared<const Chain>(std::move(chain));
}

// The same for doubles. Without parentheses SQLite's parser works from left to right as well.
void chain_reals(
    Typed& result,
    const Typed& a,
    const std::string& op,
    const std::string& left,
    const std::string& right
) {
    const bool goes_on = a.chain && a.chain->sql == a.sql && a.type.is_real() &&
                         (op != "*" || a.chain->operations.find_first_not_of('*') == op.npos);
    Chain chain{
        .operations = (goes_on ? a.chain->operations : "") + op,
        .operands = fmt::format("{} {} {}", goes_on ? a.chain->operands : left, op, right)
    };
    chain.sql = result.sql = fmt::format("({})", chain.operands);
    result.chain = std::make_shared<const Chain>(std::move(chain));
}

} // namespace

Typed Translator::unary(const Expr& expr) {
    const auto operand = expression(*expr.args[0]);
    if (expr.text == "NOT") return boolean(fmt::format("(NOT {})", as_truth(operand)));
    if (expr.text == "~")
        return {
            .sql = fmt::format("my_bits_not({})", as_bits(operand)),
            .type = unsigned_type(21),
            .is_nullable = operand.is_nullable
        };
    if (operand.type.is_integer() || operand.type.is_decimal()) {
        auto result = exact_negation(operand);
        return operand.precise ? showing(exact_negation(exactly(operand)), result.type) : result;
    }
    return {
        .sql = fmt::format("(-{})", as_real(operand)),
        .type = double_type(digits_after_point(operand.type))
    };
}

Typed Translator::exact_negation(const Typed& operand) const {
    auto type = operand.type.is_decimal() ? operand.type : integer_type(operand.type.length + 1);
    type.is_unsigned = false;
    if (operand.type.is_wide() || operand.type.may_be_wide())
        return {
            .sql = fmt::format(
                "my_subtract(0,{},{},{})",
                operand.sql,
                static_cast<int>(range_of(type)),
                sqlite_text("-(" + label_of(operand) + ")")
            ),
            .type = type,
            .is_nullable = operand.is_nullable
        };
    return {
        .sql = fmt::format("(-{})", operand.sql),
        .type = type,
        .is_nullable = operand.is_nullable
    };
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
        const bool is_with_query = left.kind == ExprKind::row && right.kind == ExprKind::subquery;
        if (is_with_query && (op == "=" || op == "<>")) // the one row is among the query's
            return among(left, *right.select, op == "<>");
        if (left.kind == ExprKind::row || right.kind == ExprKind::row)
            return row_comparison(op, left, right);
        const auto a = expression(left);
        return comparison(op, a, expression(right));
    }
    if ((op == "+" || op == "-") && right.kind == ExprKind::interval)
        return date_arithmetic(left, right, op == "-");
    if (op == "+" && left.kind == ExprKind::interval) return date_arithmetic(right, left, false);
    if (op == "&" || op == "|" || op == "<<" || op == ">>" || op == "^") {
        const auto a = as_bits(expression(left));
        const auto b = as_bits(expression(right));
        const std::string_view name = op == "&"    ? "and"
                                      : op == "|"  ? "or"
                                      : op == "^"  ? "exclusive_or"
                                      : op == "<<" ? "left"
                                                   : "right";
        return {.sql = fmt::format("my_bits_{}({},{})", name, a, b), .type = unsigned_type(21)};
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
        const auto digits = std::max(digits_after_point(a.type), digits_after_point(b.type));
        Typed result{.sql = {}, .type = double_type(digits), .is_nullable = is_nullable};
        if (op == "%")
            result.sql = fmt::format("my_real_mod({},{})", x, y);
        else if (op == "DIV") {
            result.sql = fmt::format("CAST(my_real_divide({},{}) AS INTEGER)", x, y);
            result.type = integer_type();
        } else
            chain_reals(result, a, op, x, y);
        return result;
    }
    auto result = exact_arithmetic(a, b, op);
    if (a.precise || b.precise)
        result = showing(exact_arithmetic(exactly(a), exactly(b), op), result.type);
    result.is_nullable = is_nullable || op == "DIV" || op == "%";
    return result;
}

// Integers stay integers; a decimal beside one makes both decimals of one scale.
Typed Translator::exact_arithmetic(const Typed& a, const Typed& b, const std::string& op) const {
    const bool is_integer = a.type.is_integer() && b.type.is_integer();
    const auto operands = common_decimal(a.type, b.type);
    const auto length = std::max(a.type.length, b.type.length) + 1;
    const auto side = [&](const Typed& value) {
        return is_integer ? value.sql : as_decimal(value, operands);
    };
    const bool takes_rest = op == "%";
    if (takes_rest || op == "DIV") {
        auto type = takes_rest && !is_integer ? operands : integer_type(length);
        type.is_unsigned = a.type.is_unsigned || (!takes_rest && b.type.is_unsigned);
        return {
            .sql = fmt::format(
                "my_{}({},{},{})",
                takes_rest ? "mod" : "div",
                side(a),
                side(b),
                static_cast<int>(range_of(type))
            ),
            .type = type
        };
    }
    Type type =
        is_integer ? integer_type(length) : decimal_type(operands.length + 1, operands.scale);
    const bool multiplies = op == "*";
    constexpr unsigned most_scale = 30;
    const unsigned scale_a = a.type.is_decimal() ? a.type.scale : 0;
    const unsigned scale_b = b.type.is_decimal() ? b.type.scale : 0;
    if (multiplies && !is_integer)
        type = decimal_type(
            whole_digits(a.type) + scale_a + whole_digits(b.type) + scale_b,
            scale_a + scale_b
        );
    type.is_unsigned = (a.type.is_unsigned || b.type.is_unsigned) &&
                       !(op == "-" && has_mode("NO_UNSIGNED_SUBTRACTION"));
    if (!is_integer) type.is_unsigned = a.type.is_unsigned && b.type.is_unsigned;
    const auto label = fmt::format("({} {} {})", label_of(a), op, label_of(b));
    const auto& left = multiplies ? a.sql : side(a);
    const auto& right = multiplies ? b.sql : side(b);
    Typed result{.sql = {}, .type = type, .label = label};
    chain_exact(result, a, op, left, right);
    if (type.scale > most_scale) {
        const auto range = static_cast<int>(range_of(type));
        result.sql =
            fmt::format("my_scale({},{},{},{})", result.sql, type.scale, most_scale, range);
        result.type.scale = most_scale;
        result.chain.reset();
    }
    return result;
}

namespace {

constexpr unsigned more_digits = 4; // MySQL: div_precision_increment

// MySQL counts digits after the point in words of nine.
unsigned in_words(unsigned digits) {
    constexpr unsigned word = 9;
    return (digits + word - 1) / word * word;
}

// How many digits of a quotient are kept.
unsigned kept_of_quotient(unsigned scale_a, unsigned scale_b) {
    const auto given = in_words(scale_a) - scale_a + in_words(scale_b) - scale_b;
    const auto missing = given < more_digits ? more_digits - given : 0;
    return in_words(in_words(scale_a) + in_words(scale_b) + missing);
}

} // namespace

// Cut off, not rounded, after the digits that are kept.
Typed exact_quotient(const Typed& a, const Typed& b, unsigned whole, unsigned shown) {
    constexpr unsigned most_kept = 27;
    constexpr unsigned most_digits = 65;
    const unsigned scale_a = a.type.is_decimal() ? a.type.scale : 0;
    const unsigned scale_b = b.type.is_decimal() ? b.type.scale : 0;
    const auto room = whole < most_digits ? most_digits - whole : 0;
    const auto kept =
        std::max(shown, std::min({kept_of_quotient(scale_a, scale_b), most_kept, room}));
    const auto type = decimal_type(whole + kept, kept);
    return {
        .sql = fmt::format(
            "my_quotient({},{},{},{},{},{})",
            a.sql,
            b.sql,
            scale_a,
            scale_b,
            kept,
            static_cast<int>(range_of(type))
        ),
        .type = type
    };
}

const Typed& exactly(const Typed& value) {
    const bool is_known = value.precise && value.precise->shown == value.sql;
    return is_known ? value.precise->value : value;
}

Typed showing(const Typed& precise, const Type& type) {
    if (!type.is_decimal() || precise.type.scale == type.scale) return precise;
    Typed result{.sql = {}, .type = type, .is_nullable = precise.is_nullable};
    result.label = precise.label;
    result.sql = fmt::format(
        "my_scale({},{},{},{})",
        precise.sql,
        precise.type.scale,
        type.scale,
        static_cast<int>(range_of(type))
    );
    result.precise = std::make_shared<const Precise>(Precise{result.sql, precise});
    return result;
}

// MySQL: 4 digits more than the dividend has.
Typed Translator::division(const Typed& a, const Typed& b) const {
    const bool is_exact = (a.type.is_integer() || a.type.is_decimal()) &&
                          (b.type.is_integer() || b.type.is_decimal());
    if (!is_exact)
        return {
            .sql = fmt::format("my_real_divide({},{})", as_real(a), as_real(b)),
            .type = double_type(
                std::max(digits_after_point(a.type), digits_after_point(b.type)) + more_digits
            )
        };
    const unsigned scale_b = b.type.is_decimal() ? b.type.scale : 0;
    const unsigned scale_a = a.type.is_decimal() ? a.type.scale : 0;
    constexpr unsigned most_scale = 30;
    const auto scale = std::min(scale_a + more_digits, most_scale);
    const auto shown = decimal_type(whole_digits(a.type) + scale_b + scale, scale);
    const auto quotient = exact_quotient(exactly(a), exactly(b), whole_digits(shown), scale);
    auto result = showing(quotient, shown);
    if (!result.precise) result.type = shown;
    return result;
}

} // namespace diorama::rds::sql
