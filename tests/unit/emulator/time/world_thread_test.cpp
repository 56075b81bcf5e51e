#include "emulator/time/world_thread.hpp"
#include "tests/support/recorded_log.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <ctime>
#include <future>
#include <stdexcept>
#include <thread>

using namespace diorama;
using namespace std::chrono_literals;

namespace {

constexpr WorldThread::Moment at_once{};

struct ThreadOfItsOwn {
    explicit ThreadOfItsOwn(WorldThread::Patience patience = {})
        : world(clock, log, patience) {}

    // Walks this far and ends; what happens on the way is for the test to note.
    void walk(Duration span) {
        world.post([this, span] {
            world.advance_to(clock.now() + span, at_once, [this] {
                arrived = clock.now();
                world.stop();
            });
        });
        world.run();
    }

    void note(const std::string& what) {
        happened.push_back(fmt::format(
            "{} {}",
            std::chrono::round<std::chrono::seconds>(clock.now() - began).count(),
            what
        ));
    }

    RealClock clock;
    test::RecordedLog log;
    WorldThread world;
    Timestamp began = clock.now();
    Timestamp arrived;
    std::vector<std::string> happened;
};

using Happened = std::vector<std::string>;

} // namespace

TEST_CASE("world thread: a task or a timer that throws is logged, and the next one runs") {
    RealClock clock;
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

TEST_CASE("world thread: in an advance timers run in order, each at its own time, and set others") {
    ThreadOfItsOwn own;
    own.world.after(30min, [&] { own.note("half an hour"); });
    own.world.after(10min, [&] {
        own.note("ten minutes");
        own.world.after(5min, [&] { own.note("five more"); });
        own.world.after(0min, [&] { own.note("at once"); });
    });
    own.world.after(61min, [&] { own.note("too late"); });
    own.walk(1h);
    CHECK(
        own.happened ==
        Happened{"600 ten minutes", "600 at once", "900 five more", "1800 half an hour"}
    );
    CHECK(own.arrived >= own.began + 1h);
    CHECK(own.arrived < own.began + 61min);
}

TEST_CASE("world thread: in an advance the clock stands exactly where each timer is due") {
    ThreadOfItsOwn own;
    std::vector<Timestamp> seen;
    const Ticker ticker(own.world, 1min, [&] { seen.push_back(own.clock.now()); });
    own.walk(24h);
    REQUIRE(seen.size() == 1440);
    for (std::size_t i = 1; i < seen.size(); ++i)
        REQUIRE(seen[i] - seen[i - 1] == 1min);
}

TEST_CASE("world thread: after an advance time goes on from there") {
    ThreadOfItsOwn own;
    own.walk(1h);
    CHECK_FALSE(own.clock.stands());
    CHECK(own.clock.now() >= own.arrived);
    CHECK(own.clock.now() < own.arrived + 1min);
}

TEST_CASE("world thread: what other threads post is served between the timers of an advance") {
    ThreadOfItsOwn own;
    own.world.after(10min, [&] {
        std::thread([&] { own.world.post([&] { own.note("posted"); }); }).join();
    });
    own.world.after(20min, [&] { own.note("timer"); });
    own.walk(1h);
    CHECK(own.happened == Happened{"600 posted", "1200 timer"});
}

TEST_CASE("world thread: an advance waits for what is held, which is answered at its own time") {
    ThreadOfItsOwn own;
    std::thread elsewhere;
    own.world.after(10min, [&] {
        elsewhere = std::thread([&, hold = own.world.hold()]() mutable {
            // The world comes round a few times before there is an answer.
            for (int i = 0; i < 3; ++i) {
                std::promise<void> came_round;
                own.world.post([&] { came_round.set_value(); });
                came_round.get_future().wait();
            }
            own.world.post([&, hold = std::move(hold)] { own.note("answer"); });
        });
    });
    own.world.after(20min, [&] { own.note("timer"); });
    own.walk(1h);
    elsewhere.join();
    CHECK(own.happened == Happened{"600 answer", "1200 timer"});
}

TEST_CASE("world thread: an advance does not wait for ever for what is held") {
    ThreadOfItsOwn own({.each = 10ms, .in_all = 20ms, .blink = 1ms});
    std::vector<std::shared_ptr<void>> never_let_go;
    const Ticker ticker(own.world, 1min, [&] { never_let_go.push_back(own.world.hold()); });
    const auto begun = std::chrono::steady_clock::now();
    own.walk(1h);
    CHECK(never_let_go.size() == 60);
    CHECK(std::chrono::steady_clock::now() - begun >= 20ms + 57ms);
    never_let_go.clear();
}

TEST_CASE("world thread: advances asked for during another one follow it") {
    ThreadOfItsOwn own;
    own.world.after(90min, [&] { own.note("timer"); });
    own.world.post([&] {
        own.world.advance_to(own.began + 1h, at_once, [&] { own.note("first"); });
        CHECK(own.world.destination() == own.began + 1h);
        own.world.advance_to(own.world.destination() + 1h, at_once, [&] {
            own.note("second");
            own.world.stop();
        });
        CHECK(own.world.destination() == own.began + 2h);
    });
    own.world.run();
    CHECK(own.happened == Happened{"3600 first", "5400 timer", "7200 second"});
}

TEST_CASE("world thread: an answer that is due later is waited for, standing and without work") {
    ThreadOfItsOwn own;
    const auto earliest = std::chrono::steady_clock::now() + 200ms;
    const std::clock_t used_before = std::clock();
    own.world.post([&] {
        own.world.advance_to(own.began + 1h, earliest, [&] {
            own.note("arrived");
            CHECK(own.clock.now() == own.began + 1h);
            own.world.stop();
        });
    });
    own.world.run();
    CHECK(std::chrono::steady_clock::now() >= earliest);
    CHECK(own.happened == Happened{"3600 arrived"});
    CHECK(std::clock() - used_before < CLOCKS_PER_SEC / 10);
}

TEST_CASE("world thread: answered with the next second, stamps tell before from after") {
    ThreadOfItsOwn own;
    const auto stamp = [&] {
        return std::chrono::floor<std::chrono::seconds>(own.clock.client_now());
    };
    const auto before = stamp();
    own.world.post([&] {
        const auto next = own.clock.next_client_second();
        own.world.advance_to(own.clock.now() + 1h, next, [&] { own.world.stop(); });
    });
    own.world.run();
    CHECK(own.clock.since_client(before) >= 1h);
    CHECK(own.clock.since_client(stamp()) < 1min);
}

TEST_CASE("world thread: it can be stopped in the middle of an advance") {
    ThreadOfItsOwn own;
    own.world.after(1min, [&] { own.world.stop(); });
    own.world.after(2min, [&] { own.note("afterwards"); });
    own.walk(1h);
    CHECK(own.happened.empty());
    CHECK(own.arrived == Timestamp{});
    own.world.discard();
}
