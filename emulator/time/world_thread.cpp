// See world_thread.hpp.
#include "emulator/time/world_thread.hpp"

#include <algorithm>
#include <exception>

namespace diorama {

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

void WorldThread::run_due_timers() {
    const Timestamp now = clock_.now();
    while (!timers_.empty() && timers_.begin()->first.first <= now) {
        auto next = timers_.extract(timers_.begin());
        times_.erase(next.key().second);
        run_task(next.mapped());
    }
}

void WorldThread::run() {
    std::vector<std::function<void()>> tasks;
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (posted_.empty()) {
            if (timers_.empty()) {
                wake_.wait(lock);
            } else {
                wake_.wait_until(lock, clock_.real(timers_.begin()->first.first));
            }
        }
        tasks.clear();
        tasks.swap(posted_);
        lock.unlock();
        for (auto& task : tasks)
            run_task(task);
        run_due_timers();
        lock.lock();
    }
}

} // namespace diorama
