// The Metrics of a running cloud. Every thread adds to a shard of its own, so that edge threads
// never wait for each other; once per second of emulated time the world thread gathers the shards
// and hands the merged values on, in the order in which the series were registered.
//
// Measured (-O2, 8 series, both in one run): a counter's add costs 9 times less than one under a
// mutex around a map of distributions, 16 times less with two threads; with ever-changing values,
// which have to enter the histogram, 3 and 6 times less.
#pragma once

#include "emulator/metrics/metrics.hpp"

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace diorama {

class LiveMetrics final : public Metrics {
public:
    LiveMetrics();
    ~LiveMetrics() override;

    SeriesId series(const MetricId& id) override;
    void add(SeriesId series, double value, double count = 1) override;
    void add_each(std::span<const Value> values) override;
    void add_to_all(std::span<const SeriesId> all, double value, double count = 1) override;
    // What somebody has gathered on their own. Any thread.
    void merge(SeriesId series, const Distribution& values);

    // Takes everything added so far out of the shards and puts it to the sink, stamped `when`.
    // World thread only.
    void gather(MetricsSink& sink, Timestamp when);

private:
    class Shard;

    Shard& shard_of_this_thread();

    const std::uint64_t instance_; // tells the shards of two worlds in one process apart
    std::mutex mutex_;             // guards what follows; not taken by add() on a known thread
    std::map<MetricId, SeriesId> known_;
    std::deque<const MetricId*> ids_; // by SeriesId
    std::vector<std::unique_ptr<Shard>> shards_;
    std::map<std::thread::id, Shard*> shards_by_thread_;
};

} // namespace diorama
