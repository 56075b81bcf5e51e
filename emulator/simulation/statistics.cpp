// See statistics.hpp.
#include "emulator/simulation/statistics.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace diorama::simulation {

namespace {

constexpr int least_exponent = -20; // 2^-20 s is about a microsecond
constexpr int mantissa_bits = 52;
constexpr int exponent_bias = 1023;

// Upper ends of the bands of the heat map, in seconds.
constexpr std::array<double, 16> latency_bands{
    0.005,
    0.01,
    0.02,
    0.035,
    0.05,
    0.075,
    0.1,
    0.15,
    0.2,
    0.35,
    0.5,
    1,
    2,
    5,
    10,
    60
};

// So many steps make a timeline that is still readable.
constexpr std::int64_t steps_per_run = 360;

Duration step_of(Duration duration) {
    using std::chrono::seconds;
    static constexpr std::array<int, 12>
        round_seconds{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600};
    for (const int candidate : round_seconds)
        if (duration <= seconds(candidate) * steps_per_run) return seconds(candidate);
    return seconds(86'400);
}

} // namespace

std::size_t LatencyHistogram::bucket_of(double seconds) {
    // The exponent and the leading bits of the mantissa are the number of the bucket.
    const auto bits = static_cast<std::int64_t>(std::bit_cast<std::uint64_t>(seconds));
    const std::int64_t leading = bits >> (mantissa_bits - sub_bucket_bits);
    const std::int64_t first = std::int64_t{least_exponent + exponent_bias} << sub_bucket_bits;
    constexpr std::int64_t last = (std::int64_t{octaves} << sub_bucket_bits) - 1;
    return static_cast<std::size_t>(std::clamp<std::int64_t>(leading - first, 0, last));
}

double LatencyHistogram::value_of(std::size_t bucket) {
    constexpr double sub_buckets = 1 << sub_bucket_bits;
    const auto octave = static_cast<int>(bucket >> sub_bucket_bits);
    const auto within = static_cast<double>(bucket & ((1u << sub_bucket_bits) - 1));
    return std::ldexp(1 + (within + 0.5) / sub_buckets, octave + least_exponent);
}

double LatencyHistogram::least_of(std::size_t bucket) {
    if (bucket == 0) return 0;
    constexpr double sub_buckets = 1 << sub_bucket_bits;
    const auto octave = static_cast<int>(bucket >> sub_bucket_bits);
    const auto within = static_cast<double>(bucket & ((1u << sub_bucket_bits) - 1));
    return std::ldexp(1 + within / sub_buckets, octave + least_exponent);
}

double LatencyHistogram::percentile(double p) const {
    if (count_ == 0) return 0;
    const auto rank = static_cast<std::uint64_t>(std::ceil(p / 100 * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
        seen += buckets_[i];
        if (seen >= rank && buckets_[i] > 0) return value_of(i);
    }
    return value_of(buckets_.size() - 1);
}

void LatencyHistogram::clear() {
    buckets_.fill(0);
    count_ = 0;
}

void LatencyHistogram::merge(const LatencyHistogram& other) {
    if (other.count_ == 0) return;
    for (std::size_t i = 0; i < buckets_.size(); ++i)
        buckets_[i] += other.buckets_[i];
    count_ += other.count_;
}

std::vector<std::pair<float, std::uint32_t>> LatencyHistogram::coarse() const {
    std::vector<std::pair<float, std::uint32_t>> result;
    if (count_ == 0) return result;
    for (std::size_t i = 0; i < buckets_.size(); i += 2) {
        const auto count = buckets_[i] + buckets_[i + 1];
        if (count == 0) continue;
        const double value = (value_of(i) + value_of(i + 1)) / 2;
        result.emplace_back(static_cast<float>(value), static_cast<std::uint32_t>(count));
    }
    result.shrink_to_fit();
    return result;
}

Distribution LatencyHistogram::distribution() const {
    Distribution result;
    for (std::size_t i = 0; i < buckets_.size(); ++i)
        if (buckets_[i] > 0) result.add(value_of(i), static_cast<double>(buckets_[i]));
    return result;
}

Statistics::Statistics(Timestamp start, Duration duration, Duration warmup)
    : start_(start)
    , counts_from_(start + warmup)
    , step_(step_of(duration))
    , open_until_(start + step_) {
    open_.bands.resize(latency_bands.size());
    for (std::size_t i = 0; i < first_bands_.size(); ++i)
        first_bands_[i] = static_cast<std::uint8_t>(
            std::ranges::lower_bound(latency_bands, LatencyHistogram::least_of(i)) -
            latency_bands.begin()
        );
}

RowId Statistics::add_row(std::string population, std::string route) {
    rows_.emplace_back();
    rows_.back().counts.population = std::move(population);
    rows_.back().counts.route = std::move(route);
    return static_cast<RowId>(rows_.size() - 1);
}

void Statistics::close_slice() {
    open_.p50 = open_latency_.percentile(50);
    open_.p95 = open_latency_.percentile(95);
    open_.p99 = open_latency_.percentile(99);
    slices_.push_back(std::move(open_));
    open_until_ += step_;
    open_ = {};
    open_.bands.resize(latency_bands.size());
    open_latency_.clear();
    for (auto& row : rows_)
        close_step(row);
}

void Statistics::close_step(Row& row) {
    for (std::size_t i = 0; i < outcome_count; ++i)
        row.counts.count[i] += row.step.count[i];
    row.latency.merge(row.step_latency);
    row.step.latency = row.step_latency.coarse();
    row.counts.steps.push_back(std::move(row.step));
    row.step = {};
    if (row.step_latency.count() > 0) row.step_latency.clear();
}

void Statistics::advance_to(Timestamp now) {
    while (now >= open_until_)
        close_slice();
}

// A bucket is so narrow that it hardly ever lies in two bands.
std::size_t Statistics::band_of(double seconds, std::size_t bucket) const {
    std::size_t band = first_bands_[bucket];
    while (band + 1 < latency_bands.size() && latency_bands[band] < seconds)
        ++band;
    return std::min(band, latency_bands.size() - 1);
}

void Statistics::record(RowId id, Outcome outcome, Timestamp sent, Timestamp now) {
    advance_to(now);
    ++open_.requests;
    if (is_error(outcome)) ++open_.errors;
    const bool is_answered = outcome <= Outcome::gateway_timeout;
    const double seconds = std::chrono::duration<double>(now - sent).count();
    const auto bucket = is_answered ? LatencyHistogram::bucket_of(seconds) : 0;
    if (is_answered) {
        open_latency_.add_to(bucket);
        ++open_.bands[band_of(seconds, bucket)];
    }
    if (sent < counts_from_) return;
    Row& row = rows_[id];
    ++row.step.count[static_cast<std::size_t>(outcome)];
    if (is_answered) row.step_latency.add_to(bucket);
}

void Statistics::put_into(Results& results, Timestamp now) {
    advance_to(now);
    if (open_.requests > 0) close_slice();
    const double per_second = 1 / std::chrono::duration<double>(step_).count();
    constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
    results.step = step_;
    Timeline requests{"Clients", "Requests", "requests/s", {}};
    Timeline errors{"Clients", "Errors", "requests/s", {}};
    Timeline p50{"Clients", "p50 latency", "s", {}};
    Timeline p95{"Clients", "p95 latency", "s", {}};
    Timeline p99{"Clients", "p99 latency", "s", {}};
    for (const auto& slice : slices_) {
        requests.values.push_back(static_cast<double>(slice.requests) * per_second);
        errors.values.push_back(static_cast<double>(slice.errors) * per_second);
        p50.values.push_back(slice.p50 > 0 ? slice.p50 : nothing);
        p95.values.push_back(slice.p95 > 0 ? slice.p95 : nothing);
        p99.values.push_back(slice.p99 > 0 ? slice.p99 : nothing);
        results.latency_heat.push_back(slice.bands);
    }
    for (auto* timeline : {&requests, &errors, &p50, &p95, &p99})
        results.timelines.push_back(std::move(*timeline));
    results.latency_bands.assign(latency_bands.begin(), latency_bands.end());
    for (const auto& row : rows_) {
        results.outcomes.push_back(row.counts);
        results.outcomes.back().latency = row.latency.distribution();
        results.requests += row.counts.total();
    }
}

} // namespace diorama::simulation
