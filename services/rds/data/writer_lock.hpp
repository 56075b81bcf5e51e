// The right to write to an instance. SQLite has one writer at a time; here they queue in the order
// they came, and nobody blocks a thread: who has to wait is called when it is its turn, and the
// owner is told when somebody queues, so that it may park its transaction if it only idles.
#pragma once

#include <deque>
#include <functional>
#include <mutex>

namespace diorama::rds {

class WriterLock {
public:
    // True: it is yours. False: `granted` will be called, from the thread of whoever releases it,
    // when it is. `wanted` is called, from the thread of whoever queues first behind you. An owner
    // is any pointer that identifies it.
    bool
    acquire(const void* owner, std::function<void()> granted, std::function<void()> wanted = {});
    void release(const void* owner);
    // Leaves the queue; gives the lock back if it was granted meanwhile.
    void withdraw(const void* owner);
    bool is_held_by(const void* owner) const;
    // It is yours, and somebody queues behind you.
    bool is_wanted_from(const void* owner) const;
    // Somebody else has it.
    bool is_held_by_another(const void* owner) const;

private:
    struct Waiting {
        const void* owner;
        std::function<void()> granted;
        std::function<void()> wanted;
    };

    mutable std::mutex mutex_;
    const void* owner_ = nullptr;
    std::function<void()> wanted_; // of the owner
    std::deque<Waiting> queue_;
};

} // namespace diorama::rds
