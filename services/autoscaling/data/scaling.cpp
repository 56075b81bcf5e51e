// See scaling.hpp.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
#include "services/autoscaling/data/scaling.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace diorama::autoscaling {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double lower(const StepAdjustment& step) {
    return step.lower_bound.value_or(-infinity);
}

double upper(const StepAdjustment& step) {
    return step.upper_bound.value_or(infinity);
}

// What is beyond all bounds is cut off by the group's limits anyway.
std::int32_t whole(double value) {
    constexpr double most = 1e9;
    return static_cast<std::int32_t>(std::clamp(value, -most, most));
}

// AWS: "Values greater than 1 are rounded down. [...] Values between 0 and 1 are rounded to 1.
// [...] Values between 0 and -1 are rounded to -1. [...] Values less than -1 are rounded up."
std::int32_t rounded_percentage(double change) {
    if (change > 0 && change < 1) return 1;
    if (change < 0 && change > -1) return -1;
    return whole(std::trunc(change));
}

} // namespace

std::int32_t clamp(std::int32_t capacity, const Limits& limits) {
    return std::clamp(capacity, limits.min_size, std::max(limits.min_size, limits.max_size));
}

std::int32_t adjusted_capacity(
    std::int32_t current,
    AdjustmentType type,
    std::int32_t adjustment,
    std::int32_t min_magnitude
) {
    switch (type) {
    case AdjustmentType::exact_capacity:
        return adjustment;
    case AdjustmentType::change_in_capacity:
        return whole(static_cast<double>(current) + adjustment);
    case AdjustmentType::percent_change_in_capacity:
        break;
    }
    std::int32_t change = rounded_percentage(static_cast<double>(current) * adjustment / 100.0);
    // AWS: MinAdjustmentMagnitude is "the minimum value to scale by when the adjustment type is
    // PercentChangeInCapacity".
    if (min_magnitude > 0 && change != 0 && std::abs(change) < min_magnitude) {
        change = change > 0 ? min_magnitude : -min_magnitude;
    }
    return whole(static_cast<double>(current) + change);
}

// AWS: "If the metric value is above the breach threshold, the lower bound is inclusive and the
// upper bound is exclusive.
// [...] below the breach threshold, the lower bound is exclusive and the upper bound is inclusive."
const StepAdjustment* step_for(const std::vector<StepAdjustment>& steps, double breach) {
    for (const auto& step : steps) {
        const bool holds = breach >= 0 ? lower(step) <= breach && breach < upper(step)
                                       : lower(step) < breach && breach <= upper(step);
        if (holds) return &step;
    }
    return nullptr;
}

std::optional<const char*> fault_of(const std::vector<StepAdjustment>& steps) {
    if (steps.empty())
        return "At least one StepAdjustment must be specified for a StepScaling policy";
    auto sorted = steps;
    std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
        return lower(a) < lower(b);
    });
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        if (!sorted[i].lower_bound && !sorted[i].upper_bound && sorted.size() > 1) {
            return "Step adjustment intervals can't overlap";
        }
        if (lower(sorted[i]) >= upper(sorted[i])) {
            return "The lower bound of a step adjustment must be less than its upper bound";
        }
        if (i == 0) continue;
        if (!sorted[i].lower_bound)
            return "There can be at most one step adjustment with an unspecified lower bound";
        if (upper(sorted[i - 1]) > lower(sorted[i]))
            return "Step adjustment intervals can't overlap";
        if (upper(sorted[i - 1]) < lower(sorted[i]))
            return "There can't be a gap between step adjustment intervals";
    }
    return std::nullopt;
}

std::int32_t
tracked_capacity(std::int32_t in_service, double metric, double target, Direction direction) {
    const double wanted = in_service * metric / target;
    // AWS: "if target tracking calculates that the capacity should increase by 1.5 [...] it adds 2;
    // [...] could remove 1.5 [...] it removes 1": availability comes first in both directions.
    const auto capacity = whole(std::ceil(wanted - 1e-9));
    return direction == Direction::out ? std::max(capacity, in_service)
                                       : std::min(capacity, in_service);
}

} // namespace diorama::autoscaling
