// See real_clock.hpp. Time is read from the steady clock, so that it never goes backwards when the
// machine's clock is set.
#include "emulator/time/real_clock.hpp"

#include <algorithm>

namespace diorama {

using std::chrono::duration_cast;
using std::chrono::steady_clock;

RealClock::RealClock(double scale)
    : scale_(scale)
    , start_(std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()))
    , steady_start_(steady_clock::now()) {}

Timestamp RealClock::now() const {
    const auto passed = duration_cast<Duration>(steady_clock::now() - steady_start_);
    if (scale_ == 1) return start_ + passed;
    return start_ +
           Duration(static_cast<Duration::rep>(static_cast<double>(passed.count()) * scale_));
}

Timestamp RealClock::client_now() const {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

steady_clock::duration RealClock::real(Duration emulated) const {
    if (scale_ == 1) return duration_cast<steady_clock::duration>(emulated);
    const double ticks = static_cast<double>(emulated.count()) / scale_;
    // A deadline beyond what 64 bits hold (a century) never comes anyway.
    return steady_clock::duration(static_cast<steady_clock::rep>(std::min(ticks, 3e18)));
}

steady_clock::time_point RealClock::real(Timestamp emulated) const {
    return steady_start_ + real(emulated - start_);
}

} // namespace diorama
