// Whether something is healthy, between the health checks, which say so on the world thread, and
// the name servers, which look with every answer: one atomic that the snapshots of zones share, so
// that a change of health needs no new snapshot and a look takes no lock.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace diorama::route53 {

class HealthSignal {
public:
    // AWS: "Route 53 considers a new health check to be healthy until there's enough data to
    // determine the actual status."
    bool is_healthy() const { return is_healthy_.load(std::memory_order_relaxed); }

    void set(bool is_healthy) { is_healthy_.store(is_healthy, std::memory_order_relaxed); }

private:
    std::atomic<bool> is_healthy_ = true;
};

// All signals by what they tell of: the id of a health check, or the name of an alias target. World
// thread only.
class HealthSignals {
public:
    std::shared_ptr<HealthSignal> of(std::string_view subject) {
        const auto found = signals_.find(subject);
        if (found != signals_.end()) return found->second;
        return signals_.emplace(subject, std::make_shared<HealthSignal>()).first->second;
    }

private:
    std::map<std::string, std::shared_ptr<HealthSignal>, std::less<>> signals_;
};

} // namespace diorama::route53
