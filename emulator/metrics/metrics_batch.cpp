// See metrics_batch.hpp.
#include "emulator/metrics/metrics_batch.hpp"

#include "emulator/assert.hpp"

#include <bit>

namespace diorama {

// Notes what is added instead of adding it.
class MetricsBatch::Recorder final : public Metrics {
public:
    SeriesId series(const MetricId&) override { UNREACHABLE(); }

    void add(SeriesId series, double value, double count) override {
        if (count > 0) added.push_back({series, value, count});
    }

    std::vector<Added> added;
};

MetricsBatch::MetricsBatch() = default;
MetricsBatch::~MetricsBatch() = default;

MetricsBatch::TallyId MetricsBatch::tally_of(const Addition& addition) {
    Recorder recorder;
    addition(recorder);
    const auto [found, is_new] =
        known_tallies_.try_emplace(recorder.added, static_cast<TallyId>(tallies_.size()));
    if (is_new) tallies_.push_back({std::move(recorder.added), 0});
    return found->second;
}

MetricsBatch::StreamId MetricsBatch::stream_of(const AdditionOf& addition) {
    constexpr double probe = 12'345;
    Recorder recorder;
    addition(recorder, probe);
    std::vector<SeriesId> series;
    for (const auto& added : recorder.added) {
        ASSERT(added.value == probe && added.count == 1);
        series.push_back(added.series);
    }
    const auto [found, is_new] =
        known_streams_.try_emplace(series, static_cast<StreamId>(streams_.size()));
    if (is_new) streams_.push_back({std::move(series), {}, nullptr});
    return found->second;
}

void MetricsBatch::add(StreamId stream, double value) {
    streams_[stream].values.add(value);
}

void MetricsBatch::add_repeated(StreamId id, double value) {
    auto& stream = streams_[id];
    if (stream.places == nullptr) stream.places = std::make_unique<Places>();
    constexpr std::uint64_t spread = 0x9e37'79b9'7f4a'7c15; // 2^64 by the golden ratio
    auto& place =
        (*stream.places)[(std::bit_cast<std::uint64_t>(value) * spread) >> (64 - place_bits)];
    if (place.value != value) {
        stream.values.add(place.value, place.count);
        place = {value, 0};
    }
    ++place.count;
}

void MetricsBatch::hand_over(LiveMetrics& metrics) {
    for (const auto id : counted_) {
        auto& tally = tallies_[id];
        for (const auto& each : tally.each)
            metrics.add(each.series, each.value, each.count * tally.times);
        tally.times = 0;
    }
    counted_.clear();
    for (auto& stream : streams_) {
        if (stream.places != nullptr)
            for (auto& place : *stream.places) {
                stream.values.add(place.value, place.count);
                place.count = 0;
            }
        if (stream.values.empty()) continue;
        for (const auto series : stream.series)
            metrics.merge(series, stream.values);
        stream.values = {};
    }
}

} // namespace diorama
