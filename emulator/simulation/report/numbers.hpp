// How a report writes numbers for people: three digits that matter and the unit that fits. The same
// text on every machine: no locale, no rounding mode of the C library.
#pragma once

#include "emulator/time/time.hpp"

#include <string>

namespace diorama::simulation {

std::string count_text(double count);     // "0", "734", "1.2k", "86.4M"
std::string share_text(double share);     // of 1: "0%", "0.041%", "12.5%"
std::string latency_text(double seconds); // "250 µs", "734 ms", "1.2 s"
std::string span_text(Duration span);     // "45s", "2m30s", "3h31m", "734ms"
std::string dollars_text(double dollars); // "$11.42"
std::string fixed_text(double value, int decimals);

} // namespace diorama::simulation
