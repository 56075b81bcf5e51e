// Rates over time; see scenario.hpp.
#include "emulator/simulation/scenario.hpp"

#include <algorithm>

namespace diorama::simulation {

namespace {

double seconds(Duration span) {
    return std::chrono::duration<double>(span).count();
}

} // namespace

double RateCurve::at(Duration since_start) const {
    const auto next = std::ranges::upper_bound(points, since_start, {}, &Point::at);
    if (points.empty()) return 0;
    if (next == points.begin()) return next->per_second;
    const Point& last = *std::prev(next);
    if (next == points.end()) return last.per_second;
    const double share = seconds(since_start - last.at) / seconds(next->at - last.at);
    return last.per_second + share * (next->per_second - last.per_second);
}

double RateCurve::greatest() const {
    double most = 0;
    for (const auto& point : points)
        most = std::max(most, point.per_second);
    return most;
}

double RateCurve::integral(Duration end) const {
    double sum = 0;
    Duration from{};
    for (const auto& point : points) {
        const Duration to = std::min(point.at, end);
        // A step has two points at one time: what comes before it ends at the first value.
        const double before = to == point.at && point.at > from ? point.per_second : at(to);
        if (to > from) sum += (at(from) + before) / 2 * seconds(to - from);
        from = std::max(from, to);
    }
    if (end > from) sum += at(from) * seconds(end - from);
    return sum;
}

} // namespace diorama::simulation
