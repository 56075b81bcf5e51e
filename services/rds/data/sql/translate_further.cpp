// More functions whose arguments do not fit the table of translate_functions.cpp: bases, formats,
// changes of JSON, moments from texts; and the aggregates of aggregates.cpp.
#include "services/rds/data/sql/translator.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace diorama::rds::sql {

namespace {

Type json_type() {
    Type type;
    type.kind = TypeKind::json;
    return type;
}

} // namespace

bool is_aggregate_name(std::string_view name) {
    static constexpr std::initializer_list<std::string_view> names = {
        "COUNT",
        "SUM",
        "AVG",
        "MIN",
        "MAX",
        "GROUP_CONCAT",
        "ANY_VALUE",
        "STD",
        "STDDEV",
        "STDDEV_POP",
        "STDDEV_SAMP",
        "VARIANCE",
        "VAR_POP",
        "VAR_SAMP",
        "BIT_AND",
        "BIT_OR",
        "BIT_XOR",
        "JSON_ARRAYAGG",
        "JSON_OBJECTAGG"
    };
    return std::find(names.begin(), names.end(), name) != names.end();
}

// Alone in an array: "[…]", with the value's own type in it.
std::string Translator::wrapped_json(const Expr& expr) {
    const auto value = expression(expr);
    const bool is_exact = value.type.is_decimal() || value.type.may_be_wide();
    const bool is_plain = value.type.kind == TypeKind::json || is_exact;
    const char kind = expr.kind == ExprKind::boolean ? 'b' : is_plain ? 'j' : 't';
    const bool is_number = value.type.is_number() && !is_exact;
    return fmt::format("my_json_build(0,'{}',{})", kind, is_number ? value.sql : as_text(value));
}

Typed Translator::further_aggregate(const Expr& expr, bool& is_known) {
    const auto& name = expr.text;
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 10> rules = {{
        {"STD", "my_stddev_pop"},
        {"STDDEV", "my_stddev_pop"},
        {"STDDEV_POP", "my_stddev_pop"},
        {"STDDEV_SAMP", "my_stddev_samp"},
        {"VARIANCE", "my_var_pop"},
        {"VAR_POP", "my_var_pop"},
        {"VAR_SAMP", "my_var_samp"},
        {"BIT_AND", "my_bit_and"},
        {"BIT_OR", "my_bit_or"},
        {"BIT_XOR", "my_bits_xor"},
    }};
    is_known = is_aggregate_name(name);
    if (!is_known) return {};
    scopes_.back().has_aggregate = true;
    const bool is_object = name == "JSON_OBJECTAGG";
    if (expr.args.size() != (is_object ? 2U : 1U)) throw wrong_parameter_count(name);
    if (is_object || name == "JSON_ARRAYAGG") {
        const auto key = is_object ? as_text(expression(*expr.args[0])) + "," : std::string();
        return {
            .sql = fmt::format(
                "my_json_{}agg({}{})",
                is_object ? "object" : "array",
                key,
                wrapped_json(*expr.args.back())
            ),
            .type = json_type()
        };
    }
    const auto rule = std::find_if(rules.begin(), rules.end(), [&](const auto& candidate) {
        return candidate.first == name;
    });
    const auto value = expression(*expr.args[0]);
    const bool is_of_bits = name.starts_with("BIT_");
    Typed result{
        .sql = fmt::format("{}({})", rule->second, is_of_bits ? as_integer(value) : as_real(value)),
        .type = is_of_bits ? unsigned_type(21) : double_type()
    };
    result.is_nullable = !is_of_bits;
    return result;
}

// JSON_SET and its kin.
Typed Translator::json_change(const Expr& expr) {
    const auto& name = expr.text;
    if (expr.args.size() < 3 || expr.args.size() % 2 != 1) throw wrong_parameter_count(name);
    auto sql =
        fmt::format("my_json_change('{}',{}", name.substr(5), as_text(expression(*expr.args[0])));
    for (std::size_t i = 1; i < expr.args.size(); i += 2)
        sql += fmt::format(
            ",{},{}",
            as_text(expression(*expr.args[i])),
            wrapped_json(*expr.args[i + 1])
        );
    return {.sql = sql + ")", .type = json_type()};
}

// A format that is a literal says what STR_TO_DATE yields.
Typed Translator::text_to_date(const Expr& expr) {
    if (expr.args.size() != 2) throw wrong_parameter_count(expr.text);
    const auto format = expression(*expr.args[1]);
    Typed result{.sql = {}, .type = datetime_type(6)};
    std::string kind = "6";
    if (format.literal != nullptr) {
        const auto& text = format.literal->text;
        const auto has = [&](std::string_view letters) {
            for (std::size_t i = 0; i + 1 < text.size(); ++i)
                if (text[i] == '%' && letters.find(text[i + 1]) != std::string_view::npos)
                    return true;
            return false;
        };
        const bool has_time = has("HhIiklSsfpTr");
        const bool has_date = has("YymcdeDbMaWj");
        result.type.scale = has("f") ? 6 : 0;
        if (!has_time) result.type.kind = TypeKind::date;
        if (has_time && !has_date) result.type.kind = TypeKind::time;
        kind = !has_time ? "date" : !has_date ? "time" : has("f") ? "6" : "0";
    }
    result.sql = fmt::format(
        "my_str_to_date({},{},'{}')",
        as_text(expression(*expr.args[0])),
        as_text(format),
        kind
    );
    return result;
}

Typed Translator::formatted_number(const Expr& expr) {
    const auto value = expression(*expr.args[0]);
    if (expr.args[1]->kind != ExprKind::integer)
        throw not_supported("FORMAT to a variable number of digits");
    constexpr std::int64_t most = 12;
    const auto wanted = std::strtoll(expr.args[1]->text.c_str(), nullptr, 10);
    const auto digits = std::clamp<std::int64_t>(wanted, 0, most);
    const auto kept = decimal_type(65, static_cast<unsigned>(digits));
    const auto scaled = as_decimal(value, kept);
    const auto locale =
        expr.args.size() > 2 ? "," + as_text(expression(*expr.args[2])) : std::string();
    return {
        .sql = fmt::format("my_format(my_decimal_text({},{}){})", scaled, digits, locale),
        .type = text_type(64)
    };
}

// ADDDATE(date, days) and TIMESTAMPADD(unit, amount, moment): INTERVAL in other words. The amount
// is lent to an interval for the time of the translation.
Typed Translator::interval_added(
    const Expr& moment,
    const ExprPtr& amount,
    const std::string& unit,
    bool subtracts
) {
    Expr interval;
    interval.kind = ExprKind::interval;
    interval.text = unit;
    auto& lent = const_cast<ExprPtr&>(amount);
    interval.args.push_back(std::move(lent));

    struct Back {
        ~Back() { to = std::move(from); }

        ExprPtr& to;
        ExprPtr& from;
    } back{lent, interval.args[0]};

    return date_arithmetic(moment, interval, subtracts);
}

Typed Translator::further_function(const Expr& expr, bool& is_known) {
    const auto& name = expr.text;
    const auto& args = expr.args;
    const auto text = [&](std::size_t i) { return as_text(expression(*args[i])); };
    is_known = true;
    if (name == "JSON_SET" || name == "JSON_INSERT" || name == "JSON_REPLACE" ||
        name == "JSON_ARRAY_APPEND" || name == "JSON_ARRAY_INSERT")
        return json_change(expr);
    if (name == "STR_TO_DATE") return text_to_date(expr);
    if (name == "JSON_CONTAINS" && args.size() == 3)
        return {
            .sql = fmt::format("my_json_contains_at({},{},{})", text(0), text(1), text(2)),
            .type = integer_type(1)
        };
    if (name == "BIT_LENGTH" && args.size() == 1)
        return {
            .sql = fmt::format("(8*my_length({}))", as_bytes(expression(*args[0]))),
            .type = integer_type(11)
        };
    if ((name == "BIN" || name == "OCT") && args.size() == 1)
        return {
            .sql = fmt::format("my_conv({},10,{})", text(0), name == "BIN" ? 2 : 8),
            .type = text_type(64)
        };
    if (name == "FORMAT" && args.size() >= 2) return formatted_number(expr);
    if (name == "INSERT" && args.size() == 4)
        return {
            .sql = fmt::format(
                "my_insert({},{},{},{})",
                text(0),
                as_integer(expression(*args[1])),
                as_integer(expression(*args[2])),
                text(3)
            ),
            .type = text_type(16383)
        };
    if (name == "FROM_UNIXTIME" && (args.size() == 1 || args.size() == 2)) {
        auto moment = from_unix_time(expression(*args[0]));
        if (args.size() == 1) return moment;
        return {
            .sql = fmt::format("my_date_format({},{})", moment.sql, text(1)),
            .type = text_type(255)
        };
    }
    if (name == "TIMESTAMPADD" && args.size() == 3)
        return interval_added(*args[2], args[1], args[0]->text, false);
    if ((name == "ADDTIME" || name == "SUBTIME") && args.size() == 2)
        return {
            .sql =
                fmt::format("my_add_time({},{},{})", text(0), text(1), name == "ADDTIME" ? 1 : -1),
            .type = text_type(29)
        };
    is_known = false;
    return {};
}

} // namespace diorama::rds::sql
