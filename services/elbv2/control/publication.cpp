// See publication.hpp.
#include "services/elbv2/control/publication.hpp"

#include "emulator/assert.hpp"
#include "services/elbv2/data/data_plane.hpp"

namespace diorama::elbv2 {

namespace {

Place place_of(const std::string& arn) {
    return {account_of(arn), region_of(arn)};
}

HealthCheckSettings settings_of(const HealthCheckRecord& record) {
    const auto matcher = Matcher::parse(record.matcher);
    ASSERT(matcher.has_value());
    return {
        record.protocol == "HTTPS",
        record.path,
        std::chrono::seconds(record.interval_seconds),
        std::chrono::seconds(record.timeout_seconds),
        {record.healthy_threshold, record.unhealthy_threshold},
        *matcher,
    };
}

int health_check_port(const TargetGroupRecord& target_group, const TargetRecord& target) {
    const auto& port = target_group.health_check.port;
    return port == "traffic-port" ? target.port : std::stoi(port);
}

} // namespace

Publication::Publication(State& state, Surroundings surroundings)
    : state_(state)
    , surroundings_(std::move(surroundings))
    , health_checker_(
          surroundings_.environment.scheduler,
          surroundings_.prober,
          [this](const std::string& arn, const std::string& id, int port) {
              health_changed(arn, id, port);
          }
      ) {}

void Publication::load_balancer_changed(const std::string& arn) {
    const auto* record = state_.load_balancers.find(arn);
    ASSERT(record != nullptr);
    auto snapshot = make_snapshot(
        state_,
        *record,
        *this,
        surroundings_.environment.metrics,
        dns_name_of(*record)
    );
    snapshots_[arn] = snapshot;
    if (surroundings_.data_plane != nullptr) surroundings_.data_plane->publish(snapshot);
}

void Publication::load_balancer_deleted(const std::string& arn) {
    snapshots_.erase(arn);
    if (surroundings_.data_plane != nullptr) surroundings_.data_plane->withdraw(arn);
}

void Publication::target_group_changed(const std::string& arn) {
    if (const auto* record = state_.target_groups.find(arn)) {
        check_targets(*record);
        publish_users_of(arn);
        return;
    }
    health_checker_.forget(arn);
    live_groups_.erase(arn);
    std::erase_if(live_targets_, [&](const auto& entry) {
        return std::get<0>(entry.first) == arn;
    });
}

void Publication::instance_changed(const std::string& instance_id) {
    std::vector<std::string> concerned;
    for (const auto& [arn, record] : state_.target_groups)
        for (const auto& target : record.targets)
            if (target.id == instance_id) concerned.push_back(arn);
    for (const auto& arn : concerned)
        target_group_changed(arn);
}

void Publication::publish_all() {
    for (const auto& [arn, record] : state_.target_groups)
        check_targets(record);
    for (const auto& [arn, record] : state_.load_balancers)
        load_balancer_changed(arn);
}

void Publication::target_removed(const std::string& target_group_arn, const TargetRecord& target) {
    const auto found = live_targets_.find({target_group_arn, target.id, target.port});
    if (found == live_targets_.end()) return;
    if (surroundings_.data_plane != nullptr) surroundings_.data_plane->cut(found->second);
    live_targets_.erase(found);
}

TargetHealth
Publication::health_of(const TargetGroupRecord& target_group, const TargetRecord& target) const {
    if (target.draining_until)
        return {TargetHealthState::draining, TargetHealthReason::deregistration_in_progress};
    return health_checker_.health_of(target_group.arn, target.id, target.port);
}

std::uint32_t
Publication::outstanding_requests(const std::string& target_group_arn, const TargetRecord& target) {
    return live_target(target_group_arn, target)->outstanding.load(std::memory_order_relaxed);
}

std::string
Publication::zone_of(const TargetGroupRecord& target_group, const TargetRecord& target) const {
    if (target_group.target_type != "instance") return target.zone;
    const auto instance = surroundings_.instances.find(place_of(target_group.arn), target.id);
    return instance ? instance->zone : "";
}

std::string Publication::dns_name_of(const LoadBalancerRecord& record) const {
    return surroundings_.environment.advertise == Advertise::aws ? record.aws_dns_name
                                                                 : record.local_dns_name;
}

std::shared_ptr<const LoadBalancer> Publication::snapshot_of(const std::string& arn) const {
    const auto found = snapshots_.find(arn);
    return found == snapshots_.end() ? nullptr : found->second;
}

TargetDirectory::Entry
Publication::entry_of(const TargetGroupRecord& target_group, const TargetRecord& target) {
    const auto endpoint = endpoint_of(target_group, target, target.port);
    return {
        endpoint ? health_of(target_group, target).state : TargetHealthState::unused,
        endpoint.value_or(network::Endpoint{}),
        zone_of(target_group, target),
        live_target(target_group.arn, target),
    };
}

std::shared_ptr<LiveTargetGroup> Publication::live_group_of(const std::string& target_group_arn) {
    auto& live = live_groups_[target_group_arn];
    if (live == nullptr) live = std::make_shared<LiveTargetGroup>();
    return live;
}

std::shared_ptr<LiveTarget>
Publication::live_target(const std::string& target_group_arn, const TargetRecord& target) {
    auto& live = live_targets_[{target_group_arn, target.id, target.port}];
    if (live == nullptr) live = std::make_shared<LiveTarget>();
    return live;
}

std::optional<network::Endpoint> Publication::endpoint_of(
    const TargetGroupRecord& target_group,
    const TargetRecord& target,
    int port
) const {
    const auto number = static_cast<std::uint16_t>(port);
    if (target_group.target_type == "instance")
        return surroundings_.instances.endpoint_of(place_of(target_group.arn), target.id, number);
    const auto address = network::IPAddress::parse(target.id);
    if (!address) return std::nullopt;
    const network::Endpoint proper{*address, number};
    return surroundings_.translate ? surroundings_.translate(proper) : proper;
}

void Publication::check_targets(const TargetGroupRecord& target_group) {
    std::vector<CheckedTarget> targets;
    for (const auto& target : target_group.targets) {
        if (target.draining_until) continue;
        const auto port = health_check_port(target_group, target);
        auto endpoint = endpoint_of(target_group, target, port);
        const auto host = endpoint ? endpoint->to_string() : std::string();
        targets.push_back({target.id, target.port, endpoint, host});
    }
    health_checker_.update(
        target_group.arn,
        settings_of(target_group.health_check),
        targets,
        !state_.load_balancers_using(target_group.arn).empty()
    );
}

void Publication::publish_users_of(const std::string& target_group_arn) {
    for (const auto& arn : state_.load_balancers_using(target_group_arn))
        load_balancer_changed(arn);
}

void Publication::health_changed(
    const std::string& target_group_arn,
    const std::string& id,
    int port
) {
    auto* record = state_.target_groups.find(target_group_arn);
    if (record == nullptr) return;
    for (const auto& target : record->targets) {
        if (target.id != id || target.port != port) continue;
        const auto health = health_of(*record, target);
        surroundings_.environment.log.write(
            LogLevel::note,
            "elbv2",
            "target {}:{} of {} is {} {}",
            id,
            port,
            record->name,
            name_of(health.state),
            description_of(health)
        );
        // AWS: a target enters slow start when it becomes healthy, if another healthy target is not
        // in slow start; it leaves it when it becomes unhealthy.
        const bool ramps = health.state == TargetHealthState::healthy &&
                           has_target_in_full_service(*record, target);
        live_target(target_group_arn, target)->slow_start_began =
            ramps ? surroundings_.environment.clock.now() : epoch;
    }
    publish_users_of(target_group_arn);
}

bool Publication::has_target_in_full_service(
    const TargetGroupRecord& target_group,
    const TargetRecord& but
) {
    const auto ramp = std::chrono::seconds(
        std::stol(target_group_attribute(target_group, "slow_start.duration_seconds"))
    );
    const auto now = surroundings_.environment.clock.now();
    for (const auto& target : target_group.targets) {
        if (&target == &but) continue;
        if (health_of(target_group, target).state != TargetHealthState::healthy) continue;
        const auto began = live_target(target_group.arn, target)->slow_start_began.load();
        if (began == epoch || now >= began + ramp) return true;
    }
    return false;
}

} // namespace diorama::elbv2
