// The daily count of what lies in a bucket.
#include "emulator/metrics/live_metrics.hpp"
#include "emulator/time/virtual_time.hpp"
#include "services/s3/background/storage_metrics.hpp"
#include "services/s3/data/store.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace diorama;
using namespace std::chrono_literals;

namespace {

class Collected final : public MetricsSink {
public:
    void put(const MetricId& id, Timestamp, const Distribution& values) override {
        sums[id.name + " " + id.dimensions[0].value] += values.sum();
    }

    std::map<std::string, double> sums;
};

} // namespace

TEST_CASE("storage metrics: once a day every bucket tells how many objects and bytes it holds") {
    VirtualTime time;
    LiveMetrics metrics;
    ForgetfulJournal journal;
    SilentLog log;
    Environment environment{time, time, Random(1), metrics, journal, log};
    s3::Store store("", [](const std::function<void()>& work) { work(); }, log);
    s3::Bucket bucket;
    bucket.name = "assets";
    bucket.account = "000000000000";
    bucket.region = "us-east-1";
    for (const auto& [key, size] : std::map<std::string, std::uint64_t>{{"a", 10}, {"b", 32}}) {
        auto object = std::make_shared<s3::Object>();
        object->key = key;
        object->size = size;
        bucket.objects[key] = object;
    }
    {
        const std::lock_guard lock(store.state->mutex);
        store.state->add_bucket(std::move(bucket));
    }
    const s3::StorageMetrics storage_metrics(environment, *store.state);
    time.run_for(23h);
    Collected collected;
    metrics.gather(collected, time.now());
    CHECK(collected.sums.empty());
    time.run_for(2h);
    metrics.gather(collected, time.now());
    CHECK(collected.sums["NumberOfObjects assets"] == 2);
    CHECK(collected.sums["BucketSizeBytes assets"] == 42);
}
