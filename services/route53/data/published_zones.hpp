// The place between control and data plane: control leaves a new snapshot of all zones here, every
// thread that answers picks it up with its next question.
#pragma once

#include "services/route53/data/zones.hpp"

#include <atomic>
#include <memory>
#include <mutex>

namespace diorama::route53 {

class PublishedZones {
public:
    std::shared_ptr<const Zones> current() const {
        const std::lock_guard lock(mutex_);
        return zones_;
    }

    void publish(std::shared_ptr<const Zones> zones) {
        {
            const std::lock_guard lock(mutex_);
            zones_ = std::move(zones);
        }
        version_.fetch_add(1, std::memory_order_release);
    }

    // Grows with every publication: a reader keeps its copy while this stays the same.
    std::uint64_t version() const { return version_.load(std::memory_order_acquire); }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const Zones> zones_ = std::make_shared<const Zones>();
    std::atomic<std::uint64_t> version_ = 1;
};

} // namespace diorama::route53
