// Exact numbers as bytes: they come back, and they sort as the numbers do.
#include "services/rds/data/sql/exact.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace diorama::rds::sql;

TEST_CASE("numbers of any size and sign come back from their bytes") {
    for (const auto* digits :
         {"0",
          "1",
          "-1",
          "255",
          "-256",
          "9223372036854775808",
          "18446744073709551615",
          "-99999999999999999999999999999999999999999999999999999999999999999"}) {
        CAPTURE(digits);
        const auto number = parse_exact(digits, 0).value();
        const auto kept = kept_exact(number, Range::wide_decimal);
        CHECK(kept.kind == Value::Kind::blob);
        CHECK(exact_text(wide_of(kept), 0) == digits);
    }
}

TEST_CASE("bytes sort as the numbers do") {
    const std::vector<std::string> sorted = {
        "-100000000000000000000000",
        "-18446744073709551616",
        "-257",
        "-256",
        "-255",
        "-1",
        "0",
        "1",
        "255",
        "256",
        "9223372036854775808",
        "100000000000000000000000"
    };
    for (std::size_t i = 1; i < sorted.size(); ++i) {
        CAPTURE(sorted[i]);
        const auto less = wide_bytes(parse_exact(sorted[i - 1], 0).value());
        const auto more = wide_bytes(parse_exact(sorted[i], 0).value());
        CHECK(
            std::char_traits<char>::compare(
                less.data(),
                more.data(),
                std::min(less.size(), more.size())
            ) < 0
        );
    }
}

TEST_CASE("an unsigned integer is an integer until it does not fit") {
    CHECK(from_bits(INT64_MAX).kind == Value::Kind::integer);
    const auto beyond = from_bits(UINT64_MAX);
    CHECK(beyond.kind == Value::Kind::blob);
    CHECK(bits_of(beyond) == UINT64_MAX);
    CHECK(bits_of(Value::of(std::int64_t{-1})) == UINT64_MAX);
}

TEST_CASE("texts are read exactly and rounded half away from zero") {
    bool is_whole = false;
    CHECK(parse_exact(" 12.345 ", 2, &is_whole) == Wide(1235));
    CHECK(is_whole);
    CHECK(parse_exact("-12.345", 2) == Wide(-1235));
    CHECK(parse_exact("1.5e3", 0) == Wide(1500));
    CHECK(parse_exact("15e-1", 0) == Wide(2));
    CHECK(parse_exact(".5", 1) == Wide(5));
    CHECK(parse_exact("12abc", 0, &is_whole) == Wide(12));
    CHECK_FALSE(is_whole);
    CHECK_FALSE(parse_exact("abc", 0));
    CHECK_FALSE(parse_exact("", 0));
    CHECK(parse_exact("0e99999", 0) == Wide(0));
    CHECK(parse_exact("1e99999", 0) > wide_power_of_ten(100));
}
