// See numbers.hpp.
#include "services/cloudwatch/data/numbers.hpp"

#include <fmt/core.h>

#include <charconv>
#include <cmath>
#include <cstdlib>

namespace diorama::cloudwatch {

// Java: between 10^-3 and 10^7 in decimal notation, else in computerized scientific notation; at
// least one digit after the point, and only as many as tell the value from its neighbours.
std::string java_double(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
    const std::string sign = std::signbit(value) ? "-" : "";
    value = std::abs(value);
    if (value == 0) return sign + "0.0";
    char buffer[64];
    const auto end =
        std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
    const std::string shortest(buffer, end); // d[.ddd]e±dd
    const auto e = shortest.find('e');
    int exponent = std::atoi(shortest.c_str() + e + 1);
    std::string digits = shortest.substr(0, 1);
    if (e > 2) digits += shortest.substr(2, e - 2);
    if (exponent < -3 || exponent >= 7) {
        const std::string fraction = digits.size() > 1 ? digits.substr(1) : "0";
        return fmt::format("{}{}.{}E{}", sign, digits[0], fraction, exponent);
    }
    if (exponent < 0)
        return sign + "0." + std::string(static_cast<size_t>(-exponent - 1), '0') + digits;
    const auto whole = static_cast<size_t>(exponent) + 1;
    if (digits.size() <= whole) digits.append(whole - digits.size() + 1, '0');
    return sign + digits.substr(0, whole) + "." + digits.substr(whole);
}

std::string java_timestamp(Timestamp when) {
    auto text = iso8601_ms(when);
    text.pop_back(); // the Z
    return text + "+0000";
}

std::string short_timestamp(Timestamp when) {
    const auto text = iso8601(when); // 2022-11-08T11:25:00Z
    return fmt::format(
        "{}/{}/{} {}",
        text.substr(8, 2),
        text.substr(5, 2),
        text.substr(2, 2),
        text.substr(11, 8)
    );
}

} // namespace diorama::cloudwatch
