// See target_watch.hpp.
#include "services/route53/background/target_watch.hpp"

#include "services/route53/limits.hpp"

namespace diorama::route53 {

std::shared_ptr<const HealthSignal> TargetWatch::watch(const std::string& name) {
    if (targets_ == nullptr) return nullptr;
    const auto [found, is_new] = watched_.try_emplace(name, std::make_shared<HealthSignal>());
    // The first look comes from the ticker: other services may not have been joined yet.
    if (is_new && !ticker_) {
        ticker_.emplace(scheduler_, limits::target_polling_interval, [this] { look(); });
    }
    return found->second;
}

void TargetWatch::look() {
    for (const auto& [name, signal] : watched_) {
        signal->set(targets_->is_healthy(name).value_or(true));
    }
}

} // namespace diorama::route53
