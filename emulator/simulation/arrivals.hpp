// When the visits of an open loop begin: a Poisson process whose rate follows a curve, or evenly
// spaced under the same curve. Exact, by inverting the integral of the rate; constant memory.
#pragma once

#include "emulator/simulation/scenario.hpp"

#include <optional>

namespace diorama::simulation {

class Arrivals {
public:
    Arrivals(RateCurve rate, bool is_poisson);

    // The next one, since the start; nothing when the rate has fallen to 0 for good.
    std::optional<Duration> next(Random& random);

private:
    RateCurve rate_;
    bool is_poisson_;
    double now_ = 0;          // seconds
    std::size_t segment_ = 0; // index of the point that ends the segment
};

} // namespace diorama::simulation
