#include "emulator/time/real_clock.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

using namespace diorama;
using namespace std::chrono_literals;

TEST_CASE("real clock: it stands until it is moved or run again") {
    RealClock clock;
    clock.stop();
    const auto stopped = clock.now();
    CHECK(clock.now() == stopped);
    clock.move_to(stopped + 1h);
    CHECK(clock.now() == stopped + 1h);
    clock.move_to(stopped + 1min);
    CHECK(clock.now() == stopped + 1h); // it never goes back
    clock.run();
    CHECK(clock.now() >= stopped + 1h);
    CHECK(clock.now() < stopped + 2h);
    CHECK(clock.client_now() < stopped + 30min);
}

TEST_CASE("real clock: what is advanced by hand does not pass on the steady one") {
    RealClock clock(2);
    const auto before = clock.steady_now();
    clock.stop();
    clock.move_to(clock.now() + 24h);
    CHECK(clock.steady_now() >= before);
    clock.run();
    CHECK(clock.steady_now() - before < 1h);
}

TEST_CASE("real clock: a moment to come is as far away after an advance as before it") {
    RealClock clock(60);
    clock.stop();
    clock.move_to(clock.now() + 24h);
    clock.run();
    const auto in_a_minute = clock.real(clock.now() + 1min) - std::chrono::steady_clock::now();
    CHECK(in_a_minute > 900ms);
    CHECK(in_a_minute <= 1s);
    const auto steady =
        clock.real_steady(clock.steady_now() + 1min) - std::chrono::steady_clock::now();
    CHECK(steady > 900ms);
    CHECK(steady <= 1s);
}

TEST_CASE("real clock: it knows how long ago here a client's clock showed a time") {
    RealClock clock;
    const auto before = clock.client_now();
    CHECK(clock.since_client(before - 1h) >= 1h); // before the emulator was
    CHECK(clock.since_client(before - 1h) < 1h + 1min);
    clock.stop();
    clock.move_to(clock.now() + 24h);
    clock.run();
    const auto after = clock.client_now();
    CHECK(clock.since_client(before) >= 24h);
    CHECK(clock.since_client(before) < 24h + 1min);
    CHECK(clock.since_client(after) < 1min);
    CHECK(clock.since_client(after + 15min) <= Duration::zero()); // a client that is ahead
}

TEST_CASE("real clock: a client's second that has just begun is not long ago, however fast it is") {
    const RealClock clock(1000);
    const auto second = std::chrono::floor<std::chrono::seconds>(clock.client_now());
    CHECK(clock.since_client(second) < 10s);
}

TEST_CASE("real clock: one that starts ahead has always been ahead") {
    RealClock clock;
    const auto stamp = clock.client_now() - 1min;
    clock.start_ahead_by(24h);
    CHECK(clock.now() - clock.client_now() > 23h);
    CHECK(clock.since_client(stamp) >= 1min);
    CHECK(clock.since_client(stamp) < 2min);
}

TEST_CASE("real clock: no other thread sees time go backwards during an advance") {
    RealClock clock;
    std::atomic<bool> is_over = false;
    std::atomic<bool> went_back = false;
    std::thread reader([&] {
        auto last = clock.now();
        while (!is_over) {
            const auto next = clock.now();
            if (next < last) went_back = true;
            last = next;
        }
    });
    for (int i = 0; i < 2000; ++i) {
        clock.stop();
        clock.move_to(clock.now() + 1us);
        clock.run();
    }
    is_over = true;
    reader.join();
    CHECK_FALSE(went_back);
}
