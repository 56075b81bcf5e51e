// Comparison and conversion between MySQL's types.
// https://dev.mysql.com/doc/refman/8.0/en/type-conversion.html
#include "services/rds/data/sql/datetime.hpp"
#include "services/rds/data/sql/functions.hpp"
#include "services/rds/data/sql/translator.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

std::uint32_t display_length(const Type& type) {
    switch (type.kind) {
    case TypeKind::date:
        return 10;
    case TypeKind::datetime:
    case TypeKind::timestamp:
        return 19 + (type.scale > 0 ? type.scale + 1U : 0);
    case TypeKind::time:
        return 10 + (type.scale > 0 ? type.scale + 1U : 0);
    case TypeKind::decimal:
        return type.length + (type.scale > 0 ? 2U : 1U);
    case TypeKind::float_number:
        return 12;
    case TypeKind::double_number:
        return 22;
    case TypeKind::json:
        return 0xffffffffU / 4;
    case TypeKind::enumeration:
    case TypeKind::set: {
        std::size_t length = 0;
        for (const auto& member : *type.members)
            length = type.kind == TypeKind::set ? length + member.size() + 1
                                                : std::max(length, member.size());
        return static_cast<std::uint32_t>(length);
    }
    default:
        return type.length;
    }
}

Type common_type(const Type& a, const Type& b) {
    if (a.kind == TypeKind::null) return b;
    if (b.kind == TypeKind::null) return a;
    if (a.kind == b.kind && a.scale == b.scale && !a.members) {
        auto type = a;
        type.length = std::max(a.length, b.length);
        type.is_unsigned = a.is_unsigned && b.is_unsigned;
        return type;
    }
    if (a.is_integer() && b.is_integer()) {
        auto type = integer_type(std::max(a.length, b.length));
        type.kind = std::max(a.kind, b.kind);
        if (type.kind > TypeKind::big_integer) type.kind = TypeKind::big_integer;
        type.is_unsigned = a.is_unsigned && b.is_unsigned;
        return type;
    }
    if (a.is_number() && b.is_number()) {
        if (a.is_real() || b.is_real()) return double_type();
        const unsigned scale_a = a.is_decimal() ? a.scale : 0;
        const unsigned scale_b = b.is_decimal() ? b.scale : 0;
        const auto scale = std::max(scale_a, scale_b);
        return decimal_type(std::max(a.length - scale_a, b.length - scale_b) + scale, scale);
    }
    if (a.is_date_like() && b.is_date_like()) return datetime_type(std::max(a.scale, b.scale));
    if (a.is_binary() || b.is_binary())
        return binary_type(std::max(display_length(a), display_length(b)));
    auto type = text_type(std::max(display_length(a), display_length(b)));
    if (a.is_character())
        type.collation = a.collation;
    else if (b.is_character())
        type.collation = b.collation;
    if (a.kind == TypeKind::text || b.kind == TypeKind::text) type.kind = TypeKind::text;
    return type;
}

namespace {

// x'0A' where a number is wanted.
std::optional<std::uint64_t> number_of_bytes(const Typed& value) {
    if (value.literal == nullptr || value.literal->kind != ExprKind::bytes) return std::nullopt;
    constexpr std::size_t most = 7; // what a signed number holds for certain
    if (value.literal->text.size() > most) return std::nullopt;
    std::uint64_t number = 0;
    for (const char c : value.literal->text)
        number = number << 8 | static_cast<std::uint8_t>(c);
    return number;
}

} // namespace

std::string Translator::collated(const Typed& value) const {
    const bool needs =
        value.type.is_character() && !value.is_plain_column && value.literal == nullptr;
    return needs ? fmt::format("{} COLLATE {}", value.sql, collation_name(value.type.collation))
                 : value.sql;
}

std::string Translator::as_text(const Typed& value) const {
    const auto& type = value.type;
    if (type.is_decimal()) return fmt::format("my_decimal_text({},{})", value.sql, type.scale);
    if (type.kind == TypeKind::float_number) return fmt::format("my_float_text({})", value.sql);
    if (type.is_real()) return fmt::format("my_real_text({})", value.sql);
    if (type.kind == TypeKind::time)
        return fmt::format("my_time_text({},{})", value.sql, type.scale);
    if (type.is_integer()) return fmt::format("CAST({} AS TEXT)", value.sql);
    return value.sql;
}

std::string Translator::as_real(const Typed& value) const {
    const auto& type = value.type;
    if (const auto number = number_of_bytes(value)) return fmt::format("{}.0", *number);
    if (type.kind == TypeKind::time)
        return fmt::format("CAST(replace({},':','') AS REAL)", as_text(value));
    if (type.is_integer() || type.is_real() || type.kind == TypeKind::null)
        return fmt::format("CAST({} AS REAL)", value.sql);
    if (type.is_decimal()) return fmt::format("my_real({},{})", value.sql, type.scale);
    if (type.members && type.kind == TypeKind::enumeration) {
        std::string sql = "my_member(" + value.sql;
        for (const auto& member : *type.members) {
            sql += ",'";
            for (const char c : member)
                sql += c == '\'' ? "''" : std::string(1, c);
            sql += "'";
        }
        return "CAST(" + sql + ") AS REAL)";
    }
    if (type.is_date_like())
        return fmt::format(
            "CAST(replace(replace(replace({},'-',''),':',''),' ','') AS REAL)",
            value.sql
        );
    return fmt::format("CAST(my_number({}) AS REAL)", as_text(value));
}

std::string Translator::as_integer(const Typed& value) const {
    const auto& type = value.type;
    if (const auto number = number_of_bytes(value)) return fmt::format("{}", *number);
    if (type.kind == TypeKind::time) return fmt::format("CAST({} AS INTEGER)", as_real(value));
    if (type.is_integer() || type.kind == TypeKind::null) return value.sql;
    if (type.is_decimal()) return fmt::format("my_scale({},{},0)", value.sql, type.scale);
    if (type.is_date_like() || type.kind == TypeKind::enumeration)
        return fmt::format("CAST({} AS INTEGER)", as_real(value));
    return fmt::format("my_integer({})", type.is_real() ? value.sql : as_text(value));
}

std::string Translator::as_decimal(const Typed& value, unsigned scale) const {
    const auto& type = value.type;
    const unsigned from = type.is_decimal() ? type.scale : 0;
    if (type.is_integer() || type.is_decimal() || type.kind == TypeKind::null)
        return from == scale ? value.sql
                             : fmt::format("my_scale({},{},{})", value.sql, from, scale);
    return fmt::format("my_decimal({},{})", as_real(value), scale);
}

std::string Translator::as_truth(const Typed& value) const {
    if (value.type.is_number() || value.type.kind == TypeKind::null ||
        value.type.kind == TypeKind::time)
        return value.sql;
    return fmt::format("(my_number({})<>0)", as_text(value));
}

// As a value of that temporal type; a constant is converted once, here.
std::string Translator::as_moment(const Typed& value, const Type& type) const {
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
            return "'" + datetime_text(*moment, type.scale) + "'";
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

std::pair<std::string, std::string>
Translator::comparable_texts(const Typed& a, const Typed& b) const {
    const auto& x = a.type;
    const auto& y = b.type;
    if (x.kind == TypeKind::json || y.kind == TypeKind::json) {
        const auto plain = [](const Typed& v) {
            return v.type.kind == TypeKind::json ? fmt::format("my_json_unquote({})", v.sql)
                                                 : v.sql;
        };
        return {plain(a), plain(b)};
    }
    if (x.is_binary() != y.is_binary()) { // binary wins
        const auto bytes = [](const Typed& v) {
            return v.type.is_binary() ? v.sql : fmt::format("CAST({} AS BLOB)", v.sql);
        };
        return {bytes(a), bytes(b)};
    }
    if (x.is_binary() || a.is_plain_column || b.is_plain_column) return {a.sql, b.sql};
    const auto& leading = a.literal != nullptr || a.is_parameter ? y : x;
    return {fmt::format("{} COLLATE {}", a.sql, collation_name(leading.collation)), b.sql};
}

std::pair<std::string, std::string> Translator::comparable(const Typed& a, const Typed& b) const {
    const auto& x = a.type;
    const auto& y = b.type;
    if (x.kind == TypeKind::null || y.kind == TypeKind::null) return {a.sql, b.sql};
    if (x.is_temporal() || y.is_temporal()) return comparable_moments(a, b);
    if (x.is_stringish() && y.is_stringish()) return comparable_texts(a, b);
    if (x.is_number() && y.is_number()) {
        if (x.is_real() || y.is_real()) {
            const auto side = [this](const Typed& v) {
                return v.type.is_decimal() ? as_real(v) : v.sql;
            };
            return {side(a), side(b)};
        }
        const unsigned scale =
            std::max<unsigned>(x.is_decimal() ? x.scale : 0, y.is_decimal() ? y.scale : 0);
        return {as_decimal(a, scale), as_decimal(b, scale)};
    }
    // A text with a number. Texts that are constant become numbers, so that indexes still serve.
    const auto side = [this](const Typed& v) {
        if (v.type.is_integer() || v.type.is_real()) return v.sql;
        if (v.type.is_decimal()) return as_real(v);
        return fmt::format("my_number({})", as_text(v));
    };
    return {side(a), side(b)};
}

Typed Translator::comparison(const std::string& op, const Typed& a, const Typed& b) const {
    const auto [left, right] = comparable(a, b);
    auto type = integer_type(1);
    type.kind = TypeKind::integer;
    Typed result{
        .sql = fmt::format("({} {} {})", left, op == "<=>" ? "IS" : op, right),
        .type = type
    };
    result.is_nullable = op != "<=>" && (a.is_nullable || b.is_nullable);
    return result;
}

Typed Translator::common(const std::vector<Typed>& values, std::vector<std::string>& sql) const {
    Typed result;
    result.is_nullable = false;
    for (const auto& value : values) {
        result.type = common_type(result.type, value.type);
        result.is_nullable = result.is_nullable || value.is_nullable;
    }
    for (const auto& value : values) {
        const bool fits = value.type.kind == TypeKind::null ||
                          value.type.kind == result.type.kind ||
                          (value.type.is_stringish() && result.type.is_stringish()) ||
                          (value.type.is_integer() && result.type.is_integer());
        if (result.type.is_decimal())
            sql.push_back(as_decimal(value, result.type.scale));
        else if (result.type.is_real())
            sql.push_back(as_real(value));
        else if (result.type.is_date_like() && value.type.is_date_like())
            sql.push_back(as_moment(value, result.type));
        else
            sql.push_back(fits ? value.sql : as_text(value));
    }
    return result;
}

Typed Translator::cast(const Typed& value, const Type& type) const {
    Typed result{.sql = {}, .type = type, .is_nullable = true};
    if (type.is_integer())
        result.sql = as_integer(value);
    else if (type.is_decimal())
        result.sql = as_decimal(value, type.scale);
    else if (type.is_real())
        result.sql = as_real(value);
    else if (type.is_date_like())
        result.sql = as_moment(value, type);
    else if (type.kind == TypeKind::time) {
        result.sql = value.type.kind == TypeKind::time
                         ? value.sql
                         : fmt::format("my_time({},{})", as_text(value), type.scale);
    } else if (type.kind == TypeKind::json) {
        result.sql = value.type.kind == TypeKind::json ? value.sql
                                                       : fmt::format("my_json({})", as_text(value));
    } else if (type.is_binary()) {
        result.sql = fmt::format("CAST({} AS BLOB)", as_text(value));
        if (type.length != 0) result.sql = fmt::format("substr({},1,{})", result.sql, type.length);
    } else {
        result.sql = fmt::format("CAST({} AS TEXT)", as_text(value));
        if (type.length != 0) result.sql = fmt::format("my_left({},{})", result.sql, type.length);
    }
    if (type.is_stringish() && type.length == 0) result.type.length = display_length(value.type);
    return result;
}

} // namespace diorama::rds::sql
