// Rates between, before and after the points of a curve, and what they add up to.
#include "emulator/simulation/scenario.hpp"

#include <doctest/doctest.h>

namespace diorama::simulation {

using std::chrono::seconds;

TEST_CASE("a rate is constant before the first point, straight between points, constant after") {
    const RateCurve curve{{{seconds(10), 100}, {seconds(20), 200}}};
    CHECK(curve.at(seconds(0)) == 100);
    CHECK(curve.at(seconds(15)) == 150);
    CHECK(curve.at(seconds(30)) == 200);
    CHECK(curve.greatest() == 200);
    CHECK(curve.integral(seconds(30)) == doctest::Approx(1000 + 1500 + 2000));
    CHECK(curve.integral(seconds(15)) == doctest::Approx(1000 + 625));
}

TEST_CASE("two points at one time are a step") {
    const RateCurve curve{{{seconds(0), 10}, {seconds(10), 10}, {seconds(10), 50}}};
    CHECK(curve.at(seconds(9)) == 10);
    CHECK(curve.at(seconds(10)) == 50);
    CHECK(curve.integral(seconds(20)) == doctest::Approx(100 + 500));
}

TEST_CASE("a curve without points has no rate") {
    CHECK(RateCurve{}.at(seconds(1)) == 0);
    CHECK(RateCurve{}.integral(seconds(1)) == 0);
}

} // namespace diorama::simulation
