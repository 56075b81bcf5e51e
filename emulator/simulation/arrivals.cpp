// See arrivals.hpp.
#include "emulator/simulation/arrivals.hpp"

#include <cmath>

namespace diorama::simulation {

namespace {

double seconds(Duration span) {
    return std::chrono::duration<double>(span).count();
}

Duration from_seconds(double span) {
    return Duration(std::llround(span * 1e9));
}

} // namespace

Arrivals::Arrivals(RateCurve rate, bool is_poisson)
    : rate_(std::move(rate))
    , is_poisson_(is_poisson) {}

std::optional<Duration> Arrivals::next(Random& random) {
    const auto& points = rate_.points;
    if (points.empty()) return std::nullopt;
    double area = is_poisson_ ? -std::log1p(-random.real()) : 1; // of the curve until the next one
    for (; segment_ < points.size(); ++segment_) {
        const auto& end = points[segment_];
        const auto& begin = segment_ == 0 ? end : points[segment_ - 1];
        const double left = seconds(end.at) - now_;
        if (left <= 0) continue;
        const double length = seconds(end.at - begin.at);
        const double slope = length > 0 ? (end.per_second - begin.per_second) / length : 0;
        const double rate_now = end.per_second - slope * left;
        const double area_left = (rate_now + end.per_second) / 2 * left;
        if (area_left < area) {
            area -= area_left;
            now_ = seconds(end.at);
            continue;
        }
        // rate * t + slope / 2 * t^2 = area, in the form that does not cancel.
        const double root = std::sqrt(std::max(0.0, rate_now * rate_now + 2 * slope * area));
        now_ += 2 * area / (rate_now + root);
        return from_seconds(now_);
    }
    if (points.back().per_second <= 0) return std::nullopt;
    now_ += area / points.back().per_second;
    return from_seconds(now_);
}

} // namespace diorama::simulation
