#include "emulator/simulation/reader/units.hpp"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

namespace diorama::simulation {

using namespace std::chrono_literals;

TEST_CASE("durations are sums of numbers with units") {
    const std::vector<std::pair<const char*, Duration>> cases{
        {"90s", 90s},
        {"24h", 24h},
        {"3h30m", 3h + 30min},
        {"3h 30m", 3h + 30min},
        {"1.5h", 90min},
        {"6ms", 6ms},
        {"250us", 250us},
        {"250µs", 250us},
        {"7ns", 7ns},
        {"2min", 2min},
        {"1d12h", 36h},
        {"0", 0s},
        {"-90s", -90s},
        {"  5s ", 5s},
    };
    for (const auto& [text, expected] : cases) {
        CAPTURE(text);
        const auto duration = parse_duration(text);
        REQUIRE(duration);
        CHECK(*duration == expected);
    }
}

TEST_CASE("what is no duration is not read as one") {
    for (const char* text :
         {"",
          "90",
          "s",
          "90 parsecs",
          "3h-30m",
          "1e9s",
          "inf",
          "nan s",
          "--5s",
          "5s5",
          "1,5s",
          "99999999999999999999999h"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_duration(text));
    }
}

TEST_CASE("sizes, shares, money and numbers come in base units") {
    CHECK(parse_quantity("64KiB", Quantity::size) == 65'536);
    CHECK(parse_quantity("1 MB", Quantity::size) == 1e6);
    CHECK(parse_quantity("512", Quantity::size) == 512);
    CHECK_FALSE(parse_quantity("64kib", Quantity::size));
    CHECK(*parse_quantity("5%", Quantity::share) == doctest::Approx(0.05));
    CHECK(*parse_quantity("0.1 %", Quantity::share) == doctest::Approx(0.001));
    CHECK(parse_quantity("0.25", Quantity::share) == 0.25);
    CHECK(parse_quantity("12 USD", Quantity::money) == 12);
    CHECK(parse_quantity("$0.5", Quantity::money) == 0.5);
    CHECK_FALSE(parse_quantity("12 EUR", Quantity::money));
    CHECK(parse_number("1.25") == 1.25);
    CHECK(parse_number("-3") == -3);
    CHECK_FALSE(parse_number("3 apples"));
}

TEST_CASE("rates count visits, or requests if they say so") {
    CHECK(parse_rate("2000/s")->per_second == 2000);
    CHECK(parse_rate("120/min")->per_second == doctest::Approx(2));
    CHECK(parse_rate("7200 visits / h")->per_second == doctest::Approx(2));
    CHECK_FALSE(parse_rate("400/s")->counts_requests);
    CHECK(parse_rate("400 requests/s")->counts_requests);
    CHECK(parse_rate("-1/s")->per_second == -1);
    for (const char* text : {"400", "400/", "/s", "400/fortnight", "400 apples/s"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_rate(text));
    }
}

TEST_CASE("durations are spelled as they are written") {
    for (const char* text : {"0s", "90ms", "3h30m", "1m30s", "25h", "2d", "-5s", "1us"}) {
        CAPTURE(text);
        CHECK(spelled(*parse_duration(text)) == text);
    }
}

} // namespace diorama::simulation
