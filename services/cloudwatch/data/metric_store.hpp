// All metrics of one cloud: which exist, and their time series. World thread only.
#pragma once

#include "emulator/metrics/metrics.hpp"
#include "services/cloudwatch/data/time_series.hpp"

#include <compare>
#include <map>
#include <string>
#include <vector>

namespace diorama::cloudwatch {

// AWS: "A metric is uniquely identified by a name, a namespace, and zero or more dimensions." Every
// different combination of dimensions is another metric. The unit is kept per datapoint.
struct MetricKey {
    std::string account;
    std::string region;
    std::string metric_namespace;
    std::string name;
    std::vector<Dimension> dimensions; // sorted by name
    auto operator<=>(const MetricKey&) const = default;
};

struct Metric {
    std::map<std::string, TimeSeries> by_unit;
};

class MetricStore {
public:
    void put(const MetricId& id, Timestamp when, const Distribution& values, StorageResolution);
    // nullptr when nothing was ever put to it.
    const Metric* find(const MetricKey& key) const;
    // The series of that unit; of an empty unit, the alphabetically first one. nullptr if none.
    const TimeSeries* find_series(const MetricKey& key, const std::string& unit) const;

    const std::map<MetricKey, Metric>& metrics() const { return metrics_; }

    // Rolls up, and drops metrics that hold nothing any more. Call now and then.
    void age(Timestamp now);

private:
    std::map<MetricKey, Metric> metrics_;
};

Timestamp newest_datapoint_of(const Metric& metric);

} // namespace diorama::cloudwatch
