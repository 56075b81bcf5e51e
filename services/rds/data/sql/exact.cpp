// Exact numbers: their bytes, their digits, their rounding.
#include "services/rds/data/sql/exact.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace diorama::rds::sql {

Range range_of(const Type& type) {
    if (type.is_decimal()) return type.is_wide() ? Range::wide_decimal : Range::decimal;
    return type.is_unsigned ? Range::unsigned_integer : Range::signed_integer;
}

// One byte tells sign and length (0x80 is zero, above it are positive numbers), then the bytes of
// the number, highest first; those of a negative one are complemented. So bytes sort as numbers.
std::string wide_bytes(const Wide& number) {
    const bool is_negative = number < 0;
    std::string digits;
    if (number != 0) {
        const Wide size = is_negative ? Wide(-number) : number;
        boost::multiprecision::export_bits(size, std::back_inserter(digits), 8);
    }
    const auto length = static_cast<int>(digits.size());
    std::string bytes(1, static_cast<char>(is_negative ? 0x80 - length : 0x80 + length));
    for (const char digit : digits)
        bytes.push_back(is_negative ? static_cast<char>(~digit) : digit);
    return bytes;
}

Wide wide_of(const ValueView& value) {
    if (value.kind == Value::Kind::integer) return value.integer;
    if (value.kind != Value::Kind::blob || value.bytes.size() < 2) return 0;
    const bool is_negative = static_cast<std::uint8_t>(value.bytes[0]) < 0x80;
    std::string digits(value.bytes.substr(1));
    if (is_negative)
        for (auto& digit : digits)
            digit = static_cast<char>(~digit);
    Wide number;
    boost::multiprecision::import_bits(
        number,
        reinterpret_cast<const std::uint8_t*>(digits.data()),
        reinterpret_cast<const std::uint8_t*>(digits.data() + digits.size()),
        8
    );
    return is_negative ? Wide(-number) : number;
}

bool fits_integer(const Wide& number) {
    return number <= std::numeric_limits<std::int64_t>::max() &&
           number >= std::numeric_limits<std::int64_t>::min();
}

Value kept_exact(const Wide& number, Range range) {
    if (range != Range::wide_decimal && fits_integer(number))
        return Value::of(static_cast<std::int64_t>(number));
    return Value::blob(wide_bytes(number));
}

std::uint64_t bits_of(const ValueView& value) {
    if (value.kind == Value::Kind::integer) return static_cast<std::uint64_t>(value.integer);
    const auto number = wide_of(value);
    if (number >= 0) return static_cast<std::uint64_t>(number & UINT64_MAX);
    return 0 - static_cast<std::uint64_t>(Wide(-number) & UINT64_MAX);
}

Value from_bits(std::uint64_t bits) {
    return kept_exact(bits, Range::unsigned_integer);
}

Wide wide_power_of_ten(unsigned exponent) {
    Wide power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

Wide rounded_quotient(const Wide& a, const Wide& b) {
    const bool is_negative = (a < 0) != (b < 0);
    const Wide x = abs(a);
    const Wide y = abs(b);
    const Wide quotient = (x + y / 2) / y;
    return is_negative ? Wide(-quotient) : quotient;
}

Wide rescaled(const Wide& number, unsigned from, unsigned to) {
    if (to >= from) return number * wide_power_of_ten(to - from);
    return rounded_quotient(number, wide_power_of_ten(from - to));
}

std::string exact_text(const Wide& number, unsigned scale) {
    const bool is_negative = number < 0;
    auto digits = Wide(abs(number)).str();
    if (scale > 0) {
        if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
        digits.insert(digits.size() - scale, ".");
    }
    return is_negative ? "-" + digits : digits;
}

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// "e5" at the start of the text, if it is there.
int take_exponent(std::string_view& text) {
    if (text.empty() || (text[0] != 'e' && text[0] != 'E')) return 0;
    auto rest = text.substr(1);
    const bool is_negative = !rest.empty() && rest[0] == '-';
    if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) rest.remove_prefix(1);
    if (rest.empty() || !is_digit(rest[0])) return 0;
    int exponent = 0;
    while (!rest.empty() && is_digit(rest[0])) {
        exponent = std::min(exponent * 10 + (rest[0] - '0'), 1000);
        rest.remove_prefix(1);
    }
    text = rest;
    return is_negative ? -exponent : exponent;
}

} // namespace

std::optional<Wide> parse_exact(std::string_view text, unsigned scale, bool* is_whole) {
    const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\n'; };
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    const bool is_negative = !text.empty() && text[0] == '-';
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
    std::string digits;
    int point = -1; // digits before it
    bool has_digit = false;
    while (!text.empty() && (is_digit(text[0]) || (text[0] == '.' && point < 0))) {
        if (text[0] == '.')
            point = static_cast<int>(digits.size());
        else {
            has_digit = true;
            if (!digits.empty() || text[0] != '0' || point >= 0) digits += text[0];
        }
        text.remove_prefix(1);
    }
    if (point < 0) point = static_cast<int>(digits.size());
    if (is_whole != nullptr) *is_whole = false;
    if (!has_digit) return std::nullopt;
    point += take_exponent(text);
    if (is_whole != nullptr) *is_whole = text.empty();
    constexpr int most = 150; // digits that a Wide holds for certain
    const auto kept = point + static_cast<int>(scale);
    if (kept > most) {
        const bool is_zero = digits.find_first_not_of('0') == std::string::npos;
        const Wide huge = is_zero ? Wide(0) : wide_power_of_ten(most);
        return is_negative ? Wide(-huge) : huge;
    }
    const bool rounds_up = kept >= 0 && kept < static_cast<int>(digits.size()) &&
                           digits[static_cast<std::size_t>(kept)] >= '5';
    digits.resize(static_cast<std::size_t>(std::max(kept, 0)), '0');
    Wide number = 0;
    for (const char digit : digits)
        number = number * 10 + (digit - '0');
    if (rounds_up) ++number;
    return is_negative ? Wide(-number) : number;
}

unsigned whole_digits(const Type& type) {
    const auto at_most = [&](unsigned digits) {
        return type.length == 0 ? digits : std::min<unsigned>(type.length, digits);
    };
    switch (type.kind) {
    case TypeKind::decimal:
        return type.length - type.scale;
    case TypeKind::tiny_integer:
        return at_most(3);
    case TypeKind::small_integer:
        return at_most(5);
    case TypeKind::medium_integer:
        return at_most(8);
    case TypeKind::integer:
        return at_most(10);
    case TypeKind::year:
        return 4;
    default:
        return at_most(20);
    }
}

} // namespace diorama::rds::sql
