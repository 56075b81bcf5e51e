// Exact numbers of any size: BIGINT UNSIGNED beyond 2^63-1 and DECIMAL beyond 18 digits. SQLite's
// integers end at 2^63-1; what does not fit is kept as bytes that sort as the numbers do.
#pragma once

#include "services/rds/data/sql/type.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace diorama::rds::sql {

// Twice the 65 digits of DECIMAL and more, so that a product needs no check.
using Wide = boost::multiprecision::int512_t;

// How the result of exact arithmetic is kept. An integer is SQLite's where it fits; a DECIMAL of
// more than 18 digits is bytes always, so that all values of a column compare alike.
enum class Range : std::uint8_t { signed_integer, unsigned_integer, decimal, wide_decimal };

Range range_of(const Type& type);

// From an integer or from the bytes of wide_bytes().
Wide wide_of(const ValueView& value);
std::string wide_bytes(const Wide& number);
bool fits_integer(const Wide& number);
// 2^64-1 as a column or a parameter keeps it.
Value kept_exact(const Wide& number, Range range);
std::uint64_t bits_of(const ValueView& value);
Value from_bits(std::uint64_t bits);

Wide wide_power_of_ten(unsigned exponent);
// Half away from zero.
Wide rounded_quotient(const Wide& a, const Wide& b);
Wide rescaled(const Wide& number, unsigned from, unsigned to);

std::string exact_text(const Wide& number, unsigned scale);
// "12.345", " -1e3 ": nothing for what is no number; is_whole says whether all of it was read.
std::optional<Wide> parse_exact(std::string_view text, unsigned scale, bool* is_whole = nullptr);
// As SQLite reads it: "12", "(-12)", "x'81…'".
std::string exact_literal(const Wide& number, Range range);
// Digits before the point that a value of the type may have.
unsigned whole_digits(const Type& type);

} // namespace diorama::rds::sql
