// The world thread: the one thread that owns all control-plane state and every timer of it. Others
// hand it work with post(); it runs that, and what is due, one after another. A task that throws is
// logged, and the next one runs.
//
// An advance by hand is a walk from timer to timer: the clock stands, is moved to the next timer's
// time, that timer runs, then what was posted meanwhile, and so on until the target; see
// decisions/0006-an-advance-is-a-walk.md.
#pragma once

#include "emulator/log.hpp"
#include "emulator/time/real_clock.hpp"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

namespace diorama {

class WorldThread final : public Scheduler {
public:
    using Moment = std::chrono::steady_clock::time_point;

    // How long an advance waits for work that is held: for each piece, and in all for pieces that
    // took longer. Then it waits for a blink only.
    struct Patience {
        std::chrono::milliseconds each{1000};
        std::chrono::milliseconds in_all{3000};
        std::chrono::milliseconds blink{1};
    };

    WorldThread(RealClock& clock, Log& log)
        : WorldThread(clock, log, Patience()) {}

    WorldThread(RealClock& clock, Log& log, Patience patience)
        : clock_(clock)
        , log_(log)
        , patience_(patience) {}

    // Runs on the calling thread until stop().
    void run();
    void stop(); // from any thread
    // Lets go of all that was still to happen, and of what it held.
    void discard();

    TimerId at(Timestamp when, std::function<void()> task) override;
    TimerId after(Duration delay, std::function<void()> task) override;
    void cancel(TimerId timer) override;
    void post(std::function<void()> task) override;
    std::shared_ptr<void> hold() override;

    // Begins to walk to `target`, or goes there after the walks under way; calls `arrived` when the
    // clock stands there, and not before the machine's `earliest`. On this thread only.
    void advance_to(Timestamp target, Moment earliest, std::function<void()> arrived);
    // Where the last advance asked for ends; now() when there is none.
    Timestamp destination() const;

private:
    using Key = std::pair<Timestamp, TimerId>;

    struct Advance {
        Timestamp target;
        Moment earliest;
        std::function<void()> arrived;
    };

    struct Held {
        Moment since;
        bool is_given_up = false;
    };

    class Hold;

    void run_task(const std::function<void()>& task);
    void run_next_timer();
    void run_due_timers();
    bool has_timer_until(Timestamp when) const;
    void wait(std::unique_lock<std::mutex>& lock);
    void begin_walk();
    void step();
    void arrive();
    std::optional<Moment> held_until();

    RealClock& clock_;
    Log& log_;
    const Patience patience_;
    std::mutex mutex_; // guards what is posted or held and stopping_; the rest is the thread's own
    std::condition_variable wake_;
    std::vector<std::function<void()>> posted_;
    std::map<std::uint64_t, Held> held_;
    std::uint64_t last_hold_ = 0;
    bool stopping_ = false;

    TimerId last_id_ = 0;
    std::map<Key, std::function<void()>> timers_;
    std::unordered_map<TimerId, Timestamp> times_; // order-free: only looked up by id
    std::deque<Advance> advances_;
    Moment walk_begun_;
    std::chrono::steady_clock::duration waited_in_vain_{};
};

} // namespace diorama
