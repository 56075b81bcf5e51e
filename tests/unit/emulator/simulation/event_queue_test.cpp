// Tests of the event queue: order, whatever the distance in time.
#include "emulator/random/random.hpp"
#include "emulator/simulation/event_queue.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <tuple>

using namespace diorama;
using namespace diorama::simulation;
using namespace std::chrono_literals;

namespace {

// Notes what happens, and schedules more when told to.
struct Recorder final : EventSink {
    explicit Recorder(EventQueue& queue)
        : events(queue)
        , sink(queue.add(*this)) {}

    void happen(std::uint8_t what, std::uint32_t subject, std::uint32_t) override {
        happened.push_back({events.now(), subject});
        if (what == 1) events.schedule(events.now(), sink, 0, subject + 1000);
    }

    struct Happened {
        Timestamp when;
        std::uint32_t subject;
        bool operator==(const Happened&) const = default;
    };

    EventQueue& events;
    EventQueue::SinkId sink;
    std::vector<Happened> happened;
};

} // namespace

TEST_CASE("event queue: near and far events happen in the order of time") {
    VirtualTime time;
    EventQueue events(time);
    Recorder recorder(events);
    Random random(7);
    const auto start = time.now();
    std::vector<Recorder::Happened> expected;
    for (std::uint32_t i = 0; i < 5000; ++i) {
        // From nanoseconds to minutes ahead.
        const auto spread = std::uint64_t{1} << random.below(37);
        const auto when = start + Duration(static_cast<Duration::rep>(random.below(spread)));
        events.schedule(when, recorder.sink, 0, i);
        expected.push_back({when, i});
    }
    // The subject counts the order of scheduling.
    std::ranges::sort(expected, [](const auto& one, const auto& other) {
        return std::tie(one.when, one.subject) < std::tie(other.when, other.subject);
    });
    CHECK(events.pending() == 5000);
    events.run_until(start + 10min);
    CHECK(recorder.happened == expected);
    CHECK(events.pending() == 0);
    CHECK(events.happened() == 5000);
}

TEST_CASE("event queue: what is scheduled for one moment happens in the order of scheduling") {
    VirtualTime time;
    EventQueue events(time);
    Recorder recorder(events);
    const auto when = time.now() + 1ms;
    events.schedule(when, recorder.sink, 1, 1); // schedules 1001 for the same moment
    events.schedule(when, recorder.sink, 0, 2);
    events.run_until(when);
    CHECK(recorder.happened == std::vector<Recorder::Happened>{{when, 1}, {when, 2}, {when, 1001}});
}

TEST_CASE("event queue: timers go first and may put events before those that are next") {
    VirtualTime time;
    EventQueue events(time);
    Recorder recorder(events);
    const auto start = time.now();
    events.schedule(start + 10s, recorder.sink, 0, 1);
    time.at(start + 3s, [&] { events.schedule(start + 4s, recorder.sink, 0, 2); });
    time.at(start + 10s, [&] { events.schedule(start + 10s, recorder.sink, 0, 3); });
    events.run_until(start + 20s);
    CHECK(
        recorder.happened ==
        std::vector<Recorder::Happened>{{start + 4s, 2}, {start + 10s, 1}, {start + 10s, 3}}
    );
    CHECK(time.now() == start + 20s);
}

TEST_CASE("event queue: a run stops at its end and goes on from there") {
    VirtualTime time;
    EventQueue events(time);
    Recorder recorder(events);
    const auto start = time.now();
    events.schedule(start + 1s, recorder.sink, 0, 1);
    events.schedule(start + 1s + 1ns, recorder.sink, 0, 2);
    events.run_until(start + 1s);
    CHECK(recorder.happened.size() == 1);
    events.schedule(start + 1s, recorder.sink, 0, 3);
    events.run_until(start + 2s);
    REQUIRE(recorder.happened.size() == 3);
    CHECK(recorder.happened[1].subject == 3);
    CHECK(recorder.happened[2].subject == 2);
}
