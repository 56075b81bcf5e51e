// Functions that are about their arguments rather than of them: what character set a value has, how
// a date would be written; parts of moments that are several at once; and rows that are counted.
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/translator.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace diorama::rds::sql {

namespace {

std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text)
        out += c == '\'' ? std::string("''") : std::string(1, c);
    return out + "'";
}

Typed constant_text(std::string_view text) {
    return {
        .sql = quoted(text),
        .type = text_type(static_cast<std::uint32_t>(text.size())),
        .is_nullable = false
    };
}

bool is_moment(const Type& type) {
    return type.is_date_like() || type.kind == TypeKind::time;
}

// https://dev.mysql.com/doc/refman/8.0/en/date-and-time-functions.html#function_get-format
std::optional<std::string_view> usual_format(std::string_view kind, std::string_view place) {
    struct Formats {
        std::string_view place;
        std::string_view date;
        std::string_view datetime;
        std::string_view time;
    };

    constexpr std::array known = {
        Formats{"USA", "%m.%d.%Y", "%Y-%m-%d %H.%i.%s", "%h:%i:%s %p"},
        Formats{"JIS", "%Y-%m-%d", "%Y-%m-%d %H:%i:%s", "%H:%i:%s"},
        Formats{"ISO", "%Y-%m-%d", "%Y-%m-%d %H:%i:%s", "%H:%i:%s"},
        Formats{"EUR", "%d.%m.%Y", "%Y-%m-%d %H.%i.%s", "%H.%i.%s"},
        Formats{"INTERNAL", "%Y%m%d", "%Y%m%d%H%i%s", "%H%i%s"},
    };
    for (const auto& formats : known) {
        if (!equals_ignoring_case(formats.place, place)) continue;
        if (kind == "DATE") return formats.date;
        return kind == "TIME" ? formats.time : formats.datetime;
    }
    return std::nullopt;
}

} // namespace

Typed Translator::described_function(const Expr& expr, bool& is_known) {
    const auto& name = expr.text;
    const bool is_about_text = name == "CHARSET" || name == "COLLATION" || name == "COERCIBILITY";
    if (is_about_text) {
        if (expr.args.size() != 1) throw wrong_parameter_count(name);
        const auto argument = expression(*expr.args[0]);
        const auto& type = argument.type;
        const auto derived = derivation(argument);
        if (name == "COERCIBILITY")
            return {
                .sql = std::to_string(static_cast<int>(derived.coercibility)),
                .type = integer_type(10),
                .is_nullable = false
            };
        const bool is_bytes =
            type.is_binary() || type.is_number() || is_moment(type) || type.kind == TypeKind::null;
        if (is_bytes) return constant_text("binary");
        return constant_text(
            name == "CHARSET" ? character_set_of(derived.collation)
                              : collation_name(derived.collation)
        );
    }
    if (name == "NAME_CONST" && expr.args.size() == 2) return expression(*expr.args[1]);
    if (name == "GET_FORMAT" && expr.args.size() == 2) {
        const auto place = expression(*expr.args[1]);
        if (place.literal == nullptr) throw not_supported("GET_FORMAT of an expression");
        const auto format = usual_format(expr.args[0]->text, place.literal->text);
        if (format) return constant_text(*format);
        return {.sql = "NULL", .type = text_type(17)};
    }
    is_known = false;
    return {};
}

// WEEK(date, mode), YEARWEEK(date [, mode]).
Typed Translator::week_function(const Expr& expr) {
    if (expr.args.empty() || expr.args.size() > 2) throw wrong_parameter_count(expr.text);
    const auto mode =
        expr.args.size() == 2 ? as_integer(expression(*expr.args[1])) : std::string("0");
    return {
        .sql = fmt::format(
            "my_{}({},{})",
            expr.text == "WEEK" ? "week" : "yearweek",
            as_text(expression(*expr.args[0])),
            mode
        ),
        .type = integer_type(6)
    };
}

// EXTRACT(DAY_MINUTE FROM …)
Typed Translator::composite_part(const Expr& expr) {
    constexpr std::array units = {
        std::string_view("YEAR_MONTH"),
        std::string_view("DAY_HOUR"),
        std::string_view("DAY_MINUTE"),
        std::string_view("DAY_SECOND"),
        std::string_view("DAY_MICROSECOND"),
        std::string_view("HOUR_MINUTE"),
        std::string_view("HOUR_SECOND"),
        std::string_view("HOUR_MICROSECOND"),
        std::string_view("MINUTE_SECOND"),
        std::string_view("MINUTE_MICROSECOND"),
        std::string_view("SECOND_MICROSECOND")
    };
    const auto& unit = expr.args.at(0)->text;
    if (std::ranges::find(units, unit) == units.end()) throw not_supported("EXTRACT " + unit);
    auto value = expression(*expr.args.back());
    // A text without a date is a time.
    const bool is_time_text = value.literal != nullptr && value.type.is_character() &&
                              value.literal->text.find('-', 1) == std::string::npos &&
                              value.literal->text.find(':') != std::string::npos;
    if (is_time_text) {
        Type time;
        time.kind = TypeKind::time;
        time.scale = 6;
        value = cast(value, time);
    }
    const bool is_time = value.type.kind == TypeKind::time;
    return {
        .sql = fmt::format(
            "my_composite_{}part('{}',{})",
            is_time ? "time_" : "",
            unit,
            is_time ? value.sql : as_text(value)
        ),
        .type = integer_type(21)
    };
}

// COUNT(DISTINCT a, b): rows in which none is NULL.
Typed Translator::count_of_tuples(const Expr& expr) {
    std::string list;
    for (const auto& argument : expr.args) {
        const auto value = expression(*argument);
        const int collation =
            value.type.is_stringish() ? static_cast<int>(value.type.collation) : -1;
        list += fmt::format("{}{},{}", list.empty() ? "" : ",", collation, as_text(value));
    }
    Typed count{.sql = fmt::format("count(DISTINCT my_tuple({}))", list), .type = integer_type(21)};
    count.is_nullable = false;
    return count;
}

} // namespace diorama::rds::sql
