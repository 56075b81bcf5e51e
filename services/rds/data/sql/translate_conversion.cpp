// Comparison and conversion between MySQL's types.
// https://dev.mysql.com/doc/refman/8.0/en/type-conversion.html
#include "services/rds/data/sql/exact.hpp"
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
        return type.is_fixed_real() ? type.length : 12;
    case TypeKind::double_number:
        return type.is_fixed_real() ? type.length : 22;
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

// The decimal that holds both of two exact types.
Type common_decimal(const Type& a, const Type& b) {
    const unsigned scale = std::max(a.is_decimal() ? a.scale : 0, b.is_decimal() ? b.scale : 0);
    return decimal_type(std::max(whole_digits(a), whole_digits(b)) + scale, scale);
}

Type common_type(const Type& a, const Type& b) {
    if (a.kind == TypeKind::null) return b;
    if (b.kind == TypeKind::null) return a;
    if (a.is_real() && b.is_real() && a.kind == b.kind && a.is_fixed_real() != b.is_fixed_real())
        return a.is_fixed_real() ? b : a;
    if (a.kind == b.kind && a.scale == b.scale && !a.members) {
        auto type = a;
        type.length = std::max(a.length, b.length);
        type.is_unsigned = a.is_unsigned && b.is_unsigned;
        if (a.shape != b.shape) type.shape = GeometryKind::any;
        if (a.srid != b.srid) type.srid.reset();
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
        if (a.is_real() || b.is_real())
            return double_type(std::max(digits_after_point(a), digits_after_point(b)));
        return common_decimal(a, b);
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
    if (type.is_fixed_real()) return fmt::format("my_fixed_text({},{})", value.sql, type.scale);
    if (type.kind == TypeKind::float_number) return fmt::format("my_float_text({})", value.sql);
    if (type.is_real()) return fmt::format("my_real_text({})", value.sql);
    if (type.kind == TypeKind::time)
        return fmt::format("my_time_text({},{})", value.sql, type.scale);
    if (type.may_be_wide()) return fmt::format("my_decimal_text({},0)", value.sql);
    if (type.kind == TypeKind::timestamp)
        return fmt::format("my_local({},{})", value.sql, type.scale);
    if (type.is_integer()) return fmt::format("CAST({} AS TEXT)", value.sql);
    return value.sql;
}

std::string Translator::as_real(const Typed& value) const {
    const auto& type = value.type;
    if (const auto number = number_of_bytes(value)) return fmt::format("{}.0", *number);
    if (type.kind == TypeKind::time)
        return fmt::format("CAST(replace({},':','') AS REAL)", as_text(value));
    if (type.may_be_wide()) return fmt::format("my_real({},0)", value.sql);
    if (type.is_integer() || type.is_real() || type.kind == TypeKind::null)
        return fmt::format("CAST({} AS REAL)", value.sql);
    if (type.is_decimal()) return fmt::format("my_real({},{})", value.sql, type.scale);
    if (type.members && type.kind == TypeKind::set) { // a bit for each member
        std::string sql = "CAST(0";
        for (std::size_t i = 0; i < type.members->size() && i < 63; ++i)
            sql += fmt::format(
                "+(my_find_in_set({},{})>0)*{}",
                sqlite_text((*type.members)[i]),
                value.sql,
                std::int64_t{1} << i
            );
        return sql + " AS REAL)";
    }
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
            as_text(value)
        );
    return fmt::format("CAST(my_number({}) AS REAL)", as_text(value));
}

std::string Translator::as_integer(const Typed& value) const {
    const auto& type = value.type;
    if (const auto number = number_of_bytes(value)) return fmt::format("{}", *number);
    if (type.kind == TypeKind::time) return fmt::format("CAST({} AS INTEGER)", as_real(value));
    if (type.may_be_wide()) return fmt::format("my_bits({})", value.sql);
    if (type.is_integer() || type.kind == TypeKind::null) return value.sql;
    if (type.is_decimal()) return fmt::format("my_signed({},{})", value.sql, type.scale);
    if (type.is_date_like() || type.members)
        return fmt::format("CAST({} AS INTEGER)", as_real(value));
    if (type.is_real()) return fmt::format("my_signed({},0)", value.sql);
    return fmt::format("my_text_integer({},0)", as_text(value));
}

// The bits of a value, for the operators on bits.
std::string Translator::as_bits(const Typed& value) const {
    return value.type.may_be_wide() ? value.sql : as_integer(value);
}

// A value as that decimal type keeps it. The type must be large enough for an exact value.
std::string Translator::as_decimal(const Typed& value, const Type& wanted) const {
    const auto& type = value.type;
    const unsigned from = type.is_decimal() ? type.scale : 0;
    const bool is_exact = type.is_integer() || type.is_decimal();
    if (type.kind == TypeKind::null) return value.sql;
    if (is_exact && from == wanted.scale && type.is_wide() == wanted.is_wide()) return value.sql;
    const auto range = static_cast<int>(range_of(wanted));
    if (value.literal != nullptr && is_exact && value.literal->kind != ExprKind::boolean)
        return exact_literal(
            parse_exact(value.literal->text, wanted.scale).value_or(0),
            range_of(wanted)
        );
    if (is_exact) return fmt::format("my_scale({},{},{},{})", value.sql, from, wanted.scale, range);
    if (type.is_stringish())
        return fmt::format("my_text_decimal({},{},{})", as_text(value), wanted.scale, range);
    return fmt::format("my_decimal({},{},{})", as_real(value), wanted.scale, range);
}

std::string Translator::as_truth(const Typed& value) const {
    if (value.type.is_number() || value.type.kind == TypeKind::null ||
        value.type.kind == TypeKind::time)
        return value.type.is_wide() || value.type.may_be_wide()
                   ? fmt::format("my_sign({})", value.sql)
                   : value.sql;
    return fmt::format("(my_number({})<>0)", as_text(value));
}

std::pair<std::string, std::string>
Translator::comparable_texts(const Typed& a, const Typed& b, std::string_view operation) const {
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
        const auto bytes = [this](const Typed& v) {
            return v.type.is_binary() ? v.sql : fmt::format("CAST({} AS BLOB)", as_bytes(v));
        };
        return {bytes(a), bytes(b)};
    }
    if (x.is_binary()) return {a.sql, b.sql};
    const auto wanted = together_of({&a, &b}, operation, true).collation;
    // SQLite takes the collation of the left column, or else that of the right one.
    const auto* column = a.is_plain_column ? &x : b.is_plain_column ? &y : nullptr;
    if (column != nullptr && column->collation == wanted) return {a.sql, b.sql};
    return {fmt::format("{} COLLATE {}", a.sql, collation_name(wanted)), b.sql};
}

std::pair<std::string, std::string>
Translator::comparable(const Typed& a, const Typed& b, std::string_view operation) const {
    const auto& x = a.type;
    const auto& y = b.type;
    if (x.kind == TypeKind::null || y.kind == TypeKind::null) return {a.sql, b.sql};
    // MySQL: TRUE beside a document is a document.
    const auto as_document = [](const Typed& value) {
        const auto* literal = value.literal;
        return literal != nullptr && literal->kind == ExprKind::boolean
                   ? std::optional(literal->number != 0 ? "'true'" : "'false'")
                   : std::nullopt;
    };
    if (const auto document = as_document(b); document && x.kind == TypeKind::json)
        return {a.sql, *document};
    if (const auto document = as_document(a); document && y.kind == TypeKind::json)
        return {*document, b.sql};
    if (x.is_temporal() || y.is_temporal()) return comparable_moments(a, b);
    if (x.is_stringish() && y.is_stringish()) return comparable_texts(a, b, operation);
    if (x.is_number() && y.is_number()) {
        if (x.is_real() || y.is_real()) {
            const auto side = [this](const Typed& v) {
                return v.type.is_decimal() || v.type.may_be_wide() ? as_real(v) : v.sql;
            };
            return {side(a), side(b)};
        }
        if (x.is_integer() && y.is_integer()) return {a.sql, b.sql};
        const auto type = common_decimal(x, y);
        return {as_decimal(a, type), as_decimal(b, type)};
    }
    // A text with a number. Texts that are constant become numbers, so that indexes still serve.
    const auto side = [this](const Typed& v) {
        if (v.type.is_decimal() || v.type.may_be_wide()) return as_real(v);
        if (v.type.is_integer() || v.type.is_real()) return v.sql;
        return fmt::format("my_number({})", as_text(v));
    };
    return {side(a), side(b)};
}

Typed Translator::comparison(const std::string& op, const Typed& a, const Typed& b) const {
    const auto [left, right] = comparable(a, b, op);
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
    if (result.type.is_character()) {
        std::vector<const Typed*> operands;
        for (const auto& value : values)
            operands.push_back(&value);
        const auto both = together_of(operands, "case", false);
        if (both.collation != Collation::binary) result.type.collation = both.collation;
        result.coercibility = std::min(both.coercibility, Coercibility::coercible);
        result.is_ascii = both.is_ascii;
    }
    for (const auto& value : values) {
        const bool fits = value.type.kind == TypeKind::null ||
                          value.type.kind == result.type.kind ||
                          (value.type.is_stringish() && result.type.is_stringish()) ||
                          (value.type.is_integer() && result.type.is_integer());
        if (result.type.is_decimal())
            sql.push_back(as_decimal(value, result.type));
        else if (result.type.is_real())
            sql.push_back(as_real(value));
        else if (result.type.is_date_like() && value.type.is_date_like())
            sql.push_back(as_moment(value, result.type));
        else
            sql.push_back(fits ? value.sql : as_text(value));
    }
    return result;
}

std::string Translator::cast_to_integer(const Typed& value, bool is_unsigned) const {
    const auto& type = value.type;
    if (type.is_integer() && type.is_unsigned == is_unsigned) return value.sql;
    const bool is_exact = type.is_integer() || type.is_decimal();
    if (is_exact || type.is_real())
        return fmt::format(
            "my_{}signed({},{})",
            is_unsigned ? "un" : "",
            value.sql,
            type.is_decimal() ? type.scale : 0
        );
    if (is_unsigned && type.is_stringish() && type.kind != TypeKind::enumeration &&
        !number_of_bytes(value))
        return fmt::format("my_text_integer({},1)", as_text(value));
    return as_integer(value);
}

// MySQL: what does not fit becomes the nearest value, with a warning.
std::string Translator::cast_to_decimal(const Typed& value, const Type& type) const {
    const bool is_exact = value.type.is_integer() || value.type.is_decimal();
    if (is_exact && whole_digits(value.type) <= whole_digits(type)) return as_decimal(value, type);
    if (value.type.kind == TypeKind::null) return value.sql;
    constexpr unsigned largest = 65;
    return fmt::format(
        "my_fit({},{},{})",
        as_decimal(value, decimal_type(largest, type.scale)),
        type.length,
        static_cast<int>(range_of(type))
    );
}

// Not as a constant: what cannot be converted then is NULL with a warning, and no error.
static Typed when_it_runs(Typed value) {
    value.literal = nullptr;
    return value;
}

Typed Translator::cast(const Typed& value, const Type& type) const {
    Typed result{.sql = {}, .type = type, .is_nullable = true};
    if (type.is_integer())
        result.sql = cast_to_integer(value, type.is_unsigned);
    else if (type.is_decimal())
        result.sql = cast_to_decimal(exactly(value), type);
    else if (type.is_real())
        result.sql = as_real(exactly(value));
    else if (type.is_date_like())
        result.sql = as_moment(when_it_runs(value), type);
    else if (type.kind == TypeKind::time) {
        result.sql = value.type.kind == TypeKind::time
                         ? value.sql
                         : fmt::format("my_time({},{})", as_text(value), type.scale);
    } else if (type.kind == TypeKind::json) {
        result.sql = value.type.kind == TypeKind::json ? value.sql
                                                       : fmt::format("my_json({})", as_text(value));
    } else if (type.is_binary()) {
        result.sql = fmt::format("CAST({} AS BLOB)", as_bytes(value));
        // MySQL: "padded with zero bytes (0x00) to a length of N".
        if (type.length != 0)
            result.sql = fmt::format(
                "substr(CAST({0}||zeroblob({1}) AS BLOB),1,{1})",
                result.sql,
                type.length
            );
    } else {
        result.sql = as_character(value, type);
        result.coercibility = Coercibility::implicit;
        if (type.length != 0) result.sql = fmt::format("my_left({},{})", result.sql, type.length);
    }
    if (type.is_stringish() && type.length == 0) result.type.length = display_length(value.type);
    return result;
}

} // namespace diorama::rds::sql
