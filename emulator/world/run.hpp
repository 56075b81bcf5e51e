// What every run of a scenario has, in virtual time (world/simulated/simulated_world.hpp) or live
// (world/live/live_run.hpp): a world that may not come up, and somebody who looks on.
#pragma once

#include "emulator/time/time.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stdexcept>

namespace diorama {

// The world that a scenario wants could not be made; says what the stack's events say.
class DeploymentFailed : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// What a person sees while it runs.
struct RunProgress {
    Duration simulated{};
    Duration duration{};
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;
    std::uint64_t events = 0;
    std::size_t instances = 0;
    std::size_t alarms = 0; // in ALARM
};

// false: stop there.
using WatchRun = std::function<bool(const RunProgress& progress)>;

} // namespace diorama
