#include "services/cloudwatch/data/metric_store.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::cloudwatch;
using namespace std::chrono_literals;

namespace {

constexpr Timestamp start{std::chrono::seconds(1'767'225'600)}; // 2026-01-01, a whole hour

Distribution one(double value) {
    Distribution values;
    values.add(value);
    return values;
}

} // namespace

TEST_CASE("period_at: values of one minute are one datapoint, whatever the second") {
    TimeSeries series;
    series.put(start + 61s, one(1), StorageResolution::standard);
    series.put(start + 119s, one(3), StorageResolution::standard);
    series.put(start + 5s, one(10), StorageResolution::standard);
    CHECK(series.period_at(start + 60s, 60s).sum() == 4);
    CHECK(series.period_at(start, 60s).sum() == 10);
    CHECK(series.period_at(start, 300s).count() == 3);
    CHECK(series.period_at(start + 120s, 60s).empty());
}

TEST_CASE("period_at: periods under a minute see high-resolution values only") {
    TimeSeries series;
    series.put(start + 1s, one(1), StorageResolution::standard);
    series.put(start + 12s, one(2), StorageResolution::high);
    CHECK(series.period_at(start, 10s).empty());
    CHECK(series.period_at(start + 10s, 10s).sum() == 2);
    CHECK(series.period_at(start, 60s).sum() == 3);
}

TEST_CASE("age: values are rolled up with time, and then forgotten") {
    TimeSeries series;
    series.put(start, one(1), StorageResolution::high);
    series.put(start + 60s, one(2), StorageResolution::high);
    series.age(start + 4h);
    CHECK(series.period_at(start, 1s).empty());
    CHECK(series.period_at(start, 60s).sum() == 1);
    series.age(start + 16 * 24h);
    CHECK(series.period_at(start, 60s).empty());
    CHECK(series.period_at(start, 300s).sum() == 3);
    series.age(start + 64 * 24h);
    CHECK(series.period_at(start, 300s).empty());
    CHECK(series.period_at(start, 3600s).sum() == 3);
    series.age(start + 456 * 24h);
    CHECK(series.period_at(start, 3600s).empty());
}

TEST_CASE("put: each combination of dimensions is a metric of its own, each unit a series") {
    MetricStore store;
    const MetricId plain{"0", "us-east-1", "App", "Latency", {}, "Seconds"};
    auto other_unit = plain;
    other_unit.unit = "Count";
    auto with_dimension = plain;
    with_dimension.dimensions = {{"Host", "a"}};
    store.put(plain, start, one(1), StorageResolution::standard);
    store.put(other_unit, start, one(2), StorageResolution::standard);
    store.put(with_dimension, start, one(3), StorageResolution::standard);
    CHECK(store.metrics().size() == 2);
    const MetricKey key{"0", "us-east-1", "App", "Latency", {}};
    CHECK(store.find_series(key, "")->period_at(start, 60s).sum() == 2); // Count before Seconds
    CHECK(store.find_series(key, "Seconds")->period_at(start, 60s).sum() == 1);
    CHECK(store.find_series(key, "Bytes") == nullptr);
}
