// See units.hpp.
#include "emulator/simulation/reader/units.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

namespace diorama::simulation {

namespace {

struct Unit {
    std::string_view name;
    double factor;
};

constexpr double second = 1e9; // nanoseconds
constexpr std::array duration_units{
    Unit{"ns", 1},
    Unit{"us", 1e3},
    Unit{"µs", 1e3},
    Unit{"ms", 1e6},
    Unit{"s", second},
    Unit{"m", 60 * second},
    Unit{"min", 60 * second},
    Unit{"h", 3600 * second},
    Unit{"d", 86'400 * second},
};
constexpr std::array size_units{
    Unit{"B", 1},
    Unit{"kB", 1e3},
    Unit{"KB", 1e3},
    Unit{"MB", 1e6},
    Unit{"GB", 1e9},
    Unit{"TB", 1e12},
    Unit{"KiB", 1024},
    Unit{"MiB", 1024.0 * 1024},
    Unit{"GiB", 1024.0 * 1024 * 1024},
    Unit{"TiB", 1024.0 * 1024 * 1024 * 1024},
};
constexpr std::array rate_units{
    Unit{"s", 1},
    Unit{"sec", 1},
    Unit{"second", 1},
    Unit{"m", 1.0 / 60},
    Unit{"min", 1.0 / 60},
    Unit{"minute", 1.0 / 60},
    Unit{"h", 1.0 / 3600},
    Unit{"hour", 1.0 / 3600},
    Unit{"d", 1.0 / 86'400},
    Unit{"day", 1.0 / 86'400},
};

// Nothing that is read reaches this far; what does is a slip of the pen or of a fuzzer.
constexpr double greatest = 1e18;

std::optional<double> factor_of(std::string_view name, std::span<const Unit> units) {
    for (const Unit& unit : units) {
        if (unit.name == name) return unit.factor;
    }
    return std::nullopt;
}

// Takes a number from the front of the text.
std::optional<double> take_number(std::string_view& text) {
    double value = 0;
    // from_chars would also take "inf", "nan" and a sign in the middle of "3h-30m".
    if (text.empty() || ((text[0] < '0' || text[0] > '9') && text[0] != '.')) return std::nullopt;
    const auto format = std::chars_format::fixed;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value, format);
    if (error != std::errc() || !std::isfinite(value)) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

std::optional<double> bounded(std::optional<double> value) {
    if (value && std::abs(*value) > greatest) return std::nullopt;
    return value;
}

bool take_sign(std::string_view& text) {
    if (!text.starts_with('-')) return false;
    text.remove_prefix(1);
    text = trimmed(text);
    return true;
}

// "3h30m", "1d 2h"; the sign has been taken.
std::optional<double> parse_parts(std::string_view text) {
    if (parse_number(text) == 0.0) return 0;
    double sum = 0;
    while (!text.empty()) {
        const auto value = take_number(text);
        if (!value) return std::nullopt;
        text = trimmed(text);
        const auto end = text.find_first_of("0123456789. ");
        const auto factor = factor_of(text.substr(0, end), duration_units);
        if (!factor) return std::nullopt;
        sum += *value * *factor;
        text = end == std::string_view::npos ? std::string_view{} : trimmed(text.substr(end));
    }
    return sum;
}

std::optional<double> parse_with(std::string_view text, std::span<const Unit> units) {
    const auto value = take_number(text);
    text = trimmed(text);
    if (!value || text.empty()) return value;
    const auto factor = factor_of(text, units);
    if (!factor) return std::nullopt;
    return *value * *factor;
}

std::optional<double> parse_money(std::string_view text) {
    if (text.starts_with('$')) text = trimmed(text.substr(1));
    static constexpr std::array units{Unit{"USD", 1}, Unit{"$", 1}, Unit{"dollars", 1}};
    return parse_with(text, units);
}

std::optional<double> parse_unsigned(std::string_view text, Quantity quantity) {
    switch (quantity) {
    case Quantity::number:
        return parse_with(text, {});
    case Quantity::duration:
        return parse_parts(text);
    case Quantity::size:
        return parse_with(text, size_units);
    case Quantity::share: {
        static constexpr std::array units{Unit{"%", 0.01}};
        return parse_with(text, units);
    }
    case Quantity::rate:
        if (const auto rate = parse_rate(text); rate && !rate->counts_requests)
            return rate->per_second;
        return std::nullopt;
    case Quantity::money:
        return parse_money(text);
    }
    return std::nullopt;
}

} // namespace

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string_view description_of(Quantity quantity) {
    switch (quantity) {
    case Quantity::number:
        return "a number";
    case Quantity::duration:
        return "a duration like `90s` or `3h30m`";
    case Quantity::size:
        return "a size like `64KiB` or `1MB`";
    case Quantity::share:
        return "a share like `5%`";
    case Quantity::rate:
        return "a rate like `400/s` or `120/min`";
    case Quantity::money:
        return "an amount like `12 USD`";
    }
    return "";
}

std::optional<double> parse_quantity(std::string_view text, Quantity quantity) {
    text = trimmed(text);
    const bool is_negative = take_sign(text);
    auto value = text.empty() ? std::nullopt : bounded(parse_unsigned(text, quantity));
    // Percents are exact to people: 0.1 % is 0.001, not the next double.
    if (value && is_negative && *value != 0) value = -*value;
    return value;
}

std::optional<double> parse_number(std::string_view text) {
    return parse_quantity(text, Quantity::number);
}

std::optional<Duration> parse_duration(std::string_view text) {
    const auto value = parse_quantity(text, Quantity::duration);
    if (!value) return std::nullopt;
    return Duration(std::llround(*value));
}

std::optional<RateText> parse_rate(std::string_view text) {
    text = trimmed(text);
    const bool is_negative = take_sign(text);
    const auto slash = text.rfind('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto per = factor_of(trimmed(text.substr(slash + 1)), rate_units);
    std::string_view amount = text.substr(0, slash);
    const auto value = take_number(amount);
    amount = trimmed(amount);
    const bool counts_requests = amount == "requests" || amount == "request";
    const bool is_known = counts_requests || amount.empty() || amount == "visits";
    if (!per || !value || !is_known || *value > greatest) return std::nullopt;
    return RateText{*value * *per * (is_negative ? -1 : 1), counts_requests};
}

std::string spelled(Duration duration) {
    if (duration == Duration::zero()) return "0s";
    static constexpr std::array<std::pair<std::string_view, std::int64_t>, 7> units{{
        {"d", 86'400'000'000'000},
        {"h", 3'600'000'000'000},
        {"m", 60'000'000'000},
        {"s", 1'000'000'000},
        {"ms", 1'000'000},
        {"us", 1'000},
        {"ns", 1},
    }};
    std::string text = duration < Duration::zero() ? "-" : "";
    std::int64_t rest = duration.count() < 0 ? -duration.count() : duration.count();
    for (const auto& [name, size] : units) {
        // A day alone is a day, but a day and an hour are 25h.
        if (name == "d" && rest % size != 0) continue;
        if (rest >= size) text += fmt::format("{}{}", rest / size, name);
        rest %= size;
    }
    return text;
}

} // namespace diorama::simulation
