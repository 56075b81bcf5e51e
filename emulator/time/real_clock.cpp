// See real_clock.hpp. Time is read from the steady clock, so that it never goes backwards when the
// machine's clock is set.
#include "emulator/time/real_clock.hpp"

#include <algorithm>
#include <thread>

namespace diorama {

using std::chrono::duration_cast;
using std::chrono::steady_clock;

RealClock::RealClock(double scale)
    : scale_(scale)
    , start_(std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()))
    , steady_start_(steady_clock::now())
    , from_(steady_start_.time_since_epoch().count())
    , shown_(start_.time_since_epoch().count())
    , past_{{steady_start_, start_, false}} {}

Duration RealClock::scaled(steady_clock::duration passed) const {
    if (scale_ == 1) return duration_cast<Duration>(passed);
    return Duration(static_cast<Duration::rep>(static_cast<double>(passed.count()) * scale_));
}

Timestamp RealClock::shown_at(const Course& course, Moment moment) const {
    return course.stands ? course.shown : course.shown + scaled(moment - course.from);
}

Timestamp RealClock::now() const {
    while (true) {
        const auto version = version_.load();
        const auto present = course();
        const auto shown = shown_at(present, steady_clock::now());
        if (version % 2 == 0 && version_.load() == version) return shown;
        std::this_thread::yield();
    }
}

Timestamp RealClock::steady_now() const {
    return start_ + scaled(steady_clock::now() - steady_start_);
}

Timestamp RealClock::client_now() const {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

Duration RealClock::since_client(Timestamp stamp) const {
    // A whole second of a client's can be many here: let it be the end of it.
    if (scale_ != 1) stamp += std::chrono::milliseconds(999);
    // In this order: time that passes in between makes the stamp a little later, not earlier.
    const auto client = client_now();
    const auto moment = steady_clock::now() - (client - stamp);
    const std::lock_guard lock(mutex_);
    auto next =
        std::upper_bound(past_.begin(), past_.end(), moment, [](Moment left, const Course& right) {
            return left < right.from;
        });
    // Before the beginning there was no scale yet.
    if (next == past_.begin()) return now() - start_ + (steady_start_ - moment);
    return std::max(now() - shown_at(*std::prev(next), moment), Duration::zero());
}

steady_clock::duration RealClock::real(Duration emulated) const {
    if (scale_ == 1) return duration_cast<steady_clock::duration>(emulated);
    const double ticks = static_cast<double>(emulated.count()) / scale_;
    // A deadline beyond what 64 bits hold (a century) never comes anyway.
    return steady_clock::duration(static_cast<steady_clock::rep>(std::min(ticks, 3e18)));
}

steady_clock::time_point RealClock::real(Timestamp when) const {
    const auto present = course();
    return present.from + real(when - present.shown);
}

steady_clock::time_point RealClock::real_steady(Timestamp when) const {
    return steady_start_ + real(when - start_);
}

steady_clock::time_point RealClock::next_client_second() const {
    const auto client = client_now();
    const auto next = std::chrono::floor<std::chrono::seconds>(client) + std::chrono::seconds(1);
    return steady_clock::now() + (next - client);
}

RealClock::Course RealClock::course() const {
    return {
        Moment(Moment::duration(from_.load())),
        Timestamp(Duration(shown_.load())),
        is_standing_.load()
    };
}

void RealClock::start_ahead_by(Duration lead) {
    start_ += lead;
    past_.front().shown = start_;
    shown_.store(start_.time_since_epoch().count());
}

void RealClock::begin(const Course& course) {
    past_.push_back(course);
    from_.store(course.from.time_since_epoch().count());
    shown_.store(course.shown.time_since_epoch().count());
    is_standing_.store(course.stands);
    version_.fetch_add(1);
}

void RealClock::stop() {
    if (stands()) return;
    const std::lock_guard lock(mutex_);
    // Before the moment is taken: what others have read until now is of an earlier one.
    version_.fetch_add(1);
    const auto moment = steady_clock::now();
    begin({moment, shown_at(course(), moment), true});
}

void RealClock::move_to(Timestamp when) {
    shown_.store(std::max(shown_.load(), when.time_since_epoch().count()));
}

void RealClock::run() {
    if (!stands()) return;
    const std::lock_guard lock(mutex_);
    version_.fetch_add(1);
    const auto moment = steady_clock::now();
    const auto client = client_now();
    const auto fraction = client - std::chrono::floor<std::chrono::seconds>(client);
    // It is the same course if it began with the client's present second, whose stamps are then of
    // it; unless it was stopped in that second, too.
    if (moment - fraction > past_.back().from)
        begin({moment - fraction, course().shown - scaled(fraction), false});
    else
        begin({moment, course().shown, false});
}

} // namespace diorama
