// A few threads for what can block: disk, long SQL statements. They start with the first piece of
// work. Work that throws is logged; whoever waits for it must not count on that.
#pragma once

#include "emulator/log.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace diorama::network {

class BlockingPool {
public:
    explicit BlockingPool(Log& log)
        : log_(log) {}

    ~BlockingPool() { stop(); }

    // Any thread. Work is begun in order, by up to 32 threads at a time.
    void run(std::function<void()> work);
    // Finishes what was begun and what is queued.
    void stop();

private:
    void serve();

    Log& log_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> queue_;
    std::vector<std::thread> threads_;
    std::size_t idle_ = 0;
    bool is_stopping_ = false;
};

} // namespace diorama::network
