// How anything in the emulator says what happened. A component registers a series once and then
// adds values to it, from any thread, at the cost of a few nanoseconds; every second of emulated
// time the world gathers what was added and hands it to the sink, which is CloudWatch.
#pragma once

#include "emulator/metrics/distribution.hpp"
#include "emulator/time/time.hpp"

#include <compare>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace diorama {

struct Dimension {
    std::string name;
    std::string value;
    auto operator<=>(const Dimension&) const = default;
};

// The identity of a series, in one account and region.
struct MetricId {
    std::string account;
    std::string region;
    std::string metric_namespace;      // "AWS/ApplicationELB"
    std::string name;                  // "RequestCount"
    std::vector<Dimension> dimensions; // sorted by name
    std::string unit;                  // CloudWatch's words: "Count", "Seconds", "None"
    auto operator<=>(const MetricId&) const = default;
};

using SeriesId = std::uint32_t;

class Metrics {
public:
    virtual ~Metrics() = default;
    // The same id gives the same series. Any thread; keep the result, this takes a lock.
    virtual SeriesId series(const MetricId& id) = 0;
    // Adds `count` occurrences of `value`. Any thread.
    virtual void add(SeriesId series, double value, double count = 1) = 0;

    struct Value {
        SeriesId series = 0;
        double value = 0;
    };

    // One of each, for less than as many calls of add(). Any thread.
    virtual void add_each(std::span<const Value> values) {
        for (const auto& each : values)
            add(each.series, each.value);
    }

    // The same to several series, which is how AWS tells one thing under several dimensions.
    virtual void add_to_all(std::span<const SeriesId> all, double value, double count = 1) {
        for (const auto each : all)
            add(each, value, count);
    }
};

// Where gathered values go. World thread only.
class MetricsSink {
public:
    virtual ~MetricsSink() = default;
    virtual void put(const MetricId& id, Timestamp when, const Distribution& values) = 0;
};

class DiscardedMetrics final : public Metrics {
public:
    SeriesId series(const MetricId&) override { return 0; }

    void add(SeriesId, double, double) override {}
};

} // namespace diorama
