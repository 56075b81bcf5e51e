// Functions of dates and times: what time it is, moments moved by intervals, and their parts.
#include "services/rds/data/sql/translator.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

Typed Translator::date_arithmetic(const Expr& moment, const Expr& interval, bool subtracts) {
    auto value = expression(moment);
    auto amount = as_real(expression(*interval.args[0]));
    if (subtracts) amount = fmt::format("(-{})", amount);
    const auto& unit = interval.text;
    const bool is_composite = unit.find('_') != std::string::npos;
    const bool is_small_unit = unit == "HOUR" || unit == "MINUTE" || unit == "SECOND" ||
                               unit == "MICROSECOND" || (is_composite && unit != "YEAR_MONTH");
    // MySQL: a TIME stays one under hours and less; else it is one of the current day.
    const bool stays_time =
        value.type.kind == TypeKind::time && is_small_unit && !unit.starts_with("DAY");
    const auto time = value.type;
    if (stays_time)
        value = {.sql = fmt::format("my_time_moment({})", value.sql), .type = datetime_type(6)};
    else if (value.type.kind == TypeKind::time)
        value = cast(value, datetime_type(value.type.scale));
    const bool stays_date = value.type.kind == TypeKind::date && !is_small_unit;
    Typed result{
        .sql = {},
        .type = datetime_type(
            unit.ends_with("MICROSECOND") ? 6
            : value.type.is_date_like()   ? value.type.scale
                                          : 0
        )
    };
    // MySQL: the result for a text is a text, shaped as the text was.
    const bool is_bare_date =
        value.literal != nullptr && value.literal->text.size() <= 10 && !is_small_unit;
    if (stays_date || is_bare_date) result.type.kind = TypeKind::date;
    if (stays_date || is_bare_date) result.type.scale = 0;
    const auto digits =
        result.type.kind == TypeKind::date ? -1 : static_cast<int>(result.type.scale);
    result.sql =
        is_composite
            ? fmt::format(
                  "my_composite_add({},{},'{}',{},{})",
                  as_text(value),
                  as_text(expression(*interval.args[0])),
                  unit,
                  subtracts ? -1 : 1,
                  digits
              )
            : fmt::format("my_date_add({},{},'{}',{})", as_text(value), amount, unit, digits);
    if (!value.type.is_date_like()) result.type = text_type(29);
    if (stays_time) {
        result.sql = fmt::format("my_moment_time({})", result.sql);
        result.type = time;
        if (unit.ends_with("MICROSECOND")) result.type.scale = 6;
    }
    return result;
}

Typed Translator::date_function(const Expr& expr, bool& is_known) {
    const auto& name = expr.text;
    const auto fraction = [&]() -> unsigned {
        if (expr.args.empty()) return 0;
        const auto digits = std::strtoul(expr.args[0]->text.c_str(), nullptr, 10);
        return static_cast<unsigned>(std::min<unsigned long>(digits, 6));
    };
    const std::string_view utc = name.starts_with("UTC_") ? "utc_" : "";
    Type type;
    if (name == "NOW" || name == "CURRENT_TIMESTAMP" || name == "LOCALTIME" ||
        name == "LOCALTIMESTAMP" || name == "SYSDATE" || name == "UTC_TIMESTAMP")
        return {
            .sql = fmt::format("my_{}now({})", utc, fraction()),
            .type = datetime_type(fraction()),
            .is_nullable = false
        };
    if (name == "CURDATE" || name == "CURRENT_DATE" || name == "UTC_DATE") {
        type.kind = TypeKind::date;
        return {.sql = fmt::format("my_{}today()", utc), .type = type, .is_nullable = false};
    }
    if (name == "CURTIME" || name == "CURRENT_TIME" || name == "UTC_TIME") {
        type.kind = TypeKind::time;
        type.scale = static_cast<std::uint8_t>(fraction());
        return {
            .sql = fmt::format("my_{}time_now({})", utc, fraction()),
            .type = type,
            .is_nullable = false
        };
    }
    if (name == "UNIX_TIMESTAMP") {
        if (expr.args.empty())
            return {
                .sql = "my_unix_timestamp_now()",
                .type = integer_type(11),
                .is_nullable = false
            };
        return unix_timestamp(expression(*expr.args[0]));
    }
    return moment_function(expr, is_known);
}

namespace {

constexpr unsigned most_fraction = 6;

// How many digits of fractions of seconds a value has, read as a moment.
unsigned fraction_of(const Typed& value) {
    const auto& type = value.type;
    if (type.is_temporal()) return type.kind == TypeKind::date ? 0 : type.scale;
    if (value.literal == nullptr || !type.is_stringish())
        return std::min(digits_after_point(type), most_fraction);
    const auto point = value.literal->text.find('.');
    if (point == std::string::npos) return 0;
    const auto digits = value.literal->text.size() - point - 1;
    return static_cast<unsigned>(std::min<std::size_t>(digits, most_fraction));
}

} // namespace

// MySQL: "The return value is an integer if no argument is given or the argument does not include a
// fractional seconds part, or DECIMAL if an argument is given that includes a fractional seconds
// part."
Typed Translator::unix_timestamp(const Typed& moment) const {
    const auto digits = fraction_of(moment);
    constexpr unsigned whole = 11;
    return {
        .sql = fmt::format("my_unix_timestamp({},{})", as_text(moment), digits),
        .type = digits == 0 ? integer_type(whole) : decimal_type(whole + digits, digits)
    };
}

Typed Translator::from_unix_time(const Typed& seconds) const {
    const auto digits = std::min(digits_after_point(seconds.type), most_fraction);
    constexpr unsigned most_digits = 18; // of a decimal that an integer holds
    const auto exact = decimal_type(most_digits, most_fraction);
    return {
        .sql = fmt::format("my_from_unix_time({},{})", cast_to_decimal(seconds, exact), digits),
        .type = datetime_type(digits)
    };
}

// Those that make a moment or a time of what they are given.
Typed Translator::converted_moment(const Expr& expr, bool& is_known) {
    const auto& name = expr.text;
    Type type;
    if (name == "TIMESTAMP" && expr.args.size() == 1)
        return cast(expression(*expr.args[0]), datetime_type(0));
    if (name == "TIMESTAMP" && expr.args.size() == 2) {
        const auto time = expression(*expr.args[1]);
        const bool has_fraction =
            time.literal == nullptr || time.literal->text.find('.') != std::string::npos;
        return {
            .sql = fmt::format(
                "my_datetime(my_add_time(my_datetime({0},6),{1},1),{2})",
                as_text(expression(*expr.args[0])),
                as_text(expression(*expr.args[1])),
                has_fraction ? 6 : 0
            ),
            .type = datetime_type(has_fraction ? 6 : 0)
        };
    }
    if (name == "YEARWEEK") return week_function(expr);
    if (name == "TIME_FORMAT" && expr.args.size() == 2) {
        type.kind = TypeKind::time;
        type.scale = 6;
        return {
            .sql = fmt::format(
                "my_time_format({},{})",
                cast(expression(*expr.args[0]), type).sql,
                as_text(expression(*expr.args[1]))
            ),
            .type = text_type(255)
        };
    }
    if (name == "TIME" && expr.args.size() == 1) {
        type.kind = TypeKind::time;
        const auto value = expression(*expr.args[0]);
        if (value.type.is_temporal()) type.scale = value.type.scale;
        return cast(value, type);
    }
    if (name == "TIME_TO_SEC" && expr.args.size() == 1) {
        type.kind = TypeKind::time;
        return {
            .sql = fmt::format("my_time_to_seconds({})", cast(expression(*expr.args[0]), type).sql),
            .type = integer_type(10)
        };
    }
    is_known = false;
    return {};
}

// Those that take a moment.
Typed Translator::moment_function(const Expr& expr, bool& is_known) {
    const auto& name = expr.text;
    const bool adds = name == "DATE_ADD" || name == "ADDDATE";
    if (adds || name == "DATE_SUB" || name == "SUBDATE") {
        if (expr.args.size() != 2) throw wrong_parameter_count(name);
        if (expr.args[1]->kind != ExprKind::interval)
            return interval_added(*expr.args[0], expr.args[1], "DAY", !adds);
        return date_arithmetic(*expr.args[0], *expr.args[1], !adds);
    }
    if (auto converted = converted_moment(expr, is_known); is_known) return converted;
    is_known = true;
    static constexpr std::initializer_list<std::string_view> parts = {
        "YEAR",
        "MONTH",
        "QUARTER",
        "DAY",
        "DAYOFMONTH",
        "HOUR",
        "MINUTE",
        "SECOND",
        "MICROSECOND",
        "DAYOFWEEK",
        "WEEKDAY",
        "DAYOFYEAR",
        "WEEK",
        "WEEKOFYEAR",
        "DAYNAME",
        "MONTHNAME",
        "LAST_DAY",
        "TO_DAYS"
    };
    const bool extracts = name == "EXTRACT";
    const auto unit = extracts ? expr.args.at(0)->text : name == "DAYOFMONTH" ? "DAY" : name;
    if (std::find(parts.begin(), parts.end(), unit) == parts.end()) {
        if (extracts) return composite_part(expr);
        is_known = false;
        return {};
    }
    if (name == "WEEK" && expr.args.size() == 2) return week_function(expr);
    if (expr.args.size() != (extracts ? 2U : 1U)) throw wrong_parameter_count(name);
    const auto value = expression(*expr.args.back());
    const bool is_time = value.type.kind == TypeKind::time;
    const bool is_of_clock =
        !value.type.is_date_like() &&
        (unit == "HOUR" || unit == "MINUTE" || unit == "SECOND" || unit == "MICROSECOND");
    Typed result{
        .sql = fmt::format(
            "my_{}part('{}',{})",
            is_time       ? "time_"
            : is_of_clock ? "clock_"
                          : "",
            unit,
            is_time ? value.sql : as_text(value)
        ),
        .type = integer_type(5)
    };
    if (unit == "DAYNAME" || unit == "MONTHNAME") result.type = text_type(9);
    if (unit == "LAST_DAY") result.type.kind = TypeKind::date;
    return result;
}

} // namespace diorama::rds::sql
