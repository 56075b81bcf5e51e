// A FIFO lock without waiting threads.
#include "services/rds/data/writer_lock.hpp"

#include <algorithm>

namespace diorama::rds {

bool WriterLock::acquire(
    const void* owner,
    std::function<void()> granted,
    std::function<void()> wanted
) {
    std::function<void()> tell_owner;
    {
        const std::lock_guard lock(mutex_);
        if (owner_ == owner) return true;
        if (owner_ == nullptr) {
            owner_ = owner;
            wanted_ = std::move(wanted);
            return true;
        }
        const bool is_queued =
            std::any_of(queue_.begin(), queue_.end(), [owner](const Waiting& waiting) {
                return waiting.owner == owner;
            });
        if (!is_queued) queue_.push_back({owner, std::move(granted), std::move(wanted)});
        if (queue_.size() == 1) tell_owner = wanted_;
    }
    // Where all sessions share a thread the owner gives way within this call.
    if (!tell_owner) return false;
    tell_owner();
    return is_held_by(owner);
}

void WriterLock::release(const void* owner) {
    std::function<void()> granted;
    {
        const std::lock_guard lock(mutex_);
        if (owner_ != owner) return;
        owner_ = nullptr;
        wanted_ = nullptr;
        if (queue_.empty()) return;
        owner_ = queue_.front().owner;
        wanted_ = std::move(queue_.front().wanted);
        granted = std::move(queue_.front().granted);
        queue_.pop_front();
    }
    if (granted) granted();
}

void WriterLock::withdraw(const void* owner) {
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(queue_, [owner](const Waiting& waiting) { return waiting.owner == owner; });
    }
    release(owner);
}

bool WriterLock::is_held_by(const void* owner) const {
    const std::lock_guard lock(mutex_);
    return owner_ == owner;
}

bool WriterLock::is_wanted_from(const void* owner) const {
    const std::lock_guard lock(mutex_);
    return owner_ == owner && !queue_.empty();
}

bool WriterLock::is_held_by_another(const void* owner) const {
    const std::lock_guard lock(mutex_);
    return owner_ != nullptr && owner_ != owner;
}

} // namespace diorama::rds
