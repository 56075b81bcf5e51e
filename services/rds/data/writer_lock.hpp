// The right to write to an instance. SQLite has one writer at a time; here they queue in the order
// they came, and nobody blocks a thread: who has to wait is called when it is its turn.
#pragma once

#include <deque>
#include <functional>
#include <mutex>

namespace diorama::rds {

class WriterLock {
public:
    // True: it is yours. False: `granted` will be called, from the thread of whoever releases it,
    // when it is. An owner is any pointer that identifies it.
    bool acquire(const void* owner, std::function<void()> granted);
    void release(const void* owner);
    // Leaves the queue; gives the lock back if it was granted meanwhile.
    void withdraw(const void* owner);
    bool is_held_by(const void* owner) const;

private:
    struct Waiting {
        const void* owner;
        std::function<void()> granted;
    };

    mutable std::mutex mutex_;
    const void* owner_ = nullptr;
    std::deque<Waiting> queue_;
};

} // namespace diorama::rds
