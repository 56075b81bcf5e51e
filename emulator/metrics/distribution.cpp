// See distribution.hpp. A positive value v falls into bucket round(log(v) / log(1.01)); negative
// values mirror it below, zero has a bucket of its own between them.
#include "emulator/metrics/distribution.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace diorama {

namespace {

constexpr std::int32_t offset = 30'000; // 1.01^30000 > 2^360, CloudWatch's greatest value
const double log_width = std::log(1.01);

// The exponent of 1.01 by logarithms from a table: 2^e (1 + i/128 + …), refined by the series of
// log(1 + r), r < 1/256, to a ten-millionth of a bucket.
class ApproximateExponent {
public:
    ApproximateExponent() {
        for (std::size_t i = 0; i < entries; ++i) {
            const double middle = 1 + (static_cast<double>(i) + 0.5) / entries;
            inverse_[i] = 1 / middle;
            logarithm_[i] = std::log(middle) / log_width;
        }
    }

    // Of a positive, normal number.
    double operator()(double value) const {
        const auto bits = std::bit_cast<std::uint64_t>(value);
        const auto entry = (bits >> (mantissa_bits - entry_bits)) & (entries - 1);
        const auto exponent = static_cast<int>(bits >> mantissa_bits) - exponent_bias;
        const double mantissa = std::bit_cast<double>(
            (bits & ((std::uint64_t{1} << mantissa_bits) - 1)) |
            (std::uint64_t{exponent_bias} << mantissa_bits)
        );
        const double r = mantissa * inverse_[entry] - 1;
        return exponent * octave_ + logarithm_[entry] +
               r * (1 - r * (0.5 - r * (1.0 / 3))) * per_unit_;
    }

private:
    static constexpr int mantissa_bits = 52;
    static constexpr int exponent_bias = 1023;
    static constexpr int entry_bits = 7;
    static constexpr std::size_t entries = 1 << entry_bits;

    double per_unit_ = 1 / log_width;
    double octave_ = std::log(2.0) / log_width;
    std::array<double, entries> inverse_{};
    std::array<double, entries> logarithm_{};
};

const ApproximateExponent approximate_exponent;

// round(log(magnitude) / log(1.01)), for which the approximation will do but near the edges.
double exponent_of(double magnitude) {
    constexpr double near_enough = 1e-6;
    if (magnitude > 1e-30 && magnitude < 1e30) {
        const double approximate = approximate_exponent(magnitude);
        const int whole = static_cast<int>(approximate); // towards zero
        const int below = approximate < whole ? whole - 1 : whole;
        const double fraction = approximate - below;
        if (fraction < 0.5 - near_enough) return below;
        if (fraction > 0.5 + near_enough) return below + 1;
    }
    return std::round(std::log(magnitude) / log_width);
}

std::int32_t bucket_of(double value) {
    if (value == 0) return 0;
    const double exponent = std::clamp(exponent_of(std::abs(value)), -29'000.0, 29'000.0);
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
    // By halves, without branches that nobody could foretell.
    auto place = buckets.begin();
    for (auto left = buckets.end() - place; left > 0;) {
        const auto half = left / 2;
        const bool is_behind = place[half].first < bucket;
        place += is_behind ? left - half : 0;
        left = half;
    }
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
