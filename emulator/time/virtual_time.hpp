// Virtual time: a clock that stands still until somebody runs it, and a scheduler whose events
// happen one after another on the caller's thread. Ties are broken by the order of scheduling, so
// that a run is the same every time. Used by simulations and by every test that needs time to pass.
#pragma once

#include "emulator/time/clock.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>

namespace diorama {

class VirtualTime final : public Clock, public Scheduler {
public:
    explicit VirtualTime(
        Timestamp start = Timestamp(std::chrono::seconds(1'767'225'600))
    ) // 2026-01-01
        : now_(start) {}

    Timestamp now() const override { return now_; }

    TimerId at(Timestamp when, std::function<void()> task) override;
    TimerId after(Duration delay, std::function<void()> task) override;
    void cancel(TimerId timer) override;

    void post(std::function<void()> task) override { at(now_, std::move(task)); }

    // Runs every event up to and including `end`, then stands at `end`.
    void run_until(Timestamp end);

    void run_for(Duration span) { run_until(now_ + span); }

    // Runs the next event, if there is one.
    bool step();

    // When that is.
    std::optional<Timestamp> next() const {
        if (events_.empty()) return std::nullopt;
        return events_.begin()->first.first;
    }

    // Time passes up to `when` without any event: for those who keep events of their own. Not
    // beyond next().
    void pass_to(Timestamp when) { now_ = std::max(now_, when); }

private:
    using Key = std::pair<Timestamp, TimerId>;
    Timestamp now_;
    TimerId last_id_ = 0;
    std::map<Key, std::function<void()>> events_;
    std::unordered_map<TimerId, Timestamp> times_; // order-free: only looked up by id
};

} // namespace diorama
