// What POST /_diorama/clock asks for: {"advance":"1h"} or {"to":"2026-11-23T00:00:00Z"}. Whether
// that can be, and where the clock is to go.
#pragma once

#include "emulator/time/time.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace diorama {

// At once; more than a year is more than one request.
inline constexpr Duration longest_advance = std::chrono::hours(24) * 366;
// Nanoseconds in 64 bits end in 2262.
inline constexpr Timestamp latest_time = std::chrono::sys_days(std::chrono::year(2200) / 1 / 1);

// "90s", "15m", "1h30m", "2d", "PT1H30M", "P2D", "90": whole numbers, each unit once and the larger
// one first. Nothing for anything else, and for more than a century.
std::optional<Duration> parse_span(std::string_view text);

// The time to advance to from `now`, or a sentence that says what is wrong.
std::variant<Timestamp, std::string> read_clock_request(const std::string& body, Timestamp now);

} // namespace diorama
