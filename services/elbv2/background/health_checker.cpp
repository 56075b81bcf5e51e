// See health_checker.hpp.
#include "services/elbv2/background/health_checker.hpp"

#include <set>

namespace diorama::elbv2 {

namespace {

constexpr TargetHealth not_in_use{TargetHealthState::unused, TargetHealthReason::not_in_use};
constexpr TargetHealth not_running{TargetHealthState::unused, TargetHealthReason::invalid_state};
constexpr TargetHealth registering{
    TargetHealthState::initial,
    TargetHealthReason::registration_in_progress
};

} // namespace

HealthChecker::HealthChecker(Scheduler& scheduler, Prober& prober, Changed changed)
    : scheduler_(scheduler)
    , prober_(prober)
    , changed_(std::move(changed)) {}

HealthChecker::~HealthChecker() {
    *alive_ = false;
}

void HealthChecker::update(
    const std::string& target_group_arn,
    HealthCheckSettings settings,
    const std::vector<CheckedTarget>& targets,
    bool is_in_use
) {
    auto& group = groups_[target_group_arn];
    const bool use_changed = group.is_in_use != is_in_use;
    group.settings = std::move(settings);
    group.is_in_use = is_in_use;

    std::set<TargetKey> present;
    for (const auto& target : targets) {
        const TargetKey key{target.id, target.port};
        present.insert(key);
        auto [at, is_new] = group.targets.try_emplace(key);
        auto& checked = at->second;
        const bool moved = checked.target.endpoint != target.endpoint;
        checked.target = target;
        if (is_new) checked.timer = Timer(scheduler_);
        if (is_new || use_changed || moved) begin(target_group_arn, checked);
    }
    std::erase_if(group.targets, [&](const auto& entry) { return !present.contains(entry.first); });
}

void HealthChecker::forget(const std::string& target_group_arn) {
    groups_.erase(target_group_arn);
}

TargetHealth
HealthChecker::health_of(const std::string& target_group_arn, const std::string& id, int port)
    const {
    const auto group = groups_.find(target_group_arn);
    if (group != groups_.end())
        if (const auto at = group->second.targets.find({id, port});
            at != group->second.targets.end())
            return at->second.track.health;
    return {TargetHealthState::unused, TargetHealthReason::not_registered};
}

void HealthChecker::begin(const std::string& target_group_arn, Checked& checked) {
    checked.timer.stop();
    checked.generation = 0;
    const auto& group = groups_[target_group_arn];
    if (!group.is_in_use) {
        checked.track = {not_in_use};
        return;
    }
    if (!checked.target.endpoint) {
        checked.track = {not_running};
        return;
    }
    checked.track = {registering};
    const TargetKey key{checked.target.id, checked.target.port};
    checked.timer.start_after(Duration::zero(), [this, target_group_arn, key] {
        probe_now(target_group_arn, key);
    });
}

void HealthChecker::probe_now(const std::string& target_group_arn, const TargetKey& key) {
    auto* checked = find(target_group_arn, key);
    if (checked == nullptr || !checked->target.endpoint) return;
    const auto& settings = groups_[target_group_arn].settings;
    if (checked->track.health == registering)
        checked->track.health.reason = TargetHealthReason::initial_health_checking;
    const auto generation = ++last_generation_;
    checked->generation = generation;
    // The next probe begins one interval after this one began.
    checked->timer.start_after(settings.interval, [this, target_group_arn, key] {
        probe_now(target_group_arn, key);
    });
    prober_.probe(
        {*checked->target.endpoint,
         checked->target.host,
         settings.path,
         settings.tls,
         settings.timeout},
        [this, alive = alive_, target_group_arn, key, generation](const ProbeResult& result) {
            if (*alive) probed(target_group_arn, key, generation, result);
        }
    );
}

void HealthChecker::probed(
    const std::string& target_group_arn,
    const TargetKey& key,
    std::uint64_t generation,
    const ProbeResult& result
) {
    auto* checked = find(target_group_arn, key);
    if (checked == nullptr || checked->generation != generation) return;
    checked->generation = 0;
    const auto& settings = groups_[target_group_arn].settings;
    const auto before = checked->track.health;
    apply(checked->track, result, settings.matcher, settings.thresholds);
    if (checked->track.health != before) changed_(target_group_arn, key.first, key.second);
}

HealthChecker::Checked*
HealthChecker::find(const std::string& target_group_arn, const TargetKey& key) {
    const auto group = groups_.find(target_group_arn);
    if (group == groups_.end()) return nullptr;
    const auto at = group->second.targets.find(key);
    return at == group->second.targets.end() ? nullptr : &at->second;
}

} // namespace diorama::elbv2
