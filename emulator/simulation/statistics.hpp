// What the clients of a run experienced, counted as it happens in memory that does not grow with
// the number of requests: outcomes by population and route, and latencies by step of time.
#pragma once

#include "emulator/simulation/results.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace diorama::simulation {

// Counts of latencies in buckets one per cent wide, from a microsecond to a quarter of an hour.
class LatencyHistogram {
public:
    void add(double seconds) { add_to(bucket_of(seconds)); }

    std::uint64_t count() const { return count_; }

    // 0 < p <= 100; 0 without values.
    double percentile(double p) const;
    void clear();
    void merge(const LatencyHistogram& other);
    // Values with how many there are, ascending, two buckets as one.
    std::vector<std::pair<float, std::uint32_t>> coarse() const;
    Distribution distribution() const;

    // For those who add one value to several: where it belongs.
    static std::size_t bucket_of(double seconds);

    void add_to(std::size_t bucket) {
        ++buckets_[bucket];
        ++count_;
    }

    static constexpr int sub_bucket_bits = 6;
    static constexpr int octaves = 30;
    static constexpr std::size_t bucket_count = octaves << sub_bucket_bits;
    // The least of those that fall into a bucket; of the first, 0.
    static double least_of(std::size_t bucket);

private:
    static double value_of(std::size_t bucket);

    std::array<std::uint64_t, bucket_count> buckets_{};
    std::uint64_t count_ = 0;
};

using RowId = std::uint32_t;

class Statistics {
public:
    // Times are counted from `start`; what happens before `start + warmup` is not counted.
    Statistics(Timestamp start, Duration duration, Duration warmup);

    RowId add_row(std::string population, std::string route);

    // A request that was sent at `sent` has ended at `now`.
    void record(RowId row, Outcome outcome, Timestamp sent, Timestamp now);

    void record_retry(RowId row) {
        ++rows_[row].counts.retries;
        ++rows_[row].step.retries;
    }

    void record_gave_up(RowId row) {
        ++rows_[row].counts.gave_up;
        ++rows_[row].step.gave_up;
    }

    Duration step() const { return step_; }

    Timestamp start() const { return start_; }

    // The rows, timelines and heat map of the run up to `now`.
    void put_into(Results& results, Timestamp now);

private:
    // Requests are counted into the open step, and steps are added up when they are closed.
    struct Row {
        OutcomeRow counts;
        LatencyHistogram latency;
        OutcomeStep step;
        LatencyHistogram step_latency;
    };

    // Of one step of time.
    struct Slice {
        std::uint64_t requests = 0;
        std::uint64_t errors = 0;
        double p50 = 0;
        double p95 = 0;
        double p99 = 0;
        std::vector<std::uint32_t> bands;
    };

    void advance_to(Timestamp now);
    std::size_t band_of(double seconds, std::size_t bucket) const;
    void close_slice();
    static void close_step(Row& row);

    Timestamp start_;
    Timestamp counts_from_;
    Duration step_;
    Timestamp open_until_; // when the open slice ends
    // The band of the least latency of each bucket.
    std::array<std::uint8_t, LatencyHistogram::bucket_count> first_bands_{};
    std::vector<Row> rows_;
    std::vector<Slice> slices_;
    Slice open_;
    LatencyHistogram open_latency_;
};

} // namespace diorama::simulation
