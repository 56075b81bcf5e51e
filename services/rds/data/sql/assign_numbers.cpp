// Values as numeric columns take them: ranges, rounding, and what text in a number means.
// https://dev.mysql.com/doc/refman/8.0/en/out-of-range-and-overflow.html
#include "services/rds/data/sql/assign_numbers.hpp"

#include "services/rds/data/sql/exact.hpp"
#include "services/rds/data/sql/functions.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace diorama::rds::sql {

void complain(const Assignee& to, const SQLError& error) {
    if (to.is_strict) throw error;
    to.context.warn(error);
}

namespace {

struct Bounds {
    std::int64_t low;
    std::uint64_t high;
};

Bounds bounds_of(const Type& type) {
    switch (type.kind) {
    case TypeKind::tiny_integer:
        return type.is_unsigned ? Bounds{0, 255} : Bounds{-128, 127};
    case TypeKind::small_integer:
        return type.is_unsigned ? Bounds{0, 65535} : Bounds{-32768, 32767};
    case TypeKind::medium_integer:
        return type.is_unsigned ? Bounds{0, 16777215} : Bounds{-8388608, 8388607};
    case TypeKind::integer:
        return type.is_unsigned ? Bounds{0, 4294967295} : Bounds{-2147483648LL, 2147483647};
    case TypeKind::bit:
        return {0, type.length > 63 ? UINT64_MAX : (std::uint64_t{1} << type.length) - 1};
    case TypeKind::year:
        return {0, 2155};
    default:
        return type.is_unsigned ? Bounds{0, UINT64_MAX} : Bounds{INT64_MIN, INT64_MAX};
    }
}

// DIFFERS: an AUTO_INCREMENT column ends at 2^63-1 even when it is BIGINT UNSIGNED.
Bounds bounds_of(const Column& column) {
    auto bounds = bounds_of(column.type);
    if (column.is_auto_increment) bounds.high = std::min<std::uint64_t>(bounds.high, INT64_MAX);
    return bounds;
}

void complain_of_text(const Assignee& to, std::string_view text, std::string_view type) {
    const bool starts_with_digit =
        !text.empty() && (text[0] == '-' || (text[0] >= '0' && text[0] <= '9'));
    complain(
        to,
        starts_with_digit ? data_truncated(to.column.name, to.row)
                          : incorrect_value(type, text, to.column.name, to.row)
    );
}

// Text in a numeric column.
double number_in(const Assignee& to, std::string_view text, std::string_view type) {
    bool is_whole = false;
    const double number = number_of(text, &is_whole);
    if (!is_whole) complain_of_text(to, text, type);
    return number;
}

Wide exact_in(const Assignee& to, std::string_view text, unsigned scale, std::string_view type) {
    bool is_whole = false;
    const auto number = parse_exact(text, scale, &is_whole);
    if (!is_whole) complain_of_text(to, text, type);
    return number.value_or(0);
}

Value clamped(const Assignee& to, const Wide& number) {
    const auto [low, high] = bounds_of(to.column);
    const bool is_no_year = to.column.type.kind == TypeKind::year && number > 0 && number < 1901;
    if (number >= low && number <= high && !is_no_year)
        return kept_exact(number, Range::unsigned_integer);
    const bool is_too_long = to.column.type.kind == TypeKind::bit && to.is_strict;
    complain(
        to,
        is_too_long ? data_too_long(to.column.name, to.row) : out_of_range(to.column.name, to.row)
    );
    if (is_no_year) return Value::of(std::int64_t{0});
    return kept_exact(number < low ? Wide(low) : Wide(high), Range::unsigned_integer);
}

} // namespace

Value integer_for(const Assignee& to, const Type& from, const ValueView& value) {
    const auto& type = to.column.type;
    const bool is_plain =
        value.kind == Value::Kind::integer && !from.is_decimal() && from.kind != TypeKind::time;
    if (is_plain) {
        auto number = value.integer;
        if (type.kind == TypeKind::year && number > 0 && number < 100)
            number += number < 70 ? 2000 : 1900;
        const auto [low, high] = bounds_of(type);
        const bool fits =
            number >= low && (number < 0 || static_cast<std::uint64_t>(number) <= high);
        return fits && type.kind != TypeKind::year ? Value::of(number) : clamped(to, number);
    }
    if (value.kind == Value::Kind::real)
        return clamped(
            to,
            parse_exact(fmt::format("{:.0f}", std::round(value.real)), 0).value_or(0)
        );
    if (from.is_decimal()) return clamped(to, rescaled(wide_of(value), from.scale, 0));
    if (from.is_integer()) return clamped(to, wide_of(value));
    constexpr std::size_t most_bytes = 8;
    if (type.kind == TypeKind::bit && value.bytes.size() <= most_bytes && from.is_binary()) {
        std::uint64_t number = 0;
        for (const char c : value.bytes)
            number = number << 8 | static_cast<std::uint8_t>(c);
        return clamped(to, number);
    }
    const auto text = text_of(from, value);
    const auto number = exact_in(to, text, 0, "integer");
    // MySQL: "as 1- or 2-digit strings in the range '0' to '99'"; the number 0 is 0000.
    const bool is_short_year =
        type.kind == TypeKind::year && number >= 0 && number < 100 && text.size() <= 2;
    if (is_short_year) return clamped(to, number + (number < 70 ? 2000 : 1900));
    return clamped(to, number);
}

namespace {

// Whether a decimal has more digits after the point than are kept of it.
bool loses_digits(const Type& from, const ValueView& value, const Wide& kept, unsigned scale) {
    if (from.is_decimal() && value.kind != Value::Kind::real)
        return from.scale > scale && rescaled(kept, scale, from.scale) != wide_of(value);
    if (from.is_integer()) return false;
    constexpr unsigned further = 18;
    const auto text =
        value.kind == Value::Kind::real ? fmt::format("{}", value.real) : text_of(from, value);
    const auto whole = parse_exact(text, scale + further);
    return whole && *whole != rescaled(kept, scale, scale + further);
}

// MySQL: rounding is told even in strict mode.
void note_rounding(const Assignee& to) {
    constexpr std::size_t most = 1024; // max_error_count
    auto& warnings = to.context.warnings;
    if (warnings.size() < most)
        warnings.push_back({"Note", 1265, data_truncated(to.column.name, to.row).message});
}

} // namespace

Value decimal_for(const Assignee& to, const Type& from, const ValueView& value) {
    const auto& type = to.column.type;
    const bool is_exact = from.is_decimal() || (from.is_integer() && from.kind != TypeKind::bit);
    Wide number;
    if (value.kind == Value::Kind::real)
        number = parse_exact(fmt::format("{}", value.real), type.scale).value_or(0);
    else if (is_exact)
        number = rescaled(wide_of(value), from.is_decimal() ? from.scale : 0, type.scale);
    else
        number = exact_in(to, text_of(from, value), type.scale, "decimal");
    if (loses_digits(from, value, number, type.scale)) note_rounding(to);
    const Wide limit = wide_power_of_ten(type.length);
    const bool is_refused = type.is_unsigned && number < 0;
    if (abs(number) >= limit || is_refused) {
        complain(to, out_of_range(to.column.name, to.row));
        const Wide lowest = type.is_unsigned ? Wide(0) : Wide(1 - limit);
        number = number < 0 ? lowest : Wide(limit - 1);
    }
    return kept_exact(number, range_of(type));
}

namespace {

double with_fixed_digits(double number, unsigned digits) {
    if (!std::isfinite(number)) return number;
    const double unit = std::pow(10.0, digits);
    const double whole = std::floor(number);
    return whole + std::rint((number - whole) * unit) / unit;
}

double largest_real(const Type& type) {
    if (type.is_fixed_real())
        return std::pow(10.0, static_cast<int>(type.length) - type.scale) -
               std::pow(10.0, -static_cast<int>(type.scale));
    return type.kind == TypeKind::float_number
               ? static_cast<double>(std::numeric_limits<float>::max())
               : std::numeric_limits<double>::max();
}

} // namespace

Value real_for(const Assignee& to, const Type& from, const ValueView& value) {
    double number = value.real;
    const bool is_exact = from.is_decimal() || from.is_integer();
    if (value.kind == Value::Kind::blob && is_exact)
        number = number_of(text_of(from, value));
    else if (value.kind == Value::Kind::integer) {
        number = static_cast<double>(value.integer);
        if (from.is_decimal()) number /= std::pow(10.0, from.scale);
    } else if (value.kind != Value::Kind::real)
        number = number_in(to, text_of(from, value), "double");
    const auto& type = to.column.type;
    const bool is_float = type.kind == TypeKind::float_number;
    if (type.is_fixed_real()) number = with_fixed_digits(number, type.scale);
    const double largest = largest_real(type);
    if (std::fabs(number) > largest) {
        complain(to, out_of_range(to.column.name, to.row));
        number = number < 0 ? -largest : largest;
    }
    if (type.is_unsigned && number < 0) {
        complain(to, out_of_range(to.column.name, to.row));
        number = 0;
    }
    return Value::of(is_float ? static_cast<double>(static_cast<float>(number)) : number);
}

} // namespace diorama::rds::sql
