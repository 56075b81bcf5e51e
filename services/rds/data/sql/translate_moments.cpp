// Moments converted and compared: constants once, here; the rest when the statement runs.
#include "services/rds/data/sql/datetime.hpp"
#include "services/rds/data/sql/translator.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

// In UTC, as a TIMESTAMP column is kept.
std::string Translator::as_timestamp(const Typed& value, const Type& type) const {
    if (value.type.kind != TypeKind::timestamp)
        return fmt::format(
            "my_utc({},{})",
            as_moment(value, datetime_type(type.scale)),
            type.scale
        );
    return value.type.scale == type.scale
               ? value.sql
               : fmt::format("my_datetime({},{})", value.sql, type.scale);
}

// As a value of that temporal type; a constant is converted once, here.
std::string Translator::as_moment(const Typed& value, const Type& type) const {
    if (type.kind == TypeKind::timestamp) return as_timestamp(value, type);
    const auto text = as_text(value);
    if (type.kind == TypeKind::time) {
        if (value.type.kind == TypeKind::time) return value.sql;
        return fmt::format("my_time({},6)", text);
    }
    if (value.literal != nullptr && value.literal->kind == ExprKind::text) {
        const auto moment = parse_datetime(value.literal->text);
        if (moment && type.kind == TypeKind::date && !moment->has_time)
            return "'" + date_text(*moment) + "'";
        if (moment && type.kind != TypeKind::date)
            return "'" + datetime_text(rounded(*moment, type.scale), type.scale) + "'";
        if (!moment)
            throw SQLError{
                1525,
                "HY000",
                fmt::format(
                    "Incorrect {} value: '{}'",
                    type.kind == TypeKind::date        ? "DATE"
                    : type.kind == TypeKind::timestamp ? "TIMESTAMP"
                                                       : "DATETIME",
                    value.literal->text
                )
            };
    }
    if (type.kind == TypeKind::date) return fmt::format("my_date({})", text);
    return fmt::format("my_datetime({},{})", text, type.scale);
}

// At least one of them is a moment.
std::pair<std::string, std::string>
Translator::comparable_moments(const Typed& a, const Typed& b) const {
    const auto& x = a.type;
    const auto& y = b.type;
    const bool is_same = x.kind == y.kind && x.scale == y.scale;
    if (is_same || (x.kind == TypeKind::time && y.kind == TypeKind::time)) return {a.sql, b.sql};
    if (x.is_date_like() && y.is_date_like()) {
        const auto type = datetime_type(6);
        return {as_moment(a, type), as_moment(b, type)};
    }
    if (x.kind == TypeKind::time && y.is_date_like())
        throw not_supported("comparison of TIME with a date");
    if (y.kind == TypeKind::time && x.is_date_like())
        throw not_supported("comparison of TIME with a date");
    const bool is_left = x.is_temporal();
    const auto& moment = is_left ? a : b;
    const auto& other = is_left ? b : a;
    // A date compared with a text that has a time is compared as a datetime.
    const bool has_time =
        moment.type.kind == TypeKind::date &&
        (other.is_parameter || (other.literal != nullptr && other.literal->kind == ExprKind::text &&
                                other.literal->text.size() > 10));
    std::pair<std::string, std::string> sides{moment.sql, as_moment(other, moment.type)};
    if (has_time && !other.is_parameter)
        sides = {as_moment(moment, datetime_type(6)), as_moment(other, datetime_type(6))};
    else if (!has_time && moment.type.is_date_like() && moment.type.kind != TypeKind::date &&
             moment.type.scale < 6 && other.literal != nullptr &&
             other.literal->text.find('.') != std::string::npos)
        sides = {as_moment(moment, datetime_type(6)), as_moment(other, datetime_type(6))};
    if (!is_left) std::swap(sides.first, sides.second);
    return sides;
}

} // namespace diorama::rds::sql
