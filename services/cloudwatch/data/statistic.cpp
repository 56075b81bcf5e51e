// See statistic.hpp. AWS: CloudWatch User Guide, "CloudWatch statistics definitions".
#include "services/cloudwatch/data/statistic.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace diorama::cloudwatch {

namespace {

std::optional<double> parse_number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return {};
    return value;
}

// The NN of pNN: at most ten decimals, 0 to 100.
std::optional<double> parse_percent(std::string_view text) {
    if (text.empty() || text.front() < '0' || text.front() > '9') return {};
    const auto point = text.find('.');
    if (point != std::string_view::npos && text.size() - point - 1 > 10) return {};
    if (text.find_first_not_of("0123456789.") != std::string_view::npos) return {};
    const auto value = parse_number(text);
    if (!value || *value > 100) return {};
    return value;
}

// "(10%:90%)", "(:300)", "(80%:)" behind TM and its kin.
std::optional<Statistic> parse_bounds(StatisticKind kind, std::string_view text) {
    if (text.size() < 3 || text.front() != '(' || text.back() != ')') return {};
    text = text.substr(1, text.size() - 2);
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return {};
    Statistic statistic{.kind = kind, .lower = {}, .upper = {}, .is_percent = false};
    std::string_view parts[] = {text.substr(0, colon), text.substr(colon + 1)};
    int percents = 0;
    int numbers = 0;
    for (int i = 0; i < 2; ++i) {
        auto part = parts[i];
        if (part.empty()) continue;
        ++numbers;
        if (part.back() == '%') {
            ++percents;
            part.remove_suffix(1);
            if (!parse_percent(part)) return {};
        }
        const auto value = parse_number(part);
        if (!value) return {};
        (i == 0 ? statistic.lower : statistic.upper) = *value;
    }
    if (numbers == 0 || (percents != 0 && percents != numbers)) return {};
    statistic.is_percent = percents != 0;
    // AWS: "PR … can be used only with absolute values".
    if (kind == StatisticKind::percentile_rank && statistic.is_percent) return {};
    if (statistic.lower && statistic.upper && *statistic.lower >= *statistic.upper) return {};
    return statistic;
}

struct Kept {
    double count = 0;
    double sum = 0;
    double below = 0; // how many were cut off below and above
    double above = 0;
    double least = 0; // the outermost kept values
    double greatest = 0;
};

// AWS: absolute bounds are "exclusive" below and "inclusive" above; percent bounds cut that share
// of the values.
Kept keep_within(const Statistic& statistic, const Distribution& distribution) {
    Kept kept;
    const auto values = distribution.values();
    double total = 0;
    for (const auto& [value, count] : values)
        total += count;
    const double low_rank = statistic.lower.value_or(0) / 100 * total;
    const double high_rank = statistic.upper.value_or(100) / 100 * total;
    double rank = 0;
    for (const auto& [value, count] : values) {
        double below = 0;
        double above = 0;
        if (statistic.is_percent) {
            below = std::clamp(low_rank - rank, 0.0, count);
            above = std::clamp(rank + count - high_rank, 0.0, count - below);
        } else if (statistic.lower && value <= *statistic.lower) {
            below = count;
        } else if (statistic.upper && value > *statistic.upper) {
            above = count;
        }
        rank += count;
        kept.below += below;
        kept.above += above;
        const double inside = count - below - above;
        if (inside <= 0) continue;
        if (kept.count == 0) kept.least = value;
        kept.greatest = value;
        kept.count += inside;
        kept.sum += inside * value;
    }
    return kept;
}

std::optional<double> trimmed(const Statistic& statistic, const Distribution& values) {
    const Kept kept = keep_within(statistic, values);
    switch (statistic.kind) {
    case StatisticKind::trimmed_count:
        return kept.count;
    case StatisticKind::trimmed_sum:
        return kept.sum;
    case StatisticKind::percentile_rank:
        return 100 * kept.count / (kept.count + kept.below + kept.above);
    case StatisticKind::winsorized_mean: {
        if (kept.count == 0) return {};
        // AWS: values outside the boundaries "are considered to be equal to the value at the edge".
        const bool absolute = !statistic.is_percent;
        const double low = absolute && statistic.lower ? *statistic.lower : kept.least;
        const double high = absolute && statistic.upper ? *statistic.upper : kept.greatest;
        return (kept.sum + kept.below * low + kept.above * high) /
               (kept.count + kept.below + kept.above);
    }
    default:
        if (kept.count == 0) return {};
        return kept.sum / kept.count;
    }
}

} // namespace

std::optional<Statistic> parse_statistic(std::string_view text) {
    using Kind = StatisticKind;
    if (text == "SampleCount")
        return Statistic{.kind = Kind::sample_count, .lower = {}, .upper = {}};
    if (text == "Average") return Statistic{.kind = Kind::average, .lower = {}, .upper = {}};
    if (text == "Sum") return Statistic{.kind = Kind::sum, .lower = {}, .upper = {}};
    if (text == "Minimum") return Statistic{.kind = Kind::minimum, .lower = {}, .upper = {}};
    if (text == "Maximum") return Statistic{.kind = Kind::maximum, .lower = {}, .upper = {}};
    if (text == "IQM") return Statistic{.kind = Kind::trimmed_mean, .lower = 25, .upper = 75};
    if (text.size() < 2) return {};
    if (text.front() == 'p') {
        const auto percent = parse_percent(text.substr(1));
        if (!percent) return {};
        return Statistic{.kind = Kind::percentile, .lower = {}, .upper = percent};
    }
    const std::pair<std::string_view, Kind> families[] = {
        {"tm", Kind::trimmed_mean},
        {"wm", Kind::winsorized_mean},
        {"tc", Kind::trimmed_count},
        {"ts", Kind::trimmed_sum},
    };
    for (const auto& [prefix, kind] : families) {
        if (!text.starts_with(prefix)) continue;
        const auto percent = parse_percent(text.substr(2));
        if (!percent) return {};
        return Statistic{.kind = kind, .lower = {}, .upper = percent};
    }
    const std::pair<std::string_view, Kind> ranges[] = {
        {"TM", Kind::trimmed_mean},
        {"WM", Kind::winsorized_mean},
        {"TC", Kind::trimmed_count},
        {"TS", Kind::trimmed_sum},
        {"PR", Kind::percentile_rank},
    };
    for (const auto& [prefix, kind] : ranges) {
        if (text.starts_with(prefix)) return parse_bounds(kind, text.substr(2));
    }
    return {};
}

std::optional<double> value_of(const Statistic& statistic, const Distribution& values) {
    if (values.empty()) return {};
    switch (statistic.kind) {
    case StatisticKind::sample_count:
        return values.count();
    case StatisticKind::average:
        return values.average();
    case StatisticKind::sum:
        return values.sum();
    case StatisticKind::minimum:
        return values.minimum();
    case StatisticKind::maximum:
        return values.maximum();
    default:
        break;
    }
    // AWS: "Percentile statistics are not available for metrics when any of the metric values are
    // negative numbers", nor for statistic sets of which the values cannot be told.
    if (!values.has_values() || values.minimum() < 0) return {};
    if (statistic.kind == StatisticKind::percentile)
        return values.percentile(statistic.upper.value_or(50));
    return trimmed(statistic, values);
}

} // namespace diorama::cloudwatch
