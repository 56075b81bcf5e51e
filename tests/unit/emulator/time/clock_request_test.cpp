#include "emulator/time/clock_request.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace diorama;
using namespace std::chrono_literals;

namespace {

const Timestamp now = *parse_iso8601("2026-11-22T12:00:00Z");

std::string complaint_about(const std::string& body) {
    const auto read = read_clock_request(body, now);
    const auto* complaint = std::get_if<std::string>(&read);
    return complaint == nullptr ? "it is fine" : *complaint;
}

} // namespace

TEST_CASE("clock request: spans as people, ISO 8601 and programs write them") {
    struct Example {
        const char* text;
        Duration span;
    };

    for (const auto& [text, span] : std::vector<Example>{
             {"90s", 90s},
             {"15m", 15min},
             {"1h30m", 90min},
             {"2d", 48h},
             {"1w", 168h},
             {"0s", 0s},
             {"3600", 1h},
             {"1d2h3m4s", 26h + 3min + 4s},
             {"PT1H", 1h},
             {"PT1H30M", 90min},
             {"P2D", 48h},
             {"P1DT12H", 36h},
             {"PT5M", 5min},
         }) {
        CAPTURE(text);
        CHECK(parse_span(text) == span);
    }
}

TEST_CASE("clock request: what is no span") {
    for (const char* text : {
             "",
             "h",
             "1x",
             "1h 30m",
             "30m1h",
             "1h1h",
             "1.5h",
             "-1h",
             "+1h",
             "1H",
             "P",
             "PT",
             "P1",
             "PT1",
             "P1M",
             "P1Y",
             "P1H",
             "PT1D",
             "P1DT",
             "T1H",
             "99999999999999999999s",
             "9223372036854775807d",
             "36526d",
         }) {
        CAPTURE(text);
        CHECK_FALSE(parse_span(text));
    }
}

TEST_CASE("clock request: an advance is from now, and a time is itself") {
    CHECK(std::get<Timestamp>(read_clock_request(R"({"advance":"1h"})", now)) == now + 1h);
    CHECK(std::get<Timestamp>(read_clock_request(R"({"advance":"PT1H"})", now)) == now + 1h);
    CHECK(std::get<Timestamp>(read_clock_request(R"({"advance":90})", now)) == now + 90s);
    CHECK(std::get<Timestamp>(read_clock_request(R"({"advance":0.5})", now)) == now + 500ms);
    CHECK(std::get<Timestamp>(read_clock_request(R"({"advance":"366d"})", now)) == now + 366 * 24h);
    CHECK(
        std::get<Timestamp>(read_clock_request(R"({"to":"2026-11-23T00:00:00Z"})", now)) ==
        now + 12h
    );
    CHECK(std::get<Timestamp>(read_clock_request(R"({"to":"2026-11-22T12:00:00Z"})", now)) == now);
}

TEST_CASE("clock request: nonsense, the past and the far future are refused in a sentence") {
    for (const char* body : {
             "",
             "x",
             "[]",
             "null",
             "{}",
             R"({"advance":null})",
             R"({"advance":["1h"]})",
             R"({"advance":true})",
             R"({"to":5})",
             R"({"back":"1h"})",
             R"({"advance":"1h","to":"2026-11-23T00:00:00Z"})",
         }) {
        CAPTURE(body);
        CHECK(complaint_about(body).starts_with("The body is a JSON object: "));
    }
    CHECK(complaint_about(R"({"advance":"soon"})").starts_with("\"soon\" is not a span of time"));
    CHECK(complaint_about(R"({"advance":"-1h"})") == "Time does not go back.");
    CHECK(
        complaint_about(R"({"advance":-1})") ==
        "Time does not go back: it is 2026-11-22T12:00:00.000Z here."
    );
    CHECK(
        complaint_about(R"({"to":"2026-11-22T11:59:59Z"})") ==
        "Time does not go back: it is 2026-11-22T12:00:00.000Z here."
    );
    CHECK(
        complaint_about(R"({"to":"2026-02-30T00:00:00Z"})") ==
        "That is not a time like 2026-11-23T00:00:00Z."
    );
    for (const char* body : {
             R"({"advance":"367d"})",
             R"({"to":"2028-01-01T00:00:00Z"})",
         }) {
        CAPTURE(body);
        CHECK(complaint_about(body).starts_with("At once the clock is advanced by at most"));
    }
    CHECK(complaint_about(R"({"advance":1e300})") == "That is more than a century.");
    CHECK(complaint_about("{\"advance\":\"\xff\"}").starts_with("The body is"));
}
