// The two doors to time: Clock says what time it is, Scheduler runs something later. Real ones
// stand in real_clock.hpp and world_thread.hpp, virtual ones in virtual_time.hpp; nothing else may
// ask the machine.
#pragma once

#include "emulator/time/time.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace diorama {

class Clock {
public:
    virtual ~Clock() = default;
    // The emulated time of day; never goes backwards.
    virtual Timestamp now() const = 0;

    // now() as it would be had nobody advanced it by hand. It passes evenly, so it is what the
    // time-outs of connections, and how long a request took, are measured by.
    virtual Timestamp steady_now() const { return now(); }

    // The time of day outside the emulator, by which clients stamp what they send. Equal to now()
    // unless time is scaled or was advanced.
    virtual Timestamp client_now() const { return now(); }

    // How much time has passed here since a client's clock showed `stamp` (in whole seconds, as
    // signatures do).
    virtual Duration since_client(Timestamp stamp) const { return now() - stamp; }
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
    // Runs `task` soon on that thread. Any thread may call it, and hold().
    virtual void post(std::function<void()> task) = 0;

    // For work under way outside the clock (a probe, a backup) whose answer belongs to the moment
    // at which it was asked for: as long as this is kept, an advance by hand does not pass, within
    // reason. Any thread may let go of it.
    virtual std::shared_ptr<void> hold() { return nullptr; }
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
