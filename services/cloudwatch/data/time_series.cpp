// See time_series.hpp.
#include "services/cloudwatch/data/time_series.hpp"

#include "services/cloudwatch/limits.hpp"

#include <algorithm>

namespace diorama::cloudwatch {

namespace {

Tier::Seconds whole_seconds(Timestamp when) {
    return std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
}

Tier::Seconds whole_seconds(Duration span) {
    return std::chrono::duration_cast<std::chrono::seconds>(span).count();
}

Tier::Seconds round_down(Tier::Seconds when, Tier::Seconds width) {
    return when - ((when % width) + width) % width;
}

auto place_of(auto& buckets, Tier::Seconds start) {
    return std::lower_bound(
        buckets.begin(),
        buckets.end(),
        start,
        [](const auto& bucket, Tier::Seconds wanted) { return bucket.first < wanted; }
    );
}

} // namespace

void Tier::put(Seconds when, const Distribution& values) {
    const Seconds start = round_down(when, width_);
    if (buckets_.empty() || buckets_.back().first < start) {
        buckets_.emplace_back(start, values);
        return;
    }
    const auto place = place_of(buckets_, start);
    if (place->first == start) {
        place->second.merge(values);
    } else {
        buckets_.emplace(place, start, values);
    }
}

void Tier::add_to(Distribution& sum, Seconds first, Seconds last) const {
    for (auto bucket = place_of(buckets_, first); bucket != buckets_.end() && bucket->first < last;
         ++bucket)
        sum.merge(bucket->second);
}

void Tier::retire(Seconds limit, Tier* older) {
    const auto end = place_of(buckets_, limit);
    if (older != nullptr) {
        for (auto bucket = buckets_.begin(); bucket != end; ++bucket)
            older->put(bucket->first, bucket->second);
    }
    buckets_.erase(buckets_.begin(), end);
}

void TimeSeries::put(Timestamp when, const Distribution& values, StorageResolution resolution) {
    const auto second = whole_seconds(when);
    if (resolution == StorageResolution::high) seconds_.put(second, values);
    minutes_.put(second, values);
}

Distribution TimeSeries::period_at(Timestamp start, Duration period) const {
    const auto first = whole_seconds(start);
    const auto width = whole_seconds(period);
    Distribution sum;
    if (width % 60 != 0) {
        seconds_.add_to(sum, first, first + width);
        return sum;
    }
    for (const auto* tier : {&hours_, &five_minutes_, &minutes_}) {
        if (width % tier->width() == 0) tier->add_to(sum, first, first + width);
    }
    return sum;
}

void TimeSeries::age(Timestamp now) {
    seconds_.retire(whole_seconds(now - limits::keeps_seconds), nullptr);
    // Only whole buckets of the next tier move, so that a coarse bucket is never divided.
    minutes_.retire(
        round_down(whole_seconds(now - limits::keeps_minutes), five_minutes_.width()),
        &five_minutes_
    );
    five_minutes_.retire(
        round_down(whole_seconds(now - limits::keeps_five_minutes), hours_.width()),
        &hours_
    );
    hours_.retire(whole_seconds(now - limits::keeps_hours), nullptr);
}

Timestamp TimeSeries::oldest() const {
    for (const auto* tier : {&hours_, &five_minutes_, &minutes_}) {
        if (!tier->empty()) return epoch + std::chrono::seconds(tier->oldest());
    }
    return epoch;
}

Timestamp TimeSeries::newest() const {
    Tier::Seconds newest = 0;
    for (const auto* tier : {&minutes_, &five_minutes_, &hours_}) {
        if (!tier->empty()) newest = std::max(newest, tier->newest());
    }
    return epoch + std::chrono::seconds(newest);
}

} // namespace diorama::cloudwatch
