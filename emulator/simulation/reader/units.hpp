// Quantities as people write them: `90s`, `3h30m`, `2000/s`, `5%`, `64KiB`, `12 USD`. Numbers come
// back in base units: nanoseconds, bytes, shares of 1, dollars, per second.
#pragma once

#include "emulator/time/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace diorama::simulation {

enum class Quantity { number, duration, size, share, rate, money };

// "a duration like `90s` or `3h30m`"
std::string_view description_of(Quantity quantity);

// Any sign; nothing for what is none. A duration needs a unit unless it is 0; a size without one
// counts bytes; a share without one is a fraction of 1; money without one is dollars.
std::optional<double> parse_quantity(std::string_view text, Quantity quantity);

// A whole text that is one finite number.
std::optional<double> parse_number(std::string_view text);
std::optional<Duration> parse_duration(std::string_view text);

struct RateText {
    double per_second = 0;
    bool counts_requests = false; // "400 requests/s"; else visits
};

std::optional<RateText> parse_rate(std::string_view text);

std::string_view trimmed(std::string_view text);

// "3h30m", "250ms", "0s".
std::string spelled(Duration duration);

} // namespace diorama::simulation
