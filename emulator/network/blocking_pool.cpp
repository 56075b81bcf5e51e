// See blocking_pool.hpp.
#include "emulator/network/blocking_pool.hpp"

#include <exception>

namespace diorama::network {

namespace {
// They wait for a disk, not for a processor: so many waits for it can be shared.
constexpr std::size_t most_threads = 32;
} // namespace

void BlockingPool::run(std::function<void()> work) {
    const std::lock_guard lock(mutex_);
    if (is_stopping_) return; // nobody waits for it any more
    queue_.push_back(std::move(work));
    if (idle_ < queue_.size() && threads_.size() < most_threads) {
        threads_.emplace_back([this] { serve(); });
    }
    wake_.notify_one();
}

void BlockingPool::stop() {
    std::vector<std::thread> threads;
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
        threads.swap(threads_);
    }
    wake_.notify_all();
    for (auto& thread : threads)
        thread.join();
}

void BlockingPool::serve() {
    std::unique_lock lock(mutex_);
    while (true) {
        ++idle_;
        wake_.wait(lock, [this] { return is_stopping_ || !queue_.empty(); });
        --idle_;
        if (queue_.empty()) return;
        auto work = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        try {
            work();
        } catch (const std::exception& error) {
            log_.write(LogLevel::error, "network", "blocking work broke: {}", error.what());
        }
        work = nullptr;
        lock.lock();
    }
}

} // namespace diorama::network
