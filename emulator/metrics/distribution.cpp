// See distribution.hpp. A positive value v falls into bucket round(log(v) / log(1.01)); negative
// values mirror it below, zero has a bucket of its own between them.
#include "emulator/metrics/distribution.hpp"

#include <algorithm>
#include <cmath>

namespace diorama {

namespace {

constexpr std::int32_t offset = 30'000; // 1.01^30000 > 2^360, CloudWatch's greatest value
const double log_width = std::log(1.01);

std::int32_t bucket_of(double value) {
    if (value == 0) return 0;
    const double exponent =
        std::clamp(std::round(std::log(std::abs(value)) / log_width), -29'000.0, 29'000.0);
    const auto bucket = static_cast<std::int32_t>(exponent) + offset;
    return value > 0 ? bucket : -bucket;
}

double value_of(std::int32_t bucket) {
    if (bucket == 0) return 0;
    const double magnitude = std::exp((std::abs(bucket) - offset) * log_width);
    return bucket > 0 ? magnitude : -magnitude;
}

void add_to(
    std::vector<std::pair<std::int32_t, double>>& buckets,
    std::int32_t bucket,
    double count
) {
    const auto place = std::lower_bound(
        buckets.begin(),
        buckets.end(),
        bucket,
        [](const auto& entry, std::int32_t wanted) { return entry.first < wanted; }
    );
    if (place != buckets.end() && place->first == bucket) {
        place->second += count;
    } else {
        buckets.insert(place, {bucket, count});
    }
}

} // namespace

void Distribution::add(double value, double count) {
    if (count <= 0) return;
    minimum_ = empty() ? value : std::min(minimum_, value);
    maximum_ = empty() ? value : std::max(maximum_, value);
    count_ += count;
    sum_ += value * count;
    add_to(buckets_, bucket_of(value), count);
}

void Distribution::add_statistics(double count, double sum, double minimum, double maximum) {
    if (count <= 0) return;
    const bool values_known = minimum == maximum || count == 1;
    if (values_known) {
        add_to(buckets_, bucket_of(minimum), count);
    } else {
        has_values_ = false;
    }
    minimum_ = empty() ? minimum : std::min(minimum_, minimum);
    maximum_ = empty() ? maximum : std::max(maximum_, maximum);
    count_ += count;
    sum_ += sum;
}

void Distribution::merge(const Distribution& other) {
    if (other.empty()) return;
    minimum_ = empty() ? other.minimum_ : std::min(minimum_, other.minimum_);
    maximum_ = empty() ? other.maximum_ : std::max(maximum_, other.maximum_);
    count_ += other.count_;
    sum_ += other.sum_;
    has_values_ = has_values_ && other.has_values_;
    for (const auto& [bucket, count] : other.buckets_)
        add_to(buckets_, bucket, count);
}

double Distribution::percentile(double p) const {
    if (p <= 0) return minimum_;
    if (p >= 100) return maximum_;
    double total = 0;
    for (const auto& entry : buckets_)
        total += entry.second;
    const double rank = total * p / 100;
    double seen = 0;
    for (const auto& [bucket, count] : buckets_) {
        seen += count;
        if (seen >= rank) return std::clamp(value_of(bucket), minimum_, maximum_);
    }
    return maximum_;
}

std::vector<std::pair<double, double>> Distribution::values() const {
    std::vector<std::pair<double, double>> result;
    result.reserve(buckets_.size());
    for (const auto& [bucket, count] : buckets_) {
        result.emplace_back(std::clamp(value_of(bucket), minimum_, maximum_), count);
    }
    return result;
}

} // namespace diorama
