// Dates in and out.
#include "emulator/time/time.hpp"
#include "emulator/time/virtual_time.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace diorama;
using namespace std::chrono_literals;

TEST_CASE("time: a moment is written in the four spellings of the protocols") {
    const Timestamp when(std::chrono::seconds(1'780'000'000) + 250ms);
    CHECK(iso8601(when) == "2026-05-28T20:26:40Z");
    CHECK(iso8601_ms(when) == "2026-05-28T20:26:40.250Z");
    CHECK(iso8601_basic(when) == "20260528T202640Z");
    CHECK(http_date(when) == "Thu, 28 May 2026 20:26:40 GMT");
}

TEST_CASE("time: every spelling of the same moment is read alike") {
    const Timestamp when(std::chrono::seconds(1'780'000'000));
    for (const char* text :
         {"2026-05-28T20:26:40Z",
          "20260528T202640Z",
          "2026-05-28T22:26:40+02:00",
          "2026-05-28 20:26:40",
          "2026-05-28T20:26:40.000Z",
          "1780000000",
          "1780000000.0",
          "2026-05-28T20:26:40"}) {
        CAPTURE(text);
        CHECK(parse_iso8601(text) == when);
    }
    for (const char* text :
         {"Thu, 28 May 2026 20:26:40 GMT",
          "Thursday, 28-May-26 20:26:40 GMT",
          "Thu May 28 20:26:40 2026"}) {
        CAPTURE(text);
        CHECK(parse_http_date(text) == when);
    }
    CHECK(parse_iso8601("2026-05-28") == Timestamp(std::chrono::seconds(1'779'926'400)));
}

TEST_CASE("time: what is not a date, or not a possible one, is refused") {
    for (const char* text :
         {"",
          "2026-02-30",
          "2026-13-01T00:00:00Z",
          "2026-05-28T24:00:00Z",
          "2026-05-28T20:26:40Zx",
          "tomorrow",
          "2026-05-28T20:26:40+99:00",
          "9999-01-01T00:00:00Z",
          "2026-05-28T",
          "-",
          "99999999999999999999"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_iso8601(text));
    }
    for (const char* text :
         {"", "Thu, 31 Feb 2026 20:26:40 GMT", "Thu, 28 May 2026 20:26:40", "0", ","}) {
        CAPTURE(text);
        CHECK_FALSE(parse_http_date(text));
    }
}

TEST_CASE("virtual time: events run in order of time, then of scheduling, and cancelled ones never"
) {
    VirtualTime time;
    std::vector<int> order;
    const auto start = time.now();
    time.after(2s, [&] { order.push_back(2); });
    time.after(1s, [&] {
        order.push_back(1);
        time.after(1s, [&] { order.push_back(4); });
    });
    time.after(2s, [&] { order.push_back(3); });
    const auto cancelled = time.after(1500ms, [&] { order.push_back(9); });
    time.cancel(cancelled);
    time.run_for(5s);
    CHECK(order == std::vector{1, 2, 3, 4});
    CHECK(time.now() == start + 5s);
}

TEST_CASE("ticker: it ticks at its interval until it is destroyed") {
    VirtualTime time;
    int ticks = 0;
    {
        const Ticker ticker(time, 10s, [&] { ++ticks; });
        time.run_for(35s);
        CHECK(ticks == 3);
    }
    time.run_for(60s);
    CHECK(ticks == 3);
}
