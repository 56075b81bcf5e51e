// Points and spans of emulated time. Every moment that a service sees is one of these; where the
// moment comes from (the wall clock, a faster one, a simulation) is the business of clock.hpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace diorama {

using Duration = std::chrono::nanoseconds;
using Timestamp = std::chrono::sys_time<Duration>;

inline constexpr Timestamp epoch{};

// Seconds since 1970, with fraction.
double unix_seconds(Timestamp when);
Timestamp from_unix_seconds(double seconds);

// "2026-11-22T12:00:00Z", or with milliseconds "2026-11-22T12:00:00.123Z".
std::string iso8601(Timestamp when);
std::string iso8601_ms(Timestamp when);
// "20261122T120000Z", as SigV4 writes it.
std::string iso8601_basic(Timestamp when);
// "Sun, 22 Nov 2026 12:00:00 GMT", RFC 9110 5.6.7.
std::string http_date(Timestamp when);

// Accept the three spellings above, ISO 8601 with offset or fraction, a bare date, epoch seconds,
// and the two obsolete HTTP forms. Nothing for what is not a date, or not a possible one (30
// February).
std::optional<Timestamp> parse_iso8601(std::string_view text);
std::optional<Timestamp> parse_http_date(std::string_view text);

} // namespace diorama
