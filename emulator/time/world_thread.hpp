// The world thread: the one thread that owns all control-plane state and every timer of it. Others
// hand it work with post(); it runs that, and what is due, one after another. A task that throws is
// logged, and the next one runs.
#pragma once

#include "emulator/log.hpp"
#include "emulator/time/real_clock.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace diorama {

class WorldThread final : public Scheduler {
public:
    WorldThread(const RealClock& clock, Log& log)
        : clock_(clock)
        , log_(log) {}

    // Runs on the calling thread until stop().
    void run();
    void stop(); // from any thread
    // Lets go of all that was still to happen, and of what it held.
    void discard();

    TimerId at(Timestamp when, std::function<void()> task) override;
    TimerId after(Duration delay, std::function<void()> task) override;
    void cancel(TimerId timer) override;
    void post(std::function<void()> task) override;

private:
    using Key = std::pair<Timestamp, TimerId>;

    void run_task(const std::function<void()>& task);
    void run_due_timers();

    const RealClock& clock_;
    Log& log_;
    std::mutex mutex_; // guards posted_ and stopping_; timers belong to the thread itself
    std::condition_variable wake_;
    std::vector<std::function<void()>> posted_;
    bool stopping_ = false;

    TimerId last_id_ = 0;
    std::map<Key, std::function<void()>> timers_;
    std::unordered_map<TimerId, Timestamp> times_;
};

} // namespace diorama
