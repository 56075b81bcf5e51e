// Statistics: how the values of a period become one number. The simple five, percentiles, and the
// trimmed family (trimmed mean, winsorized mean, trimmed count, trimmed sum, percentile rank).
#pragma once

#include "emulator/metrics/distribution.hpp"

#include <optional>
#include <string_view>

namespace diorama::cloudwatch {

enum class StatisticKind {
    sample_count,
    average,
    sum,
    minimum,
    maximum,
    percentile,      // pNN
    trimmed_mean,    // tmNN, TM(…), IQM
    winsorized_mean, // wmNN, WM(…)
    trimmed_count,   // tcNN, TC(…)
    trimmed_sum,     // tsNN, TS(…)
    percentile_rank, // PR(…)
};

struct Statistic {
    StatisticKind kind = StatisticKind::average;
    // The bounds of the trimmed family, in per cent of the values or as values; for a percentile,
    // `upper` is the percentile.
    std::optional<double> lower;
    std::optional<double> upper;
    bool is_percent = true;

    bool is_extended() const { return kind >= StatisticKind::percentile; }
};

// "Average", "p99.9", "TM(10%:90%)", "wm98", "PR(:300)"; nothing for anything else.
std::optional<Statistic> parse_statistic(std::string_view text);

// Nothing when the values do not tell (none at all; a percentile of statistic sets or of negative
// values).
std::optional<double> value_of(const Statistic& statistic, const Distribution& values);

} // namespace diorama::cloudwatch
