// One sync for many commits.
#include "services/rds/data/log_sync.hpp"

#include <fcntl.h>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace diorama::rds {

LogSync::LogSync(const std::string& database)
    : path_(database + "-wal") {}

LogSync::~LogSync() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

// SQLite keeps the file as long as a connection is open, and the engine always has one. Its times
// are nobody's concern, and it keeps its length once SQLite has begun to use it anew.
void LogSync::sync() {
    if (descriptor_ < 0) descriptor_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor_ < 0 || ::fdatasync(descriptor_) != 0)
        throw std::runtime_error("cannot sync " + path_);
    ++syncs_;
}

// A sync that has begun before may have missed what was written: the next one has not.
void LogSync::wait() {
    std::unique_lock lock(mutex_);
    const auto wanted = begun_ + 1;
    while (done_ < wanted) {
        if (is_running_) {
            ended_.wait(lock);
            continue;
        }
        is_running_ = true;
        const auto number = ++begun_;
        lock.unlock();
        try {
            sync();
        } catch (...) {
            lock.lock();
            is_running_ = false;
            ended_.notify_all(); // they try for themselves
            throw;
        }
        lock.lock();
        is_running_ = false;
        done_ = number;
        ended_.notify_all();
    }
}

void LogSync::when_synced(Synced synced, const Run& run) {
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(synced));
        if (std::exchange(is_serving_, true)) return;
    }
    run([this] { serve(); });
}

// Whoever comes during one sync shares the next.
void LogSync::serve() {
    while (true) {
        std::vector<Synced> served;
        {
            const std::lock_guard lock(mutex_);
            served.swap(waiting_);
            is_serving_ = !served.empty();
        }
        if (served.empty()) return;
        bool succeeded = true;
        try {
            wait();
        } catch (const std::runtime_error&) {
            succeeded = false;
        }
        for (const auto& synced : served)
            synced(succeeded);
    }
}

void LogSync::sync_noted() {
    if (is_noted_.exchange(false)) wait();
}

} // namespace diorama::rds
