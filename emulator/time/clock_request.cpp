// See clock_request.hpp.
#include "emulator/time/clock_request.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <span>

namespace diorama {

namespace {

using nlohmann::json;

struct Unit {
    char letter;
    std::chrono::seconds length;
};

constexpr std::array units{
    Unit{'w', std::chrono::weeks(1)},
    Unit{'d', std::chrono::days(1)},
    Unit{'h', std::chrono::hours(1)},
    Unit{'m', std::chrono::minutes(1)},
    Unit{'s', std::chrono::seconds(1)},
};
constexpr std::chrono::seconds most = std::chrono::days(36'525);

constexpr auto usage =
    R"(The body is a JSON object: {"advance": "1h30m"} (or "PT1H30M", or a number of seconds), )"
    R"(or {"to": "2026-11-23T00:00:00Z"}.)";

// ISO 8601 writes the same units in capitals, with a T before those of a day. Its years and months
// have no length of their own.
std::optional<std::string> without_designators(std::string_view text) {
    if (!text.starts_with('P')) return std::string(text);
    text.remove_prefix(1);
    const auto mark = text.find('T');
    const auto date = text.substr(0, mark);
    const auto time = mark == text.npos ? std::string_view{} : text.substr(mark + 1);
    if (date.find_first_not_of("0123456789WD") != date.npos) return std::nullopt;
    if (time.find_first_not_of("0123456789HMS") != time.npos) return std::nullopt;
    if (mark != text.npos && time.empty()) return std::nullopt;
    std::string small;
    for (const char c : std::string(date) + std::string(time))
        small += c >= 'A' ? static_cast<char>(c - 'A' + 'a') : c;
    // A number alone would be seconds.
    if (small.empty() || small.back() <= '9') return std::nullopt;
    return small;
}

std::optional<std::chrono::seconds> take_number(std::string_view& text) {
    std::int64_t value = 0;
    if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || value > most.count()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return std::chrono::seconds(value);
}

std::variant<Duration, std::string> span_of(const json& wanted) {
    if (wanted.is_number()) {
        const double seconds = wanted.get<double>();
        if (!std::isfinite(seconds) || std::abs(seconds) > static_cast<double>(most.count()))
            return "That is more than a century.";
        return Duration(std::llround(seconds * 1e9));
    }
    if (!wanted.is_string()) return usage;
    const auto& text = wanted.get_ref<const std::string&>();
    if (text.starts_with('-')) return "Time does not go back.";
    if (const auto span = parse_span(text)) return *span;
    return fmt::format(
        "{} is not a span of time like 90s, 15m, 1h30m, 2d, PT1H or a number of seconds.",
        wanted.dump(-1, ' ', false, json::error_handler_t::replace)
    );
}

std::variant<Timestamp, std::string> checked(Timestamp target, Timestamp now) {
    if (target < now) return fmt::format("Time does not go back: it is {} here.", iso8601_ms(now));
    if (target - now > longest_advance || target > latest_time)
        return "At once the clock is advanced by at most 366 days, and not beyond the year 2200.";
    return target;
}

} // namespace

std::optional<Duration> parse_span(std::string_view given) {
    const auto small = without_designators(given);
    if (!small || small->empty()) return std::nullopt;
    std::string_view text = *small;
    std::span<const Unit> left = units;
    std::chrono::seconds sum{};
    const bool is_number = text.find_first_not_of("0123456789") == text.npos;
    if (is_number) return take_number(text);
    while (!text.empty()) {
        const auto number = take_number(text);
        if (!number || text.empty()) return std::nullopt;
        while (!left.empty() && left.front().letter != text.front())
            left = left.subspan(1);
        if (left.empty() || number->count() > most / left.front().length) return std::nullopt;
        sum += number->count() * left.front().length;
        left = left.subspan(1);
        text.remove_prefix(1);
    }
    return sum;
}

std::variant<Timestamp, std::string> read_clock_request(const std::string& body, Timestamp now) {
    const auto document = json::parse(body, nullptr, false);
    if (!document.is_object() || document.size() != 1) return usage;
    const auto& key = document.begin().key();
    const auto& wanted = document.begin().value();
    if (key == "advance") {
        const auto span = span_of(wanted);
        if (const auto* complaint = std::get_if<std::string>(&span)) return *complaint;
        return checked(now + std::get<Duration>(span), now);
    }
    if (key != "to" || !wanted.is_string()) return usage;
    const auto target = parse_iso8601(wanted.get<std::string>());
    if (!target) return "That is not a time like 2026-11-23T00:00:00Z.";
    return checked(*target, now);
}

} // namespace diorama
