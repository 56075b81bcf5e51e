// See deregistration.hpp.
#include "services/elbv2/background/deregistration.hpp"

#include "services/elbv2/limits.hpp"

#include <algorithm>

namespace diorama::elbv2 {

Deregistration::Deregistration(State& state, Publication& publication, Environment& environment)
    : state_(state)
    , publication_(publication)
    , environment_(environment)
    , timer_(environment.scheduler) {}

void Deregistration::watch() {
    if (is_watching_) return;
    is_watching_ = true;
    timer_.start_after(limits::draining_check_interval, [this] { look(); });
}

void Deregistration::look() {
    is_watching_ = false;
    bool still_draining = false;
    std::vector<std::string> arns;
    for (const auto& [arn, record] : state_.target_groups)
        if (std::any_of(record.targets.begin(), record.targets.end(), [](const auto& target) {
                return target.draining_until.has_value();
            }))
            arns.push_back(arn);

    for (const auto& arn : arns) {
        auto* record = state_.target_groups.edit(arn);
        std::vector<TargetRecord> kept;
        std::vector<TargetRecord> removed;
        for (const auto& target : record->targets) {
            // AWS: "If a deregistering target has no in-flight requests and no active connections,
            // Elastic Load Balancing immediately completes the deregistration process, without
            // waiting for the deregistration delay to elapse."
            const bool over =
                target.draining_until && (environment_.clock.now() >= *target.draining_until ||
                                          publication_.outstanding_requests(arn, target) == 0);
            still_draining = still_draining || (target.draining_until && !over);
            (over ? removed : kept).push_back(target);
        }
        if (removed.empty()) continue;
        record->targets = std::move(kept);
        for (const auto& target : removed)
            publication_.target_removed(arn, target);
        publication_.target_group_changed(arn);
    }
    environment_.journal.commit();
    if (still_draining) watch();
}

} // namespace diorama::elbv2
