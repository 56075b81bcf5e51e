// See world/simulated/faults.hpp.
#include "emulator/world/simulated/faults.hpp"

#include "emulator/aws/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace diorama {

namespace {

using nlohmann::json;
using simulation::Fault;

// How long RDS needs to see that a zone is gone before it fails over.
constexpr Duration detection_time = std::chrono::seconds(30);

[[noreturn]] void fail(std::string why) {
    throw std::runtime_error(std::move(why));
}

} // namespace

struct SimulatedFaults::Kind {
    std::string_view action;
    Targets (SimulatedFaults::*carry_out)(const Fault& fault, bool begins);
};

const SimulatedFaults::Kind* SimulatedFaults::find_kind(const std::string& action) {
    using F = SimulatedFaults;
    static constexpr std::array<Kind, 16> kinds{{
        {"aws:fis:inject-api-internal-error", &F::fail_api_calls},
        {"aws:fis:inject-api-throttle-error", &F::fail_api_calls},
        {"aws:fis:inject-api-unavailable-error", &F::fail_api_calls},
        {"client-clock-skew", &F::skew_clocks},
        {"aws:network:disrupt-connectivity", &F::disrupt_connectivity},
        {"aws:ec2:api-insufficient-instance-capacity-error", &F::exhaust_capacity},
        {"aws:ec2:asg-insufficient-instance-capacity-error", &F::exhaust_capacity},
        {"az-power-interruption", &F::interrupt_power},
        {"slow-origin", &F::slow_origin},
        {"packet-loss", &F::lose_packets},
        {"poisoned-deployment", &F::poison_deployment},
        {"full-disk", &F::fill_disk},
        {"replica-lag", &F::lag_replica},
        {"expired-certificate", &F::expire_certificate},
        {"run-sql", &F::run_sql},
        {"restore-snapshot", &F::restore_database},
    }};
    const auto found = std::ranges::find(kinds, action, &Kind::action);
    return found == kinds.end() ? nullptr : &*found;
}

SimulatedFaults::SimulatedFaults(SimulatedWorld::Parts& world, simulation::Clients& clients)
    : world_(world)
    , clients_(clients)
    , by_api_(world.stack, world.environment.random.fork("faults"))
    , periods_(StackFaults::periods_of(world.scenario)) {}

void SimulatedFaults::schedule() {
    for (std::size_t i = 0; i < world_.scenario.faults.size(); ++i) {
        const auto& fault = world_.scenario.faults[i];
        world_.time.at(world_.scenario.start + fault.at, [this, i] { begin(i); });
        if (fault.lasts)
            world_.time.at(world_.scenario.start + fault.at + *fault.lasts, [this, i] { end(i); });
    }
}

void SimulatedFaults::begin(std::size_t index) {
    const auto& fault = world_.scenario.faults[index];
    auto& period = periods_[index];
    if (!is_emulated(fault.action)) {
        period.failure = fault.action + " is not emulated";
        return;
    }
    under_way_.insert(fault.number);
    try {
        period.targets = carry_out(fault, true);
        if (period.targets.empty()) period.failure = "nothing matched its target";
    } catch (const std::exception& error) { // AWSError, too
        period.failure = error.what();
    }
    world_.environment.log.write(
        LogLevel::note,
        "faults",
        "{} {}",
        fault.action,
        period.failure.empty() ? fmt::format("{}", fmt::join(period.targets, ", ")) : period.failure
    );
}

void SimulatedFaults::end(std::size_t index) {
    const auto& fault = world_.scenario.faults[index];
    periods_[index].to = fault.at + *fault.lasts;
    under_way_.erase(fault.number);
    if (!is_emulated(fault.action)) return;
    try {
        carry_out(fault, false);
    } catch (const std::exception& error) {
        periods_[index].failure = error.what();
    }
}

SimulatedFaults::Targets SimulatedFaults::carry_out(const Fault& fault, bool begins) {
    if (StackFaults::is_known(fault.action)) return by_api_.carry_out(fault, begins);
    return (this->*find_kind(fault.action)->carry_out)(fault, begins);
}

std::string SimulatedFaults::zone_of(const Fault& fault) const {
    return fault.target.zone.empty() ? StackFaults::text_of(fault, "zone") : fault.target.zone;
}

SimulatedFaults::Targets SimulatedFaults::databases_for(const Fault& fault) {
    return by_api_.resources_for(fault, "AWS::RDS::DBInstance");
}

SimulatedFaults::Targets SimulatedFaults::groups_for(const Fault& fault) {
    return by_api_.resources_for(fault, "AWS::AutoScaling::AutoScalingGroup");
}

// AWS: the scope `all` denies all traffic of a subnet, `availability-zone` that to and from subnets
// in other zones.
SimulatedFaults::Targets SimulatedFaults::disrupt_connectivity(const Fault& fault, bool begins) {
    const auto zone = zone_of(fault);
    const bool is_within_region = StackFaults::text_of(fault, "scope") == "availability-zone";
    if (!zone.empty() && fault.target.ids.empty() && fault.target.tags.empty()) {
        if (is_within_region)
            world_.traffic.set_zone_severed(zone, begins);
        else
            world_.traffic.set_zone_reachable(zone, !begins);
        return {zone};
    }
    if (is_within_region) fail("the scope availability-zone is that of a zone: name it");
    auto ids = begins ? by_api_.instances_for(fault) : periods_[fault.number - 1].targets;
    for (const auto& id : ids)
        world_.fleet.set_reachable(id, !begins);
    return ids;
}

// The scenario of that name in FIS: instances of the zone stop, none can be launched there, its
// network is gone, databases fail over.
SimulatedFaults::Targets SimulatedFaults::interrupt_power(const Fault& fault, bool begins) {
    const auto zone = zone_of(fault);
    if (zone.empty()) fail("az-power-interruption needs a zone");
    world_.traffic.set_zone_reachable(zone, !begins);
    world_.ec2.set_capacity(zone, !begins);
    if (!begins) return {zone};
    Targets targets = {zone};
    for (const auto& instance : world_.rds.instances()) {
        if (instance.zone != zone) continue;
        targets.push_back(instance.identifier);
        if (!instance.is_multi_az) continue;
        world_.time.after(detection_time, [this, id = instance.identifier] {
            try {
                world_.call(
                    "rds",
                    "RebootDBInstance",
                    {{"DBInstanceIdentifier", id}, {"ForceFailover", true}}
                );
            } catch (const aws::AWSError&) {
                // It is not in a state to fail over: then it is as it is.
            }
        });
    }
    return targets;
}

} // namespace diorama
