// The memory of one metric in one unit: distributions by bucket of time, fine while young and
// coarser with age. Values go in once and are rolled up as they grow old, so that memory is bounded
// however long a cloud lives.
#pragma once

#include "emulator/metrics/distribution.hpp"
#include "emulator/time/time.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace diorama::cloudwatch {

enum class StorageResolution : int { high = 1, standard = 60 };

// One tier: buckets of one width, sorted by their start.
class Tier {
public:
    using Seconds = std::int64_t;
    using Bucket = std::pair<Seconds, Distribution>;

    explicit Tier(Seconds width)
        : width_(width) {}

    void put(Seconds when, const Distribution& values);
    // Adds every bucket that starts in [first, last) to `sum`.
    void add_to(Distribution& sum, Seconds first, Seconds last) const;
    // Removes the buckets that start before `limit`, handing each to `older` if there is one.
    void retire(Seconds limit, Tier* older);

    Seconds width() const { return width_; }

    bool empty() const { return buckets_.empty(); }

    Seconds newest() const { return buckets_.back().first; } // not when empty

    Seconds oldest() const { return buckets_.front().first; } // not when empty

private:
    Seconds width_;
    std::vector<Bucket> buckets_;
};

class TimeSeries {
public:
    void put(Timestamp when, const Distribution& values, StorageResolution resolution);
    // What was put in the period that starts at `start`. AWS: "Data points with a period of 60
    // seconds are available for 15 days", and so on: a period that is no multiple of a tier's width
    // does not see that tier.
    Distribution period_at(Timestamp start, Duration period) const;
    // Rolls up and forgets what is older than the retention allows.
    void age(Timestamp now);
    // The start of the newest bucket; the epoch if nothing was ever put.
    Timestamp newest() const;
    // The start of the oldest bucket.
    Timestamp oldest() const;

private:
    Tier seconds_{1};
    Tier minutes_{60};
    Tier five_minutes_{300};
    Tier hours_{3600};
};

} // namespace diorama::cloudwatch
