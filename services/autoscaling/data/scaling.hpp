// How much a policy changes a group's capacity: pure arithmetic with AWS's rounding rules.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace diorama::autoscaling {

enum class AdjustmentType { change_in_capacity, exact_capacity, percent_change_in_capacity };

struct StepAdjustment {
    // Relative to the alarm's threshold; absent means unbounded.
    std::optional<double> lower_bound;
    std::optional<double> upper_bound;
    std::int32_t adjustment = 0;
};

struct Limits {
    std::int32_t min_size = 0;
    std::int32_t max_size = 0;
};

std::int32_t clamp(std::int32_t capacity, const Limits& limits);

// The capacity after a simple or step adjustment, before clamping.
std::int32_t adjusted_capacity(
    std::int32_t current,
    AdjustmentType type,
    std::int32_t adjustment,
    std::int32_t min_magnitude
);

// The step whose interval holds the breach, `metric - threshold`.
const StepAdjustment* step_for(const std::vector<StepAdjustment>& steps, double breach);

// What is wrong with a list of steps, in AWS's sentence; nothing when it is sound.
std::optional<const char*> fault_of(const std::vector<StepAdjustment>& steps);

enum class Direction { out, in };

// The capacity a target tracking policy asks for.
std::int32_t
tracked_capacity(std::int32_t in_service, double metric, double target, Direction direction);

} // namespace diorama::autoscaling
