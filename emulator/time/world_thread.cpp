// See world_thread.hpp.
#include "emulator/time/world_thread.hpp"

#include <algorithm>
#include <exception>

namespace diorama {

using std::chrono::steady_clock;

// Kept by those who are waited for.
class WorldThread::Hold {
public:
    Hold(WorldThread& world, std::uint64_t id)
        : world_(world)
        , id_(id) {}

    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

    ~Hold() {
        const std::lock_guard lock(world_.mutex_);
        world_.held_.erase(id_);
        world_.wake_.notify_one();
    }

private:
    WorldThread& world_;
    std::uint64_t id_;
};

TimerId WorldThread::at(Timestamp when, std::function<void()> task) {
    const TimerId id = ++last_id_;
    timers_.emplace(Key{when, id}, std::move(task));
    times_.emplace(id, when);
    return id;
}

TimerId WorldThread::after(Duration delay, std::function<void()> task) {
    return at(clock_.now() + delay, std::move(task));
}

void WorldThread::cancel(TimerId timer) {
    const auto found = times_.find(timer);
    if (found == times_.end()) return;
    timers_.erase(Key{found->second, timer});
    times_.erase(found);
}

void WorldThread::post(std::function<void()> task) {
    {
        const std::lock_guard lock(mutex_);
        posted_.push_back(std::move(task));
    }
    wake_.notify_one();
}

std::shared_ptr<void> WorldThread::hold() {
    std::uint64_t id = 0;
    {
        const std::lock_guard lock(mutex_);
        id = ++last_hold_;
        held_.emplace(id, Held{steady_clock::now()});
    }
    return std::make_shared<Hold>(*this, id);
}

void WorldThread::stop() {
    // Under the lock: once run() returns this object may go away.
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
}

void WorldThread::discard() {
    std::vector<std::function<void()>> tasks;
    {
        const std::lock_guard lock(mutex_);
        tasks.swap(posted_);
    }
    tasks.clear();
    advances_.clear();
    // Letting go of one task may cancel others.
    while (!timers_.empty()) {
        const auto last = timers_.extract(timers_.begin());
        times_.erase(last.key().second);
    }
}

void WorldThread::run_task(const std::function<void()>& task) {
    try {
        task();
    } catch (const std::exception& error) {
        log_.write(LogLevel::error, "world", "a task broke: {}", error.what());
    }
}

bool WorldThread::has_timer_until(Timestamp when) const {
    return !timers_.empty() && timers_.begin()->first.first <= when;
}

void WorldThread::run_next_timer() {
    auto next = timers_.extract(timers_.begin());
    times_.erase(next.key().second);
    run_task(next.mapped());
}

void WorldThread::run_due_timers() {
    const Timestamp now = clock_.now();
    while (has_timer_until(now) && advances_.empty())
        run_next_timer();
}

void WorldThread::advance_to(Timestamp target, Moment earliest, std::function<void()> arrived) {
    advances_.push_back({target, earliest, std::move(arrived)});
    if (advances_.size() == 1) begin_walk();
}

Timestamp WorldThread::destination() const {
    return advances_.empty() ? clock_.now() : advances_.back().target;
}

void WorldThread::begin_walk() {
    clock_.stop();
    walk_begun_ = steady_clock::now();
    waited_in_vain_ = {};
    const std::lock_guard lock(mutex_);
    for (auto& [id, held] : held_)
        held.is_given_up = false;
}

// Until when the walk waits for what is held; nothing: it goes on. The mutex is held.
std::optional<WorldThread::Moment> WorldThread::held_until() {
    const auto now = steady_clock::now();
    std::optional<Moment> until;
    for (auto& [id, held] : held_) {
        if (held.is_given_up) continue;
        const auto limit = waited_in_vain_ < patience_.in_all ? patience_.each : patience_.blink;
        const auto end = std::max(held.since, walk_begun_) + limit;
        if (now < end) {
            until = std::max(until.value_or(end), end);
        } else {
            held.is_given_up = true;
            waited_in_vain_ += limit;
        }
    }
    return until;
}

// One timer further, or to the target.
void WorldThread::step() {
    {
        const std::lock_guard lock(mutex_);
        // What was posted comes first: it may be what was waited for, and bring new timers.
        if (!posted_.empty() || held_until()) return;
    }
    const auto target = advances_.front().target;
    if (has_timer_until(target)) {
        clock_.move_to(timers_.begin()->first.first);
        return run_next_timer();
    }
    clock_.move_to(target);
    if (steady_clock::now() >= advances_.front().earliest) arrive();
}

void WorldThread::arrive() {
    const auto arrived = std::move(advances_.front().arrived);
    advances_.pop_front();
    // While the clock still stands there.
    run_task(arrived);
    clock_.run();
    if (!advances_.empty()) begin_walk();
}

void WorldThread::wait(std::unique_lock<std::mutex>& lock) {
    if (!posted_.empty()) return;
    if (!advances_.empty()) {
        const auto& walk = advances_.front();
        if (const auto until = held_until())
            wake_.wait_until(lock, *until);
        else if (!has_timer_until(walk.target) && walk.earliest > steady_clock::now())
            wake_.wait_until(lock, walk.earliest);
    } else if (timers_.empty()) {
        wake_.wait(lock);
    } else {
        wake_.wait_until(lock, clock_.real(timers_.begin()->first.first));
    }
}

void WorldThread::run() {
    std::vector<std::function<void()>> tasks;
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        wait(lock);
        tasks.swap(posted_);
        lock.unlock();
        for (auto& task : tasks)
            run_task(task);
        tasks.clear(); // with all that they held
        if (advances_.empty())
            run_due_timers();
        else
            step();
        lock.lock();
    }
}

} // namespace diorama
