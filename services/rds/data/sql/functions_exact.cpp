// Exact arithmetic: integers and decimals, with MySQL's ranges and rounding. Numbers of SQLite's
// size take a short way; the others are computed as Wide.
// https://dev.mysql.com/doc/refman/8.0/en/precision-math.html
#include "services/rds/data/sql/exact.hpp"
#include "services/rds/data/sql/functions.hpp"

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <limits>

namespace diorama::rds::sql {

namespace {

// NOLINTNEXTLINE: 128 bits are an extension that both of our compilers have.
__extension__ using Double = __int128;

constexpr auto largest = std::numeric_limits<std::int64_t>::max();
constexpr auto smallest = std::numeric_limits<std::int64_t>::min();

bool is_small(const Call& call, std::size_t i) {
    return call.value(i).kind == Value::Kind::integer;
}

std::string_view range_name(Range range) {
    return range == Range::signed_integer     ? "BIGINT"
           : range == Range::unsigned_integer ? "BIGINT UNSIGNED"
                                              : "DECIMAL";
}

bool fits(const Wide& number, Range range) {
    return range == Range::wide_decimal       ? abs(number) < wide_power_of_ten(81)
           : range == Range::unsigned_integer ? number >= 0 && number <= UINT64_MAX
                                              : fits_integer(number);
}

void give(const Call& call, const Wide& number, Range range, std::string_view expression) {
    if (!fits(number, range))
        return call.fail(arithmetic_out_of_range(range_name(range), expression));
    call.result(ValueView(kept_exact(number, range)));
}

void give(const Call& call, Double number, Range range, std::string_view expression) {
    const bool is_refused = range == Range::unsigned_integer && number < 0;
    if (range != Range::wide_decimal && number <= largest && number >= smallest && !is_refused)
        return call.result(static_cast<std::int64_t>(number));
    give(call, Wide(number), range, expression);
}

Range range(const Call& call, std::size_t i) {
    return static_cast<Range>(call.integer(i));
}

Wide of_two(char operation, const Wide& a, const Wide& b) {
    if (operation == '+') return a + b;
    if (operation == '-') return a - b;
    return a * b;
}

// my_add(a, b, range, expression) and its kin: integers, or decimals of one scale.
template <char operation>
void operate(const Call& call) {
    if (is_small(call, 0) && is_small(call, 1)) {
        const Double a = call.integer(0);
        const Double b = call.integer(1);
        const Double result = operation == '+' ? a + b : operation == '-' ? a - b : a * b;
        return give(call, result, range(call, 2), call.text(3));
    }
    give(
        call,
        of_two(operation, wide_of(call.value(0)), wide_of(call.value(1))),
        range(call, 2),
        call.text(3)
    );
}

// my_chain(first, range, operations, second, expression, third, expression, …): my_add and its kin
// from left to right, for sums so long that calls inside calls would be too deep for SQLite's
// parser.
void chain(const Call& call) {
    const auto its_range = range(call, 1);
    auto result = wide_of(call.value(0));
    std::size_t at = 3;
    for (const char operation : std::string(call.text(2))) {
        result = of_two(operation, result, wide_of(call.value(at)));
        if (!fits(result, its_range))
            return call.fail(arithmetic_out_of_range(range_name(its_range), call.text(at + 1)));
        at += 2;
    }
    call.result(ValueView(kept_exact(result, its_range)));
}

bool is_zero(const Call& call, std::size_t i) {
    if (is_small(call, i) ? call.integer(i) != 0 : wide_of(call.value(i)) != 0) return false;
    warn_of_division(call.context);
    call.null();
    return true;
}

// my_quotient(a, b, scale of a, scale of b, scale of the result, range): cut off; by zero it is
// NULL.
void cut_quotient(const Call& call) {
    if (is_zero(call, 1)) return;
    const auto shift = call.integer(4) + call.integer(3) - call.integer(2);
    const auto up = static_cast<unsigned>(std::max<std::int64_t>(0, shift));
    const auto down = static_cast<unsigned>(std::max<std::int64_t>(0, -shift));
    if (is_small(call, 0) && is_small(call, 1) && up <= 18 && down == 0) {
        Double a = call.integer(0);
        for (unsigned i = 0; i < up; ++i)
            a *= 10;
        return give(call, a / call.integer(1), range(call, 5), "division");
    }
    const Wide quotient = wide_of(call.value(0)) * wide_power_of_ten(up) /
                          (wide_of(call.value(1)) * wide_power_of_ten(down));
    give(call, quotient, range(call, 5), "division");
}

// my_div(a, b, range) and my_mod(a, b, range) of integers or decimals of one scale.
template <bool is_modulo>
void quotient(const Call& call) {
    if (is_zero(call, 1)) return;
    if (is_small(call, 0) && is_small(call, 1)) {
        const Double a = call.integer(0);
        const Double b = call.integer(1);
        return give(call, is_modulo ? a % b : a / b, range(call, 2), "division");
    }
    const Wide a = wide_of(call.value(0));
    const Wide b = wide_of(call.value(1));
    give(call, is_modulo ? Wide(a % b) : Wide(a / b), range(call, 2), "division");
}

// my_scale(value, from, to, range): another scale of the same decimal, or another way to keep it.
void scale(const Call& call) {
    const auto from = static_cast<unsigned>(call.integer(1));
    const auto to = static_cast<unsigned>(call.integer(2));
    give(call, rescaled(wide_of(call.value(0)), from, to), range(call, 3), "value");
}

// my_fit(value, digits, range): the nearest value of so many digits.
void fit(const Call& call) {
    const auto number = wide_of(call.value(0));
    const Wide limit = wide_power_of_ten(static_cast<unsigned>(call.integer(1)));
    if (abs(number) < limit) return call.result(ValueView(kept_exact(number, range(call, 2))));
    call.context.warn({1264, "22003", "Out of range value for column 'cast' at row 1"});
    const Wide nearest = number < 0 ? Wide(1 - limit) : Wide(limit - 1);
    call.result(ValueView(kept_exact(nearest, range(call, 2))));
}

// my_floor(value, scale, range) and my_ceiling(value, scale, range): towards the side.
template <int side>
void round_to_side(const Call& call) {
    const Wide unit = wide_power_of_ten(static_cast<unsigned>(call.integer(1)));
    const Wide number = wide_of(call.value(0));
    Wide whole = number / unit;
    const Wide rest = number % unit;
    if (side < 0 && rest < 0) --whole;
    if (side > 0 && rest > 0) ++whole;
    give(call, whole, range(call, 2), "value");
}

// my_round(value, scale, digits, scale of the result, range); digits may be negative.
template <bool truncates>
void round_to_digits(const Call& call) {
    const auto from = call.integer(1);
    const auto digits = std::clamp<std::int64_t>(call.integer(2), -81, from);
    Wide number = wide_of(call.value(0));
    const Wide unit = wide_power_of_ten(static_cast<unsigned>(from - digits));
    number = truncates ? Wide(number / unit) : rounded_quotient(number, unit);
    const auto to = call.integer(3);
    number = to >= digits ? Wide(number * wide_power_of_ten(static_cast<unsigned>(to - digits)))
                          : Wide(number / wide_power_of_ten(static_cast<unsigned>(digits - to)));
    give(call, number, range(call, 4), "round");
}

void exact_to_real(const Call& call) { // my_real(value, scale)
    if (is_small(call, 0)) {
        const auto unit = std::pow(10.0, static_cast<double>(call.integer(1)));
        return call.result(static_cast<double>(call.integer(0)) / unit);
    }
    const auto text = exact_text(wide_of(call.value(0)), static_cast<unsigned>(call.integer(1)));
    call.result(number_of(text));
}

void real_to_exact(const Call& call) { // my_decimal(value, scale, range)
    const auto text = fmt::format("{:.17g}", call.real(0));
    const auto number = parse_exact(text, static_cast<unsigned>(call.integer(1)));
    give(call, number.value_or(0), range(call, 2), "value");
}

void text_to_exact(const Call& call) { // my_text_decimal(text, scale, range)
    bool is_whole = false;
    const auto number =
        parse_exact(call.text(0), static_cast<unsigned>(call.integer(1)), &is_whole);
    if (!is_whole)
        call.context.warn(
            {1292, "22007", fmt::format("Truncated incorrect DECIMAL value: '{}'", call.text(0))}
        );
    give(call, number.value_or(0), range(call, 2), "value");
}

void exact_as_text(const Call& call) { // my_decimal_text(value, scale)
    const auto digits = static_cast<unsigned>(call.integer(1));
    call.result(
        is_small(call, 0) ? decimal_text(call.integer(0), digits)
                          : exact_text(wide_of(call.value(0)), digits)
    );
}

void sign(const Call& call) {
    const auto number = wide_of(call.value(0));
    call.result(std::int64_t{number > 0 ? 1 : number < 0 ? -1 : 0});
}

void absolute(const Call& call) { // my_abs(value, range)
    give(call, Wide(abs(wide_of(call.value(0)))), range(call, 1), "abs");
}

void bits(const Call& call) {
    call.result(static_cast<std::int64_t>(bits_of(call.value(0))));
}

// my_bits_and(a, b) and its kin: MySQL's operators on bits work on 64 unsigned ones.
template <char operation>
void operate_on_bits(const Call& call) {
    const auto a = bits_of(call.value(0));
    const auto b = operation == '~' ? 0 : bits_of(call.value(1));
    const auto shifted = [&] { return b > 63 ? 0 : operation == '<' ? a << b : a >> b; };
    const auto result = operation == '&'   ? a & b
                        : operation == '|' ? a | b
                        : operation == '^' ? a ^ b
                        : operation == '~' ? ~a
                                           : shifted();
    call.result(ValueView(from_bits(result)));
}

// my_signed(value, scale) and my_unsigned(value, scale): CAST of numbers. Signed and unsigned
// integers share their bits; what is no integer is rounded to the nearest that exists.
template <bool is_unsigned>
void cast_number(const Call& call) {
    const auto value = call.value(0);
    const auto digits = static_cast<unsigned>(call.integer(1));
    if (value.kind != Value::Kind::real && digits == 0) {
        const auto number = bits_of(value);
        return is_unsigned ? call.result(ValueView(from_bits(number)))
                           : call.result(static_cast<std::int64_t>(number));
    }
    const Wide number =
        value.kind == Value::Kind::real
            ? parse_exact(fmt::format("{:.0f}", std::nearbyint(value.real)), 0).value_or(0)
            : rescaled(wide_of(value), digits, 0);
    const Wide low = smallest;
    const Wide high = is_unsigned ? Wide(UINT64_MAX) : Wide(largest);
    if (number < low || number > high)
        call.context.warn(
            {1292, "22007", fmt::format("Truncated incorrect DECIMAL value: '{}'", number.str())}
        );
    const Wide nearest = number < low ? low : number > high ? high : number;
    if (is_unsigned) return call.result(ValueView(from_bits(bits_of(kept_exact(nearest, {})))));
    call.result(static_cast<std::int64_t>(nearest));
}

// my_text_integer(text, is_unsigned): the digits at its start.
void text_to_integer(const Call& call) {
    auto text = call.text(0);
    const bool is_unsigned = call.integer(1) != 0;
    while (!text.empty() && text[0] == ' ')
        text.remove_prefix(1);
    const auto digits =
        text.substr(0, text.find_first_not_of("0123456789", text.find_first_not_of("+-")));
    const auto number = parse_exact(digits, 0);
    const Wide high = is_unsigned ? Wide(UINT64_MAX) : Wide(largest);
    const bool is_out = number && (*number > high || *number < smallest);
    if (digits.size() != text.size() || text.empty() || is_out)
        call.context.warn(
            {1292, "22007", fmt::format("Truncated incorrect INTEGER value: '{}'", call.text(0))}
        );
    const Wide nearest = !number              ? Wide(0)
                         : *number > high     ? high
                         : *number < smallest ? Wide(smallest)
                                              : *number;
    const auto bits = bits_of(kept_exact(nearest, Range::unsigned_integer));
    is_unsigned ? call.result(ValueView(from_bits(bits)))
                : call.result(static_cast<std::int64_t>(bits));
}

constexpr std::array functions = {
    Function{"my_add", operate<'+'>},
    Function{"my_subtract", operate<'-'>},
    Function{"my_multiply", operate<'*'>},
    Function{"my_chain", chain},
    Function{"my_quotient", cut_quotient},
    Function{"my_div", quotient<false>},
    Function{"my_mod", quotient<true>},
    Function{"my_scale", scale},
    Function{"my_fit", fit},
    Function{"my_floor", round_to_side<-1>},
    Function{"my_ceiling", round_to_side<1>},
    Function{"my_round", round_to_digits<false>},
    Function{"my_truncate", round_to_digits<true>},
    Function{"my_real", exact_to_real},
    Function{"my_decimal", real_to_exact},
    Function{"my_text_decimal", text_to_exact},
    Function{"my_decimal_text", exact_as_text},
    Function{"my_sign", sign},
    Function{"my_abs", absolute},
    Function{"my_bits", bits},
    Function{"my_bits_and", operate_on_bits<'&'>},
    Function{"my_bits_or", operate_on_bits<'|'>},
    Function{"my_bits_exclusive_or", operate_on_bits<'^'>},
    Function{"my_bits_not", operate_on_bits<'~'>},
    Function{"my_bits_left", operate_on_bits<'<'>},
    Function{"my_bits_right", operate_on_bits<'>'>},
    Function{"my_signed", cast_number<false>},
    Function{"my_unsigned", cast_number<true>},
    Function{"my_text_integer", text_to_integer},
};

} // namespace

std::span<const Function> exact_functions() {
    return functions;
}

} // namespace diorama::rds::sql
