// Metrics that a test can ask for what was added.
#pragma once

#include "emulator/metrics/metrics.hpp"

#include <fmt/core.h>

#include <map>
#include <string>
#include <vector>

namespace diorama::elbv2 {

class RecordedMetrics final : public Metrics {
public:
    SeriesId series(const MetricId& id) override {
        auto name = id.name;
        for (const auto& dimension : id.dimensions)
            name += fmt::format(" {}", dimension.value);
        for (SeriesId i = 0; i < names_.size(); ++i)
            if (names_[i] == name) return i;
        names_.push_back(name);
        return static_cast<SeriesId>(names_.size() - 1);
    }

    void add(SeriesId series, double value, double count) override {
        sums_[names_[series]] += value * count;
    }

    // Of the series whose name is followed by these dimension values, in the order of their names:
    // "RequestCount us-east-1a app/web/1".
    double sum(const std::string& series) const {
        const auto found = sums_.find(series);
        return found == sums_.end() ? 0 : found->second;
    }

private:
    std::vector<std::string> names_;
    std::map<std::string, double> sums_;
};

} // namespace diorama::elbv2
