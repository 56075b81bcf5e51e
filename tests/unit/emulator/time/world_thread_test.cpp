#include "emulator/time/world_thread.hpp"
#include "tests/support/recorded_log.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace diorama;

TEST_CASE("world thread: a task or a timer that throws is logged, and the next one runs") {
    const RealClock clock;
    test::RecordedLog log;
    WorldThread world(clock, log);
    int ticks = 0;
    const Ticker ticker(world, Duration(1), [&] {
        if (++ticks == 2) world.stop();
        throw std::runtime_error("late");
    });
    world.post([] { throw std::runtime_error("early"); });
    world.run();
    CHECK(ticks == 2);
    CHECK(
        log.lines() ==
        std::vector<std::string>{
            "error world a task broke: early",
            "error world a task broke: late",
            "error world a task broke: late"
        }
    );
}
