// What every service is given: time, chance, measurement, memory and a log. One Environment is one
// cloud; two of them live side by side in one process without knowing of each other.
#pragma once

#include "emulator/log.hpp"
#include "emulator/metrics/metrics.hpp"
#include "emulator/random/random.hpp"
#include "emulator/storage/journal.hpp"
#include "emulator/time/clock.hpp"
#include "emulator/time/pace.hpp"

namespace diorama {

// How names and addresses that the API returns are to be read.
enum class Advertise {
    local, // they work on this machine without set-up
    aws,   // they are AWS's own; the emulator's DNS resolves them
};

struct Environment {
    Clock& clock;
    Scheduler& scheduler; // the world thread
    Random random;        // fork by service name before use
    Metrics& metrics;
    Journal& journal;
    Log& log;
    Advertise advertise = Advertise::local;
    Pace pace = Pace::brisk;
};

} // namespace diorama
