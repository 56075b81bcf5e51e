// The wall clock, optionally faster. With a scale of 60 a minute of emulated time passes each
// second: the emulated time of day starts at the machine's and runs ahead of it.
#pragma once

#include "emulator/time/clock.hpp"

#include <chrono>

namespace diorama {

class RealClock final : public Clock {
public:
    explicit RealClock(double scale = 1);

    Timestamp now() const override;
    Timestamp client_now() const override;

    double scale() const { return scale_; }

    // How long the machine takes for this much emulated time, and the moment on its steady clock.
    std::chrono::steady_clock::duration real(Duration emulated) const;
    std::chrono::steady_clock::time_point real(Timestamp emulated) const;

private:
    double scale_;
    Timestamp start_;
    std::chrono::steady_clock::time_point steady_start_;
};

} // namespace diorama
