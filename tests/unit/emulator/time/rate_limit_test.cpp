#include "emulator/time/rate_limit.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace std::chrono_literals;

TEST_CASE("rate limit: a second admits so many of a name, and the next one tells the rest") {
    RateLimit limit(2);
    const RateLimit::Moment start;
    CHECK(limit.ask("dns", start).is_admitted);
    CHECK(limit.ask("dns", start + 1ms).is_admitted);
    CHECK_FALSE(limit.ask("dns", start + 2ms).is_admitted);
    CHECK_FALSE(limit.ask("dns", start + 999ms).is_admitted);
    CHECK(limit.ask("http", start + 999ms).is_admitted); // a name of its own
    CHECK(limit.left_out() == std::map<std::string, std::size_t>{{"dns", 2}});
    const auto next = limit.ask("dns", start + 1s);
    CHECK(next.is_admitted);
    CHECK(next.left_out == 2);
    CHECK(limit.ask("dns", start + 1s).left_out == 0);
    CHECK(limit.left_out().empty());
}
