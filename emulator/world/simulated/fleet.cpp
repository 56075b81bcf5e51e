// See world/simulated/fleet.hpp.
#include "emulator/world/simulated/fleet.hpp"

#include <algorithm>

namespace diorama {

// What EC2 holds of a running instance: when it lets go, the instance ends.
class SimulatedHost final : public ec2::InstanceHost {
public:
    SimulatedHost(SimulatedFleet& fleet, std::uint32_t instance)
        : fleet_(fleet)
        , instance_(instance) {}

    ~SimulatedHost() override { fleet_.end(instance_); }

    Duration cpu_time(Timestamp now) const override {
        return fleet_[instance_].queue.busy_until(now);
    }

    double bytes_received() const override { return fleet_[instance_].bytes_in; }

    double bytes_sent() const override { return fleet_[instance_].bytes_out; }

    bool is_running() const override { return fleet_[instance_].is_reachable; }

    std::string console_output() const override { return {}; }

private:
    SimulatedFleet& fleet_;
    std::uint32_t instance_;
};

std::unique_ptr<ec2::InstanceHost> SimulatedFleet::start(const ec2::InstanceIdentity& identity) {
    const auto number = static_cast<std::uint32_t>(instances_.size());
    SimulatedInstance& made = instances_.emplace_back();
    made.identity = identity;
    made.settings = ec2::application_settings(ec2::read_settings(identity.user_data));
    made.queue = ec2::InstanceQueue(identity.vcpus);
    made.ready_at = clock_.now() + app_.start;
    const auto build = bad_builds_.find(identity.group);
    if (build != bad_builds_.end()) made.bad_build = build->second;
    made.slots = std::max(
        1U,
        static_cast<std::uint32_t>(app_.concurrency_per_vcpu * static_cast<double>(identity.vcpus))
    );
    const auto* type = ec2::find_instance_type(identity.type);
    made.memory_bytes = static_cast<std::uint64_t>(type == nullptr ? 1024 : type->memory_mib) << 20;
    const auto zone = dark_zones_.find(identity.zone);
    made.is_reachable = zone == dark_zones_.end() || !zone->second;
    by_address_[identity.address.v4_bits()] = number;
    calls_.instance_started(number);
    return std::make_unique<SimulatedHost>(*this, number);
}

std::optional<std::uint32_t> SimulatedFleet::at(const network::IPAddress& address) const {
    const auto found = by_address_.find(address.v4_bits());
    if (found == by_address_.end()) return std::nullopt;
    return found->second;
}

bool SimulatedFleet::answers(const SimulatedInstance& instance) const {
    return instance.is_running && instance.is_reachable && clock_.now() >= instance.ready_at;
}

std::vector<CallId> SimulatedFleet::take_calls(SimulatedInstance& instance) {
    auto calls = std::move(instance.in_work);
    calls.insert(calls.end(), instance.waiting.begin(), instance.waiting.end());
    instance.in_work.clear();
    instance.waiting.clear();
    return calls;
}

void SimulatedFleet::end(std::uint32_t number) {
    SimulatedInstance& instance = instances_[number];
    instance.is_running = false;
    const auto found = by_address_.find(instance.identity.address.v4_bits());
    if (found != by_address_.end() && found->second == number) by_address_.erase(found);
    auto calls = take_calls(instance);
    // Where there is no network nobody hears of it.
    if (instance.is_reachable) calls_.broken_off(std::move(calls));
}

void SimulatedFleet::restart(std::uint32_t number) {
    SimulatedInstance& instance = instances_[number];
    instance.ready_at = clock_.now() + app_.start;
    instance.queue = ec2::InstanceQueue(instance.identity.vcpus);
    calls_.broken_off(take_calls(instance));
}

void SimulatedFleet::deploy(const std::string& group, std::shared_ptr<const BadBuild> build) {
    if (build)
        bad_builds_[group] = std::move(build);
    else
        bad_builds_.erase(group);
}

void SimulatedFleet::set_build(
    const std::string& instance_id,
    std::shared_ptr<const BadBuild> build
) {
    for (auto& instance : instances_)
        if (instance.is_running && instance.identity.id == instance_id) instance.bad_build = build;
}

void SimulatedFleet::set_slow(
    const std::string& instance_id,
    std::shared_ptr<const SlowAnswers> slow
) {
    for (auto& instance : instances_)
        if (instance.is_running && instance.identity.id == instance_id)
            instance.slow_answers = slow;
}

void SimulatedFleet::set_zone_reachable(const std::string& zone, bool is_reachable) {
    dark_zones_[zone] = !is_reachable;
    for (auto& instance : instances_)
        if (instance.is_running && instance.identity.zone == zone)
            instance.is_reachable = is_reachable;
}

void SimulatedFleet::set_reachable(const std::string& instance_id, bool is_reachable) {
    for (auto& instance : instances_)
        if (instance.is_running && instance.identity.id == instance_id)
            instance.is_reachable = is_reachable;
}

} // namespace diorama
