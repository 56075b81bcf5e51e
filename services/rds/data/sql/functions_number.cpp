// Arithmetic with MySQL's ranges, exact decimals, and the mathematical functions.
// https://dev.mysql.com/doc/refman/8.0/en/numeric-functions.html
#include "services/rds/data/sql/functions.hpp"
#include "services/rds/data/sql/type.hpp"

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <limits>

namespace diorama::rds::sql {

namespace {

// NOLINTNEXTLINE: 128 bits are an extension that both of our compilers have.
__extension__ using Wide = __int128;

Wide power_of_ten(std::int64_t exponent) {
    Wide power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

// Half away from zero.
Wide divided(Wide a, Wide b) {
    const bool is_negative = (a < 0) != (b < 0);
    const Wide x = a < 0 ? -a : a;
    const Wide y = b < 0 ? -b : b;
    const Wide quotient = (x + y / 2) / y;
    return is_negative ? -quotient : quotient;
}

void narrow(const Call& call, Wide value, std::string_view type, std::string_view expression) {
    const bool is_unsigned = type == "BIGINT UNSIGNED";
    if (value > std::numeric_limits<std::int64_t>::max() ||
        value < std::numeric_limits<std::int64_t>::min() || (is_unsigned && value < 0))
        return call.fail(arithmetic_out_of_range(type, expression));
    call.result(static_cast<std::int64_t>(value));
}

// my_add(a, b, type, expression): integers, or decimals of one scale.
void add(const Call& call) {
    narrow(call, Wide{call.integer(0)} + call.integer(1), call.text(2), call.text(3));
}

void subtract(const Call& call) {
    narrow(call, Wide{call.integer(0)} - call.integer(1), call.text(2), call.text(3));
}

void multiply(const Call& call) {
    narrow(call, Wide{call.integer(0)} * call.integer(1), call.text(2), call.text(3));
}

// my_divide(a, b, scale of a, scale of b, scale of the result): exact; by zero gives NULL.
void divide(const Call& call) {
    if (call.integer(1) == 0) {
        call.context.warn({1365, "22012", "Division by 0"});
        return call.null();
    }
    const auto shift = call.integer(4) + call.integer(3) - call.integer(2);
    const Wide a = Wide{call.integer(0)} * power_of_ten(std::max<std::int64_t>(0, shift));
    const Wide b = Wide{call.integer(1)} * power_of_ten(std::max<std::int64_t>(0, -shift));
    narrow(call, divided(a, b), "DECIMAL", "division");
}

// my_div(a, b) of integers or decimals of one scale.
void integer_divide(const Call& call) {
    if (call.integer(1) == 0) {
        call.context.warn({1365, "22012", "Division by 0"});
        return call.null();
    }
    narrow(call, Wide{call.integer(0)} / call.integer(1), "BIGINT", "division");
}

void modulo(const Call& call) {
    if (call.integer(1) == 0) {
        call.context.warn({1365, "22012", "Division by 0"});
        return call.null();
    }
    call.result(static_cast<std::int64_t>(Wide{call.integer(0)} % call.integer(1)));
}

void real_modulo(const Call& call) {
    if (call.real(1) == 0) return call.null();
    call.result(std::fmod(call.real(0), call.real(1)));
}

void real_divide(const Call& call) {
    if (call.real(1) == 0) {
        call.context.warn({1365, "22012", "Division by 0"});
        return call.null();
    }
    call.result(call.real(0) / call.real(1));
}

// my_scale(value, from, to): another scale of the same decimal.
void scale(const Call& call) {
    const auto shift = call.integer(2) - call.integer(1);
    const Wide value = call.integer(0);
    narrow(
        call,
        shift >= 0 ? value * power_of_ten(shift) : divided(value, power_of_ten(-shift)),
        "DECIMAL",
        "value"
    );
}

// Rounds towards the side: my_floor(value, scale), my_ceiling(value, scale).
void floor_decimal(const Call& call) {
    const auto unit = static_cast<std::int64_t>(power_of_ten(call.integer(1)));
    const auto value = call.integer(0);
    call.result(value / unit - (value % unit < 0 ? 1 : 0));
}

void ceiling_decimal(const Call& call) {
    const auto unit = static_cast<std::int64_t>(power_of_ten(call.integer(1)));
    const auto value = call.integer(0);
    call.result(value / unit + (value % unit > 0 ? 1 : 0));
}

void truncate_decimal(const Call& call) { // (value, from, to), to <= from
    const auto unit = static_cast<std::int64_t>(power_of_ten(call.integer(1) - call.integer(2)));
    call.result(call.integer(0) / unit);
}

void decimal_to_real(const Call& call) {
    call.result(
        static_cast<double>(call.integer(0)) / std::pow(10.0, static_cast<double>(call.integer(1)))
    );
}

void real_to_decimal(const Call& call) { // (value, scale)
    const double scaled =
        std::round(call.real(0) * std::pow(10.0, static_cast<double>(call.integer(1))));
    if (std::fabs(scaled) >= 9.2e18) return call.fail(arithmetic_out_of_range("DECIMAL", "value"));
    call.result(static_cast<std::int64_t>(scaled));
}

// The number at the start of a text; whole numbers stay exact.
void number(const Call& call) {
    const auto value = call.value(0);
    if (value.kind == Value::Kind::integer) return call.result(value.integer);
    if (value.kind == Value::Kind::real) return call.result(value.real);
    bool is_whole = false;
    const double parsed = number_of(value.bytes, &is_whole);
    if (!is_whole)
        call.context.warn(
            {1292, "22007", fmt::format("Truncated incorrect DOUBLE value: '{}'", value.bytes)}
        );
    if (parsed == std::trunc(parsed) && std::fabs(parsed) < 9e15)
        return call.result(static_cast<std::int64_t>(parsed));
    if (is_whole && value.bytes.size() < 20) { // "9223372036854775807" has no double
        if (value.bytes.find_first_of(".eE") == std::string_view::npos)
            return call.result(call.integer(0));
    }
    call.result(parsed);
}

// To the nearest whole number: CAST AS SIGNED.
void integer_of(const Call& call) {
    const auto value = call.value(0);
    if (value.kind == Value::Kind::integer) return call.result(value.integer);
    if (value.kind == Value::Kind::real)
        return call.result(static_cast<std::int64_t>(std::nearbyint(value.real)));
    std::int64_t parsed = 0;
    auto text = value.bytes;
    while (!text.empty() && text[0] == ' ')
        text.remove_prefix(1);
    const auto digits = text.substr(0, text.find_first_not_of("+-0123456789"));
    parsed = static_cast<std::int64_t>(std::strtoll(std::string(digits).c_str(), nullptr, 10));
    if (digits.size() != text.size() || text.empty())
        call.context.warn(
            {1292, "22007", fmt::format("Truncated incorrect INTEGER value: '{}'", value.bytes)}
        );
    call.result(parsed);
}

template <double (*f)(double)>
void real_function(const Call& call) {
    const double result = f(call.real(0));
    if (!std::isfinite(result)) return call.null();
    call.result(result);
}

void power(const Call& call) {
    call.result(std::pow(call.real(0), call.real(1)));
}

void logarithm(const Call& call) {
    const double value =
        call.size() > 1 ? std::log(call.real(1)) / std::log(call.real(0)) : std::log(call.real(0));
    std::isfinite(value) ? call.result(value) : call.null();
}

void round_real(const Call& call) {
    const double unit = std::pow(10.0, static_cast<double>(call.integer(1)));
    call.result(std::nearbyint(call.real(0) * unit) / unit);
}

void truncate_real(const Call& call) {
    const double unit = std::pow(10.0, static_cast<double>(call.integer(1)));
    call.result(std::trunc(call.real(0) * unit) / unit);
}

void pi(const Call& call) {
    call.result(3.14159265358979323846);
}

void random(const Call& call) {
    call.result(call.context.random.real());
}

void decimal_as_text(const Call& call) {
    call.result(decimal_text(call.integer(0), static_cast<unsigned>(call.integer(1))));
}

void real_as_text(const Call& call) {
    call.result(double_text(call.real(0)));
}

void float_as_text(const Call& call) {
    call.result(float_text(call.real(0)));
}

void bit_xor(const Call& call) {
    call.result(call.integer(0) ^ call.integer(1));
}

void crc32(const Call& call) {
    std::uint32_t crc = 0xffffffff;
    for (const char c : call.text(0)) {
        crc ^= static_cast<std::uint8_t>(c);
        for (int bit = 0; bit < 8; ++bit)
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
    }
    call.result(static_cast<std::int64_t>(crc ^ 0xffffffff));
}

constexpr auto never = Function::Nulls::give_null;

constexpr std::array functions = {
    Function{"my_add", add},
    Function{"my_subtract", subtract},
    Function{"my_multiply", multiply},
    Function{"my_divide", divide},
    Function{"my_div", integer_divide},
    Function{"my_mod", modulo},
    Function{"my_real_mod", real_modulo},
    Function{"my_real_divide", real_divide},
    Function{"my_scale", scale},
    Function{"my_floor", floor_decimal},
    Function{"my_ceiling", ceiling_decimal},
    Function{"my_truncate", truncate_decimal},
    Function{"my_real", decimal_to_real},
    Function{"my_decimal", real_to_decimal},
    Function{"my_number", number},
    Function{"my_integer", integer_of},
    Function{"my_sqrt", real_function<std::sqrt>},
    Function{"my_exp", real_function<std::exp>},
    Function{"my_log2", real_function<std::log2>},
    Function{"my_log10", real_function<std::log10>},
    Function{"my_sin", real_function<std::sin>},
    Function{"my_cos", real_function<std::cos>},
    Function{"my_tan", real_function<std::tan>},
    Function{"my_real_floor", real_function<std::floor>},
    Function{"my_real_ceiling", real_function<std::ceil>},
    Function{"my_pow", power},
    Function{"my_log", logarithm},
    Function{"my_round_real", round_real},
    Function{"my_truncate_real", truncate_real},
    Function{"my_pi", pi},
    Function{"my_rand", random, never, Function::Changes::each_call},
    Function{"my_decimal_text", decimal_as_text},
    Function{"my_real_text", real_as_text},
    Function{"my_float_text", float_as_text},
    Function{"my_bit_xor", bit_xor},
    Function{"my_crc32", crc32},
};

} // namespace

std::span<const Function> number_functions() {
    return functions;
}

} // namespace diorama::rds::sql
