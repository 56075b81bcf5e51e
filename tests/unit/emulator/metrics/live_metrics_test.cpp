#include "emulator/metrics/live_metrics.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace diorama;

namespace {

struct Gathered final : MetricsSink {
    struct Put {
        std::string name;
        Timestamp when;
        Distribution values;
    };

    std::vector<Put> puts;

    void put(const MetricId& id, Timestamp when, const Distribution& values) override {
        puts.push_back({id.name, when, values});
    }
};

MetricId metric(const std::string& name) {
    return {"000000000000", "us-east-1", "AWS/Test", name, {}, "Count"};
}

} // namespace

TEST_CASE("series: the same identity gives the same series, another one a new series") {
    LiveMetrics metrics;
    const auto requests = metrics.series(metric("Requests"));
    CHECK(metrics.series(metric("Requests")) == requests);
    CHECK(metrics.series(metric("Errors")) != requests);
}

TEST_CASE("gather: puts what was added since the last time, in the order of registration") {
    LiveMetrics metrics;
    const auto second = metrics.series(metric("Second"));
    const auto first = metrics.series(metric("First"));
    metrics.series(metric("Silent"));
    metrics.add(first, 7);
    metrics.add(second, 1);
    metrics.add(second, 1);
    metrics.add(second, 3, 2);
    metrics.add(second, 1);
    Gathered gathered;
    metrics.gather(gathered, epoch + std::chrono::seconds(5));
    REQUIRE(gathered.puts.size() == 2);
    CHECK(gathered.puts[0].name == "Second");
    CHECK(gathered.puts[0].when == epoch + std::chrono::seconds(5));
    CHECK(gathered.puts[0].values.count() == 5);
    CHECK(gathered.puts[0].values.sum() == 9);
    CHECK(gathered.puts[0].values.maximum() == 3);
    CHECK(gathered.puts[1].name == "First");

    Gathered again;
    metrics.gather(again, epoch);
    CHECK(again.puts.empty());
    metrics.add(first, 2);
    metrics.gather(again, epoch);
    REQUIRE(again.puts.size() == 1);
    CHECK(again.puts[0].values.sum() == 2);
}

TEST_CASE("add: a count of zero or less adds nothing") {
    LiveMetrics metrics;
    const auto series = metrics.series(metric("Requests"));
    metrics.add(series, 1, 0);
    metrics.add(series, 1, -1);
    Gathered gathered;
    metrics.gather(gathered, epoch);
    CHECK(gathered.puts.empty());
}

TEST_CASE("add: nothing is lost between threads that add while the world gathers") {
    LiveMetrics metrics;
    const auto series = metrics.series(metric("Requests"));
    constexpr int per_thread = 20'000;
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < per_thread; ++n)
                metrics.add(series, n % 4);
        });
    }
    Gathered gathered;
    for (int i = 0; i < 50; ++i)
        metrics.gather(gathered, epoch);
    for (auto& thread : threads)
        thread.join();
    metrics.gather(gathered, epoch);
    double count = 0;
    double sum = 0;
    for (const auto& put : gathered.puts) {
        count += put.values.count();
        sum += put.values.sum();
    }
    CHECK(count == 3 * per_thread);
    CHECK(sum == 3 * per_thread * 1.5);
}

TEST_CASE("add: two clouds in one process keep their values apart") {
    LiveMetrics one;
    LiveMetrics other;
    one.add(one.series(metric("Requests")), 1);
    other.add(other.series(metric("Requests")), 2);
    one.add(one.series(metric("Requests")), 1);
    Gathered gathered;
    one.gather(gathered, epoch);
    REQUIRE(gathered.puts.size() == 1);
    CHECK(gathered.puts[0].values.sum() == 2);
}
