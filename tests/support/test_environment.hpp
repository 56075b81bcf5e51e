// An Environment for tests of services: virtual time, chance from a fixed seed, nothing measured,
// remembered or logged.
#pragma once

#include "emulator/environment.hpp"
#include "emulator/time/virtual_time.hpp"

namespace diorama {

struct TestEnvironment {
    VirtualTime time;
    DiscardedMetrics metrics;
    ForgetfulJournal journal;
    SilentLog log;
    Environment environment{time, time, Random(1), metrics, journal, log};
};

} // namespace diorama
