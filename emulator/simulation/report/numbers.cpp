// See numbers.hpp.
#include "emulator/simulation/report/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace diorama::simulation {

namespace {

// Three digits at most after rounding, zeros at the end of a fraction left out: 1.2, 12.5, 734.
std::string three_digits(double value) {
    const double magnitude = std::abs(value);
    int decimals = magnitude < 9.995 ? 2 : magnitude < 99.95 ? 1 : 0;
    if (magnitude > 0 && magnitude < 0.995) {
        // 0.0412 keeps its digits.
        decimals = std::min(9, 2 - static_cast<int>(std::floor(std::log10(magnitude))));
    }
    std::string text = fmt::format("{:.{}f}", value, decimals);
    if (text.find('.') != std::string::npos) {
        text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.') text.pop_back();
    }
    return text;
}

std::string with_unit(double value, std::string_view between, std::string_view unit) {
    return fmt::format("{}{}{}", three_digits(value), between, unit);
}

} // namespace

std::string count_text(double count) {
    if (!std::isfinite(count)) return "n/a";
    static constexpr std::array<std::string_view, 5> suffixes{"", "k", "M", "G", "T"};
    std::size_t suffix = 0;
    // 999.6 would be written as 1000.
    while (std::abs(count) >= 999.5 && suffix + 1 < suffixes.size()) {
        count /= 1000;
        ++suffix;
    }
    return with_unit(count, "", suffixes[suffix]);
}

std::string share_text(double share) {
    return std::isfinite(share) ? with_unit(share * 100, "", "%") : "n/a";
}

std::string latency_text(double seconds) {
    if (!std::isfinite(seconds)) return "n/a";
    if (seconds == 0) return "0 ms";
    if (seconds < 0.0009995) return with_unit(seconds * 1e6, " ", "µs");
    if (seconds < 0.9995) return with_unit(seconds * 1e3, " ", "ms");
    return with_unit(seconds, " ", "s");
}

std::string span_text(Duration span) {
    using namespace std::chrono;
    if (span < Duration::zero()) return "-" + span_text(-span);
    if (span < seconds(1)) {
        const auto milli = static_cast<double>(span.count()) / 1e6;
        return milli == 0 ? "0s" : with_unit(milli, "", "ms");
    }
    if (span < seconds(60) && span % seconds(1) != Duration::zero()) {
        const double tenths = std::floor(static_cast<double>(span.count()) / 1e8) / 10;
        return with_unit(tenths, "", "s");
    }
    const auto whole = duration_cast<seconds>(span).count();
    const auto hour = whole / 3600;
    const auto minute = whole / 60 % 60;
    const auto second = whole % 60;
    std::string text;
    if (hour > 0) text += fmt::format("{}h", hour);
    if (minute > 0 || (hour > 0 && second > 0))
        text += hour > 0 ? fmt::format("{:02}m", minute) : fmt::format("{}m", minute);
    if (second > 0 || text.empty())
        text += text.empty() ? fmt::format("{}s", second) : fmt::format("{:02}s", second);
    return text;
}

std::string dollars_text(double dollars) {
    if (!std::isfinite(dollars)) return "n/a";
    const char* sign = dollars < 0 ? "-" : "";
    const double magnitude = std::abs(dollars);
    if (magnitude > 0 && magnitude < 0.01) return fmt::format("{}${:.4f}", sign, magnitude);
    return fmt::format("{}${:.2f}", sign, magnitude);
}

std::string fixed_text(double value, int decimals) {
    return std::isfinite(value) ? fmt::format("{:.{}f}", value, decimals) : "n/a";
}

} // namespace diorama::simulation
