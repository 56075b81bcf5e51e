// Arithmetic of approximate numbers and the mathematical functions; exact ones stand in
// functions_exact.cpp.
// https://dev.mysql.com/doc/refman/8.0/en/numeric-functions.html
#include "services/rds/data/sql/functions.hpp"
#include "services/rds/data/sql/type.hpp"

#include <fmt/core.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>

namespace diorama::rds::sql {

namespace {

void real_modulo(const Call& call) {
    if (call.real(1) == 0) {
        warn_of_division(call.context);
        return call.null();
    }
    call.result(std::fmod(call.real(0), call.real(1)));
}

void real_divide(const Call& call) {
    if (call.real(1) == 0) {
        warn_of_division(call.context);
        return call.null();
    }
    call.result(call.real(0) / call.real(1));
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

// my_rand_of(seed): the same numbers for the same seed, those that MySQL draws.
void random_of_seed(const Call& call) {
    constexpr std::uint64_t most = 0x3fff'ffff;
    auto& [first, second] = call.kept();
    if (first == 0 && second == 0) {
        const auto seed = static_cast<std::uint32_t>(call.is_null(0) ? 0 : call.integer(0));
        first = static_cast<std::uint32_t>(seed * 0x10001U + 55'555'555U) % most;
        second = static_cast<std::uint32_t>(seed * 0x1000'0001U) % most;
    }
    first = (first * 3 + second) % most;
    second = (first + second + 33) % most;
    call.result(static_cast<double>(first) / static_cast<double>(most));
}

void cotangent(const Call& call) {
    const double tangent = std::tan(call.real(0));
    if (tangent == 0) return call.fail({1690, "22003", "DOUBLE value is out of range in 'cot(0)'"});
    call.result(1 / tangent);
}

void real_as_text(const Call& call) {
    call.result(double_text(call.real(0)));
}

void float_as_text(const Call& call) {
    call.result(float_text(call.real(0)));
}

// (number, digits after the point)
void fixed_as_text(const Call& call) {
    call.result(fixed_text(call.real(0), static_cast<unsigned>(call.integer(1))));
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

// As MySQL computes it, to the last digit.
double logarithm_of_two(double number) {
    return std::log(number) / std::numbers::ln2;
}

constexpr std::array functions = {
    Function{"my_real_mod", real_modulo},
    Function{"my_real_divide", real_divide},
    Function{"my_number", number},
    Function{"my_sqrt", real_function<std::sqrt>},
    Function{"my_exp", real_function<std::exp>},
    Function{"my_log2", real_function<logarithm_of_two>},
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
    Function{
        "my_rand_of",
        random_of_seed,
        Function::Nulls::are_passed,
        Function::Changes::each_call
    },
    Function{"my_cot", cotangent},
    Function{"my_real_text", real_as_text},
    Function{"my_float_text", float_as_text},
    Function{"my_fixed_text", fixed_as_text},
    Function{"my_crc32", crc32},
};

} // namespace

std::span<const Function> number_functions() {
    return functions;
}

void warn_of_division(Context& context) {
    const auto mode = context.variables.find("sql_mode");
    const bool warns = mode == context.variables.end() ||
                       mode->second.find("ERROR_FOR_DIVISION_BY_ZERO") != std::string::npos;
    if (warns) context.warn({1365, "22012", "Division by 0"});
}

} // namespace diorama::rds::sql
