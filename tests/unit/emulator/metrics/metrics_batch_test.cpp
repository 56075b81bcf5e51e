// What is counted in a batch comes out as if every single thing had been added.
#include "emulator/metrics/metrics_batch.hpp"
#include "emulator/random/random.hpp"

#include <doctest/doctest.h>

using namespace diorama;

namespace {

struct Gathered final : MetricsSink {
    std::vector<std::pair<std::string, Distribution>> puts;

    void put(const MetricId& id, Timestamp, const Distribution& values) override {
        puts.emplace_back(id.name, values);
    }
};

struct Scene {
    LiveMetrics metrics;
    SeriesId requests = series("Requests");
    SeriesId errors = series("Errors");
    SeriesId latency = series("Latency");
    SeriesId latency_of_zone = series("LatencyOfZone");
    SeriesId bytes = series("Bytes");

    SeriesId series(const std::string& name) {
        return metrics.series({"000000000000", "us-east-1", "AWS/Test", name, {}, "Count"});
    }

    void count_request(Metrics& into, bool is_error) const {
        into.add(requests, 1);
        into.add(errors, is_error ? 100 : 0);
    }

    void time_request(Metrics& into, double seconds) const {
        const SeriesId both[] = {latency, latency_of_zone};
        into.add_to_all(both, seconds);
    }

    Gathered gather() {
        Gathered gathered;
        metrics.gather(gathered, epoch);
        return gathered;
    }
};

} // namespace

TEST_CASE("metrics batch: the same as adding everything at once") {
    Scene batched;
    Scene direct;
    MetricsBatch batch;
    const auto good = batch.tally_of([&](Metrics& m) { batched.count_request(m, false); });
    const auto bad = batch.tally_of([&](Metrics& m) { batched.count_request(m, true); });
    const auto times =
        batch.stream_of([&](Metrics& m, double seconds) { batched.time_request(m, seconds); });
    const auto sizes =
        batch.stream_of([&](Metrics& m, double size) { m.add(batched.bytes, size); });
    Random random(4);
    for (int minute = 0; minute < 3; ++minute) {
        for (int i = 0; i < 5000; ++i) {
            const bool is_error = random.below(10) == 0;
            const double seconds = static_cast<double>(random.below(1 << 20)) / (1 << 20);
            const auto size = static_cast<double>(random.below(2000));
            batch.count(is_error ? bad : good);
            batch.add(times, seconds);
            batch.add_repeated(sizes, size);
            direct.count_request(direct.metrics, is_error);
            direct.time_request(direct.metrics, seconds);
            direct.metrics.add(direct.bytes, size);
        }
        // Others may add to the same series meanwhile.
        batched.metrics.add(batched.bytes, 7);
        direct.metrics.add(direct.bytes, 7);
        batch.hand_over(batched.metrics);
        batched.metrics.add(batched.bytes, 8);
        direct.metrics.add(direct.bytes, 8);
        const auto got = batched.gather();
        const auto expected = direct.gather();
        REQUIRE(got.puts.size() == 5);
        for (std::size_t i = 0; i < got.puts.size(); ++i) {
            const auto& [name, values] = got.puts[i];
            const auto& wanted = expected.puts[i].second;
            CHECK(name == expected.puts[i].first);
            CHECK(values.count() == wanted.count());
            CHECK(values.sum() == wanted.sum());
            CHECK(values.minimum() == wanted.minimum());
            CHECK(values.maximum() == wanted.maximum());
            CHECK(values.values() == wanted.values());
        }
    }
}

TEST_CASE("metrics batch: what was handed over is not handed over again") {
    Scene scene;
    MetricsBatch batch;
    const auto tally = batch.tally_of([&](Metrics& m) { scene.count_request(m, false); });
    batch.count(tally);
    batch.hand_over(scene.metrics);
    CHECK(scene.gather().puts.size() == 2);
    batch.hand_over(scene.metrics);
    CHECK(scene.gather().puts.empty());
}

TEST_CASE("metrics batch: equal additions are one tally, others are not") {
    Scene scene;
    MetricsBatch batch;
    const auto first = batch.tally_of([&](Metrics& m) { scene.count_request(m, false); });
    CHECK(batch.tally_of([&](Metrics& m) { scene.count_request(m, false); }) == first);
    CHECK(batch.tally_of([&](Metrics& m) { scene.count_request(m, true); }) != first);
}
