// The two doors to time: Clock says what time it is, Scheduler runs something later. Real ones
// stand in real_clock.hpp and world_thread.hpp, virtual ones in virtual_time.hpp; nothing else may
// ask the machine.
#pragma once

#include "emulator/time/time.hpp"

#include <functional>
#include <utility>

namespace diorama {

class Clock {
public:
    virtual ~Clock() = default;
    // The emulated time of day; never goes backwards.
    virtual Timestamp now() const = 0;

    // The time of day outside the emulator, for what clients stamp with their own clocks
    // (signatures). Equal to now() unless time is scaled or virtual.
    virtual Timestamp client_now() const { return now(); }
};

using TimerId = std::uint64_t; // 0 is no timer

class Scheduler {
public:
    virtual ~Scheduler() = default;
    // Runs `task` once when the clock reaches `when` (at once if that has passed, but never inside
    // this call), on the thread this scheduler stands for. Tasks of the same moment run in the
    // order given.
    virtual TimerId at(Timestamp when, std::function<void()> task) = 0;
    virtual TimerId after(Duration delay, std::function<void()> task) = 0;
    // After cancel returns the task will not run. Unknown, past and zero ids are fine.
    virtual void cancel(TimerId timer) = 0;
    // Runs `task` soon on that thread. The only function here that any thread may call.
    virtual void post(std::function<void()> task) = 0;
};

// One pending task that is cancelled when its owner goes away.
class Timer {
public:
    Timer() = default;

    explicit Timer(Scheduler& scheduler)
        : scheduler_(&scheduler) {}

    Timer(Timer&& other) noexcept
        : scheduler_(other.scheduler_)
        , timer_(std::exchange(other.timer_, 0)) {}

    Timer& operator=(Timer&& other) noexcept {
        stop();
        scheduler_ = other.scheduler_;
        timer_ = std::exchange(other.timer_, 0);
        return *this;
    }

    ~Timer() { stop(); }

    void start_after(Duration delay, std::function<void()> task) {
        stop();
        timer_ = scheduler_->after(delay, std::move(task));
    }

    void stop() {
        if (timer_ != 0) scheduler_->cancel(std::exchange(timer_, 0));
    }

private:
    Scheduler* scheduler_ = nullptr;
    TimerId timer_ = 0;
};

// Runs `task` every `interval`, first after one interval, until destroyed.
class Ticker {
public:
    Ticker(Scheduler& scheduler, Duration interval, std::function<void()> task)
        : timer_(scheduler)
        , interval_(interval)
        , task_(std::move(task)) {
        arm();
    }

    Ticker(const Ticker&) = delete;
    Ticker& operator=(const Ticker&) = delete;

private:
    void arm() {
        timer_.start_after(interval_, [this] {
            arm();
            task_();
        });
    }

    Timer timer_;
    Duration interval_;
    std::function<void()> task_;
};

} // namespace diorama
