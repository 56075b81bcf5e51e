// Tables of AWS's arithmetic.
#include "services/autoscaling/data/scaling.hpp"

#include <doctest/doctest.h>

using namespace diorama::autoscaling;

TEST_CASE("scaling: percentages round as AWS documents them") {
    struct {
        std::int32_t current, percent, min_magnitude, expected;
    } const examples[] = {
        {14, -10, 0, 13}, // -1.4 -> -1
        {10, 10, 0, 11},
        {10, 5, 0, 11}, // 0.5 -> 1
        {10, -5, 0, 9},
        {20, 19, 0, 23}, // 3.8 -> 3
        {4, 25, 2, 6},
        {4, -25, 2, 2},
        {0, 50, 2, 0},
    };

    for (const auto& [current, percent, magnitude, expected] : examples) {
        CAPTURE(current);
        CAPTURE(percent);
        CHECK(
            adjusted_capacity(
                current,
                AdjustmentType::percent_change_in_capacity,
                percent,
                magnitude
            ) == expected
        );
    }
    CHECK(adjusted_capacity(3, AdjustmentType::change_in_capacity, -2, 0) == 1);
    CHECK(adjusted_capacity(3, AdjustmentType::exact_capacity, 7, 0) == 7);
    CHECK(clamp(9, {1, 4}) == 4);
    CHECK(clamp(0, {1, 4}) == 1);
}

TEST_CASE("scaling: a step is chosen with AWS's inclusive and exclusive bounds") {
    const std::vector<StepAdjustment> out{{0, 10, 1}, {10, 20, 2}, {20, std::nullopt, 3}};
    CHECK(step_for(out, 0)->adjustment == 1);
    CHECK(step_for(out, 10)->adjustment == 2);
    CHECK(step_for(out, 1000)->adjustment == 3);
    CHECK(step_for(out, -1) == nullptr);
    const std::vector<StepAdjustment> in{{-10, 0, -1}, {std::nullopt, -10, -2}};
    CHECK(step_for(in, -10)->adjustment == -2);
    CHECK(step_for(in, -9.9)->adjustment == -1);
}

TEST_CASE("scaling: steps with gaps and overlaps are refused") {
    CHECK_FALSE(fault_of({{0, 10, 1}, {10, std::nullopt, 2}}));
    CHECK(fault_of({{0, 10, 1}, {11, std::nullopt, 2}}));
    CHECK(fault_of({{0, 10, 1}, {9, std::nullopt, 2}}));
    CHECK(fault_of({{std::nullopt, 0, 1}, {std::nullopt, 5, 2}}));
    CHECK(fault_of({}));
}

TEST_CASE("scaling: target tracking adds generously and removes carefully") {
    CHECK(tracked_capacity(2, 75, 50, Direction::out) == 3);
    CHECK(tracked_capacity(2, 100, 50, Direction::out) == 4);
    CHECK(tracked_capacity(3, 87.5, 50, Direction::out) == 6); // 5.25
    CHECK(tracked_capacity(7, 40, 50, Direction::in) == 6);    // 5.6
    CHECK(tracked_capacity(4, 0, 50, Direction::in) == 0);
    CHECK(tracked_capacity(4, 60, 50, Direction::in) == 4);
}
