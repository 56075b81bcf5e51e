// See metric_store.hpp.
#include "services/cloudwatch/data/metric_store.hpp"

#include "services/cloudwatch/limits.hpp"

#include <algorithm>

namespace diorama::cloudwatch {

void MetricStore::put(
    const MetricId& id,
    Timestamp when,
    const Distribution& values,
    StorageResolution resolution
) {
    if (values.empty()) return;
    auto& metric =
        metrics_[MetricKey{id.account, id.region, id.metric_namespace, id.name, id.dimensions}];
    metric.by_unit[id.unit.empty() ? "None" : id.unit].put(when, values, resolution);
}

const Metric* MetricStore::find(const MetricKey& key) const {
    const auto found = metrics_.find(key);
    return found == metrics_.end() ? nullptr : &found->second;
}

const TimeSeries* MetricStore::find_series(const MetricKey& key, const std::string& unit) const {
    const auto* metric = find(key);
    if (metric == nullptr || metric->by_unit.empty()) return nullptr;
    if (unit.empty()) return &metric->by_unit.begin()->second;
    const auto found = metric->by_unit.find(unit);
    return found == metric->by_unit.end() ? nullptr : &found->second;
}

void MetricStore::age(Timestamp now) {
    for (auto& [key, metric] : metrics_) {
        for (auto& [unit, series] : metric.by_unit)
            series.age(now);
    }
    std::erase_if(metrics_, [now](const auto& entry) {
        return newest_datapoint_of(entry.second) < now - limits::keeps_hours;
    });
}

Timestamp newest_datapoint_of(const Metric& metric) {
    Timestamp newest = epoch;
    for (const auto& [unit, series] : metric.by_unit)
        newest = std::max(newest, series.newest());
    return newest;
}

} // namespace diorama::cloudwatch
