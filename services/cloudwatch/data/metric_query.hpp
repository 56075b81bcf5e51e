// Questions to the metric store: one metric and statistic, or an expression over others, by period.
// What GetMetricData asks and what an alarm watches.
#pragma once

#include "services/cloudwatch/data/metric_math.hpp"
#include "services/cloudwatch/data/metric_store.hpp"
#include "services/cloudwatch/data/statistic.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace diorama::cloudwatch {

struct MetricStat {
    std::string metric_namespace;
    std::string metric_name;
    std::vector<Dimension> dimensions; // sorted by name
    int period_s = 60;
    std::string statistic;
    std::string unit; // empty: any
    bool operator==(const MetricStat&) const = default;
};

// Either metric_stat or expression.
struct MetricQuery {
    std::string id;
    std::optional<MetricStat> metric_stat;
    std::string expression;
    std::string label;
    bool returns_data = true;
    int period_s = 0; // of an expression; 0: that of its metrics
    bool operator==(const MetricQuery&) const = default;
};

// A store as one account sees it in one region.
struct MetricView {
    const MetricStore& store;
    std::string account;
    std::string region;

    const TimeSeries* find(const MetricStat& stat) const;
};

// One value per period of `timeline` for which there is one. `sample_counts` gets the number of
// samples of each, if wanted.
Series read_series(
    const MetricView& view,
    const MetricStat& stat,
    const std::vector<Timestamp>& timeline,
    Series* sample_counts = nullptr
);

// The starts of the periods from `start` (included) to `end` (excluded).
std::vector<Timestamp> timeline_of(Timestamp start, Timestamp end, Duration period);

struct QueryResult {
    std::vector<Series> series; // one, unless an expression gives several
    Duration period{};
    std::string error; // of an expression
};

// Answers all queries, each over the timeline that `timeline_for` gives for its period.
std::map<std::string, QueryResult> answer(
    const MetricView& view,
    const std::vector<MetricQuery>& queries,
    const std::function<std::vector<Timestamp>(Duration period)>& timeline_for
);

} // namespace diorama::cloudwatch
