// See target_selection.hpp.
#include "services/elbv2/data/target_selection.hpp"

#include <algorithm>

namespace diorama::elbv2 {

namespace {

// AWS: "A target in slow start mode receives a linearly increasing share of requests".
bool declines_during_slow_start(
    const Target& target,
    Duration slow_start,
    Random& random,
    Timestamp now
) {
    if (slow_start == Duration::zero()) return false;
    const auto began = target.live->slow_start_began.load(std::memory_order_relaxed);
    if (began == epoch || now >= began + slow_start) return false;
    const double share =
        static_cast<double>((now - began).count()) / static_cast<double>(slow_start.count());
    return random.real() >= share;
}

// AWS: the target with the fewest requests in progress; among equals they take turns.
const Target* least_outstanding(const TargetPool& pool, std::size_t first) {
    const Target* least = nullptr;
    std::uint32_t fewest = 0;
    for (std::size_t i = 0; i < pool.targets.size(); ++i) {
        const auto& target = pool.targets[(first + i) % pool.targets.size()];
        const auto outstanding = target.live->outstanding.load(std::memory_order_relaxed);
        if (least == nullptr || outstanding < fewest) {
            least = &target;
            fewest = outstanding;
        }
    }
    return least;
}

} // namespace

std::vector<Target>
routable_targets(const std::vector<RegisteredTarget>& registered, HealthyTargetsRequired required) {
    std::vector<Target> healthy;
    std::vector<Target> candidates;
    for (const auto& [target, health] : registered) {
        if (health == TargetHealthState::draining || health == TargetHealthState::unused) continue;
        candidates.push_back(target);
        if (health == TargetHealthState::healthy) healthy.push_back(target);
    }
    const bool enough = healthy.size() >= std::max<std::size_t>(required.count, 1) &&
                        healthy.size() * 100 >= required.percentage * candidates.size();
    return enough ? healthy : candidates;
}

const TargetGroup* select_target_group(const ForwardAction& action, Random& random) {
    if (action.shares.size() == 1)
        return action.shares[0].weight == 0 ? nullptr : action.shares[0].target_group.get();
    std::uint64_t total = 0;
    for (const auto& share : action.shares)
        total += share.weight;
    if (total == 0) return nullptr;
    auto point = random.below(total);
    for (const auto& share : action.shares) {
        if (point < share.weight) return share.target_group.get();
        point -= share.weight;
    }
    return nullptr;
}

const Target* select_target(
    const TargetGroup& target_group,
    std::string_view zone,
    Random& random,
    Timestamp now
) {
    const auto pool = std::find_if(
        target_group.pools.begin(),
        target_group.pools.end(),
        [&](const TargetPool& one) { return one.zone.empty() || one.zone == zone; }
    );
    if (pool == target_group.pools.end() || pool->targets.empty()) return nullptr;
    const auto& targets = pool->targets;
    if (target_group.selection == TargetSelection::weighted_random)
        return &targets[random.below(targets.size())];

    auto& turn = target_group.live->turn;
    if (target_group.selection == TargetSelection::least_outstanding_requests)
        return least_outstanding(*pool, turn.fetch_add(1, std::memory_order_relaxed));

    const Target* chosen = nullptr;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        chosen = &targets[turn.fetch_add(1, std::memory_order_relaxed) % targets.size()];
        if (!declines_during_slow_start(*chosen, target_group.slow_start, random, now)) break;
    }
    return chosen;
}

} // namespace diorama::elbv2
