// The wall clock, optionally faster, and advanced by hand. With a scale of 60 a minute of emulated
// time passes each second: the emulated time of day starts at the machine's and runs ahead of it.
// To advance it, the world thread stops the clock, moves it on while it stands, and lets it run
// again (see world_thread.hpp); every other thread only reads.
#pragma once

#include "emulator/time/clock.hpp"

#include <atomic>
#include <chrono>
#include <mutex>
#include <vector>

namespace diorama {

class RealClock final : public Clock {
public:
    explicit RealClock(double scale = 1);

    Timestamp now() const override;
    Timestamp steady_now() const override;
    Timestamp client_now() const override;
    Duration since_client(Timestamp stamp) const override;

    double scale() const { return scale_; }

    // How long the machine takes for this much emulated time, and when, on its steady clock, now()
    // and steady_now() will be at a moment. The former not while the clock stands.
    std::chrono::steady_clock::duration real(Duration emulated) const;
    std::chrono::steady_clock::time_point real(Timestamp when) const;
    std::chrono::steady_clock::time_point real_steady(Timestamp when) const;

    // When, on the machine's steady clock, the clocks of clients begin another second.
    std::chrono::steady_clock::time_point next_client_second() const;

    // As an earlier process left it; before anybody has looked.
    void start_ahead_by(Duration lead);

    // World thread only.
    bool stands() const { return is_standing_.load(); }

    void stop();
    void move_to(Timestamp when); // stands there then; never goes back
    void run();

private:
    using Moment = std::chrono::steady_clock::time_point;

    // What the clock shows from a moment of the machine on, and whether it moves from there.
    struct Course {
        Moment from;
        Timestamp shown;
        bool stands;
    };

    Duration scaled(std::chrono::steady_clock::duration passed) const;
    Course course() const;
    Timestamp shown_at(const Course& course, Moment moment) const;
    void begin(const Course& course); // within a change of version_

    double scale_;
    Timestamp start_;
    Moment steady_start_;

    // The present course, for readers on all threads: read again when `version_` was odd or has
    // changed meanwhile, so that nobody sees half of a new one, nor time go backwards.
    std::atomic<std::uint64_t> version_ = 0;
    std::atomic<Moment::rep> from_;
    std::atomic<Timestamp::rep> shown_;
    std::atomic<bool> is_standing_ = false;

    // How it came to this: two courses for each advance.
    mutable std::mutex mutex_;
    std::vector<Course> past_;
};

} // namespace diorama
