// Functions whose types or arguments do not fit a table: IF and its kin, rounding.
#include "services/rds/data/sql/exact.hpp"
#include "services/rds/data/sql/translator.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace diorama::rds::sql {

namespace {
// Of an operand that is written twice.
constexpr std::size_t max_translated_text = std::size_t{8} << 20;
} // namespace

Typed Translator::special_function(const Expr& expr, bool& is_known) {
    const auto& name = expr.text;
    const auto need = [&](std::size_t count) {
        if (expr.args.size() != count) throw wrong_parameter_count(name);
    };
    std::vector<Typed> values;
    if (name == "IF") {
        need(3);
        const auto condition = as_truth(expression(*expr.args[0]));
        values = {expression(*expr.args[1]), expression(*expr.args[2])};
        return one_of(values, [&](const std::vector<std::string>& sql) {
            return fmt::format("CASE WHEN {} THEN {} ELSE {} END", condition, sql[0], sql[1]);
        });
    }
    if (name == "IFNULL" || name == "COALESCE") {
        if (name == "IFNULL") need(2);
        if (expr.args.empty()) throw wrong_parameter_count(name);
        bool is_nullable = true;
        for (const auto& argument : expr.args) {
            values.push_back(expression(*argument));
            is_nullable = is_nullable && values.back().is_nullable;
        }
        auto result = one_of(values, [](const std::vector<std::string>& sql) {
            return sql.size() == 1 ? sql[0] : fmt::format("coalesce({})", fmt::join(sql, ","));
        });
        result.is_nullable = is_nullable;
        return result;
    }
    if (name == "NULLIF") {
        need(2);
        auto value = expression(*expr.args[0]);
        const auto same = comparison("=", value, expression(*expr.args[1]));
        if (same.sql.size() > max_translated_text) throw stack_overrun();
        value.sql = fmt::format("CASE WHEN {} THEN NULL ELSE {} END", same.sql, value.sql);
        value.is_nullable = true;
        value.is_plain_column = false;
        value.column = nullptr;
        return value;
    }
    if (name == "ISNULL") {
        need(1);
        return {
            .sql = fmt::format("({} IS NULL)", expression(*expr.args[0]).sql),
            .type = integer_type(1),
            .is_nullable = false
        };
    }
    return composed_function(expr, is_known);
}

// Those that put their arguments together.
Typed Translator::composed_function(const Expr& expr, bool& is_known) {
    const auto& name = expr.text;
    std::vector<Typed> values;
    const auto need = [&](std::size_t count) {
        if (expr.args.size() != count) throw wrong_parameter_count(name);
    };
    if (name == "GREATEST" || name == "LEAST") return extreme(expr);
    if (name == "VERSION") {
        const auto version = names_.variables.find("version");
        Typed result{
            .sql = "my_system_variable('version')",
            .type = text_type(static_cast<std::uint32_t>(version->second.size())),
            .is_nullable = false
        };
        settle_text(name, {}, result);
        return result;
    }
    if (name == "INSTR") {
        need(2);
        values = {expression(*expr.args[1]), expression(*expr.args[0])};
        return {
            .sql = fmt::format(
                "my_locate({},{}{})",
                as_text(values[0]),
                as_text(values[1]),
                comparing_argument(name, values)
            ),
            .type = integer_type(11)
        };
    }
    if (name == "HEX") {
        need(1);
        const auto value = expression(*expr.args[0]);
        return {
            .sql = fmt::format(
                "my_hex({})",
                value.type.is_number() ? as_integer(value) : as_bytes(value)
            ),
            .type = text_type(display_length(value.type) * 8)
        };
    }
    if (name == "JSON_OBJECT" || name == "JSON_ARRAY") return json_construction(expr);
    if (name == "MOD") {
        need(2);
        return arithmetic(expr, "%");
    }
    if (auto further = further_function(expr, is_known); is_known) return further;
    is_known = true;
    if (name == "ROUND" || name == "TRUNCATE" || name == "FLOOR" || name == "CEIL" ||
        name == "CEILING" || name == "ABS" || name == "SIGN")
        return rounding(expr);
    is_known = false;
    return {};
}

Typed Translator::one_of(const std::vector<Typed>& values, const Written& written) const {
    std::vector<std::string> sql;
    auto result = common(values, sql);
    result.sql = written(sql);
    const bool keeps_more =
        std::ranges::any_of(values, [](const Typed& value) { return value.precise != nullptr; });
    if (!keeps_more || !result.type.is_decimal()) return result;
    std::vector<Typed> precise;
    for (const auto& value : values)
        precise.push_back(exactly(value));
    sql.clear();
    auto all_digits = common(precise, sql);
    all_digits.sql = written(sql);
    return showing(all_digits, result.type);
}

// GREATEST and LEAST.
Typed Translator::extreme(const Expr& expr) {
    const auto& name = expr.text;
    std::vector<Typed> values;
    std::vector<std::string> sql;
    if (expr.args.size() < 2) throw wrong_parameter_count(name);
    for (const auto& argument : expr.args)
        values.push_back(expression(*argument));
    auto result = common(values, sql);
    const bool is_text = result.type.is_character();
    if (is_text) sql[0] += fmt::format(" COLLATE {}", collation_name(result.type.collation));
    result.sql = name == "GREATEST" ? "max(" : "min(";
    for (std::size_t i = 0; i < sql.size(); ++i)
        result.sql += (i == 0 ? "" : ",") + sql[i];
    result.sql += ')';
    return result;
}

Typed Translator::json_construction(const Expr& expr) {
    const bool is_object = expr.text == "JSON_OBJECT";
    if (is_object && expr.args.size() % 2 != 0) throw wrong_parameter_count("json_object");
    std::string kinds;
    std::string list;
    for (const auto& argument : expr.args) {
        const auto value = expression(*argument);
        const bool is_exact = value.type.is_decimal() || value.type.may_be_wide();
        const bool is_plain = value.type.kind == TypeKind::json || is_exact;
        kinds += argument->kind == ExprKind::boolean ? 'b' : is_plain ? 'j' : 't';
        list += "," + (value.type.is_number() && !is_exact ? value.sql : as_text(value));
    }
    Type type;
    type.kind = TypeKind::json;
    return {
        .sql = fmt::format("my_json_build({},'{}'{})", is_object ? 1 : 0, kinds, list),
        .type = type
    };
}

Typed Translator::rounding(const Expr& expr) {
    const auto& name = expr.text;
    const bool takes_digits = name == "ROUND" || name == "TRUNCATE";
    if (expr.args.empty() || expr.args.size() > (takes_digits ? 2U : 1U))
        throw wrong_parameter_count(name);
    const auto shown = expression(*expr.args[0]);
    auto value = exactly(shown);
    value.column = nullptr;
    value.is_plain_column = false;
    value.literal = nullptr;
    const bool is_exact = value.type.is_integer() || value.type.is_decimal();
    const unsigned scale = value.type.is_decimal() ? value.type.scale : 0;
    if (!is_exact) {
        value.sql = as_real(value);
        value.type = double_type(digits_after_point(value.type));
    }
    const bool is_large = value.type.is_wide() || value.type.may_be_wide();
    if (name == "ABS") {
        value.sql =
            is_large
                ? fmt::format("my_abs({},{})", value.sql, static_cast<int>(range_of(value.type)))
                : fmt::format("abs({})", value.sql);
        return shown.precise ? showing(value, shown.type) : value;
    }
    if (name == "SIGN")
        return {
            .sql = fmt::format("{}({})", is_large ? "my_sign" : "sign", value.sql),
            .type = integer_type(21)
        };
    if (name == "FLOOR" || name == "CEIL" || name == "CEILING") return rounded_to_side(value, name);
    const bool has_digits = expr.args.size() > 1;
    if (name == "TRUNCATE" && !has_digits) throw wrong_parameter_count(name);
    if (!is_exact) return rounded_real(std::move(value), expr);
    // MySQL: with a constant the result has as many digits; else as many as the value.
    const bool is_constant = !has_digits || expr.args[1]->kind == ExprKind::integer;
    const auto digits =
        has_digits && is_constant ? std::strtoll(expr.args[1]->text.c_str(), nullptr, 10) : 0;
    const auto kept = !is_constant ? scale
                      : digits < 0 ? 0U
                                   : static_cast<unsigned>(std::min<std::int64_t>(scale, digits));
    if (is_constant && digits > static_cast<std::int64_t>(scale) && name == "ROUND" &&
        value.type.is_decimal())
        return with_digits(value, digits);
    if (is_constant && digits >= static_cast<std::int64_t>(scale)) return value;
    const auto type = value.type.is_decimal()
                          ? decimal_type(whole_digits(value.type) + kept + 1, kept)
                          : value.type;
    value.sql = fmt::format(
        "{}({},{},{},{},{})",
        name == "ROUND" ? "my_round" : "my_truncate",
        value.sql,
        scale,
        is_constant ? fmt::format("{}", digits) : as_integer(expression(*expr.args[1])),
        kept,
        static_cast<int>(range_of(type))
    );
    value.type = type;
    return value;
}

// ROUND and TRUNCATE of a double. With a constant the result has that many digits.
Typed Translator::rounded_real(Typed value, const Expr& expr) {
    const bool has_digits = expr.args.size() > 1;
    const auto count = has_digits ? as_integer(expression(*expr.args[1])) : std::string("0");
    if (!has_digits || expr.args[1]->kind == ExprKind::integer) {
        const auto digits = std::strtol(count.c_str(), nullptr, 10);
        value.type =
            double_type(static_cast<unsigned>(std::clamp(digits, 0L, long{no_fixed_digits})));
    }
    const auto function = expr.text == "ROUND" ? "my_round_real" : "my_truncate_real";
    value.sql = fmt::format("{}({},{})", function, value.sql, count);
    return value;
}

// ROUND to more digits than there are adds zeros.
Typed Translator::with_digits(const Typed& value, std::int64_t digits) const {
    constexpr std::int64_t most = 30;
    const auto scale = static_cast<unsigned>(std::min(digits, most));
    const auto type = decimal_type(whole_digits(value.type) + scale, scale);
    return {.sql = as_decimal(value, type), .type = type};
}

// FLOOR and CEILING: an integer where it is certain to fit.
Typed Translator::rounded_to_side(const Typed& value, std::string_view name) const {
    const std::string_view side = name == "FLOOR" ? "floor" : "ceiling";
    if (value.type.is_real())
        return {.sql = fmt::format("my_real_{}({})", side, value.sql), .type = double_type()};
    const auto digits = whole_digits(value.type);
    auto type = value.type.is_integer() ? value.type
                : digits < 18           ? integer_type(digits + 1)
                                        : decimal_type(digits + 1, 0);
    return {
        .sql = fmt::format(
            "my_{}({},{},{})",
            side,
            value.sql,
            value.type.is_decimal() ? value.type.scale : 0,
            static_cast<int>(range_of(type))
        ),
        .type = type
    };
}

} // namespace diorama::rds::sql
