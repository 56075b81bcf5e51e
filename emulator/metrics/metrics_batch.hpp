// Metrics of one thread that says the same things over and over: what one happening adds to which
// series is learned once, from the code whose rule it is, and from then on only counted.
// Simulations count millions of requests with it and hand the sums on before the metrics are
// gathered.
#pragma once

#include "emulator/metrics/live_metrics.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <vector>

namespace diorama {

class MetricsBatch {
public:
    MetricsBatch();
    ~MetricsBatch();

    // Adds something to the Metrics it is given; always the same.
    using Addition = std::function<void(Metrics& metrics)>;
    // Adds a value of the caller's, once, to each of some series that are always the same.
    using AdditionOf = std::function<void(Metrics& metrics, double value)>;

    using TallyId = std::uint32_t;
    using StreamId = std::uint32_t;

    // Equal additions have the same tally.
    TallyId tally_of(const Addition& addition);
    StreamId stream_of(const AdditionOf& addition);

    // The addition has happened once more.
    void count(TallyId tally) {
        if (tallies_[tally].times++ == 0) counted_.push_back(tally);
    }

    void add(StreamId stream, double value);
    // Like add() for values of which there are not many.
    void add_repeated(StreamId stream, double value);

    // Everything since the last time.
    void hand_over(LiveMetrics& metrics);

private:
    struct Added {
        SeriesId series = 0;
        double value = 0;
        double count = 0;
        auto operator<=>(const Added&) const = default;
    };

    class Recorder;

    struct Tally {
        std::vector<Added> each;
        double times = 0;
    };

    // A place for one value that comes again and again.
    struct Repeated {
        double value = 0;
        double count = 0;
    };

    static constexpr int place_bits = 9;
    using Places = std::array<Repeated, 1 << place_bits>;

    struct Stream {
        std::vector<SeriesId> series;
        Distribution values;
        std::unique_ptr<Places> places; // if add_repeated() was used
    };

    std::map<std::vector<Added>, TallyId> known_tallies_;
    std::vector<Tally> tallies_;
    std::vector<TallyId> counted_;
    std::map<std::vector<SeriesId>, StreamId> known_streams_;
    std::vector<Stream> streams_;
};

} // namespace diorama
