// See world_simulated_faults.hpp.
#include "emulator/world_simulated_faults.hpp"

#include "emulator/aws/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace diorama {

namespace {

using nlohmann::json;
using simulation::Fault;

// How long RDS needs to see that a zone is gone before it fails over.
constexpr Duration detection_time = std::chrono::seconds(30);
// What faults do whose parameters are left out.
constexpr Duration default_origin_delay = std::chrono::seconds(2);
constexpr Duration default_replica_lag = std::chrono::seconds(60);
constexpr double default_packet_loss = 0.05;

Duration span_of(const Fault& fault, const std::string& parameter, Duration otherwise) {
    const auto found = fault.quantities.find(parameter);
    return found == fault.quantities.end() ? otherwise : Duration(std::llround(found->second));
}

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
    static constexpr std::array<Kind, 12> kinds{{
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

SimulatedFaults::Targets SimulatedFaults::disrupt_connectivity(const Fault& fault, bool begins) {
    const auto zone = zone_of(fault);
    if (!zone.empty() && fault.target.ids.empty() && fault.target.tags.empty()) {
        world_.traffic.set_zone_reachable(zone, !begins);
        return {zone};
    }
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

SimulatedFaults::Targets SimulatedFaults::exhaust_capacity(const Fault& fault, bool begins) {
    const auto zone = zone_of(fault);
    Targets zones;
    for (const auto& subnet :
         world_.ec2.default_subnets(SimulatedWorld::Parts::account, world_.scenario.deploy.region))
        if (zone.empty() || subnet.zone == zone) zones.push_back(subnet.zone);
    for (const auto& one : zones)
        world_.ec2.set_capacity(one, !begins);
    return zones;
}

SimulatedFaults::Targets SimulatedFaults::slow_origin(const Fault& fault, bool begins) {
    const auto delay = span_of(fault, "delay", default_origin_delay);
    world_.traffic.set_origin_delay(begins ? delay : Duration::zero());
    return {"origins"};
}

SimulatedFaults::Targets SimulatedFaults::lose_packets(const Fault& fault, bool begins) {
    const auto share = fault.quantities.find("share");
    clients_.set_packet_loss(
        !begins                           ? 0
        : share == fault.quantities.end() ? default_packet_loss
                                          : share->second
    );
    return {"clients"};
}

// From now on what is launched runs a bad build, and so does the given share of what runs.
SimulatedFaults::Targets SimulatedFaults::poison_deployment(const Fault& fault, bool begins) {
    world_.fleet.set_poisoned(begins);
    auto ids = begins ? by_api_.instances_for(fault) : periods_[fault.number - 1].targets;
    for (const auto& id : ids)
        world_.fleet.set_build(id, begins);
    ids.push_back("new instances");
    return ids;
}

SimulatedFaults::Targets SimulatedFaults::fill_disk(const Fault& fault, bool begins) {
    auto ids = databases_for(fault);
    for (const auto* database : world_.databases.all())
        for (const auto& id : ids)
            if (database->identity.name.starts_with(id + "."))
                world_.databases.set_full(database->identity.resource_id, begins);
    return ids;
}

SimulatedFaults::Targets SimulatedFaults::lag_replica(const Fault& fault, bool begins) {
    const auto lag = span_of(fault, "lag", default_replica_lag);
    Targets replicas;
    for (const auto* database : world_.databases.all()) {
        if (database->source.empty()) continue;
        world_.databases.set_extra_lag(
            database->identity.resource_id,
            begins ? lag : Duration::zero()
        );
        replicas.push_back(database->identity.name);
    }
    return replicas;
}

SimulatedFaults::Targets SimulatedFaults::expire_certificate(const Fault&, bool begins) {
    // Of every host that clients reach by TLS, or of those whose names are targets.
    Targets hosts;
    for (const auto& population : world_.scenario.traffic)
        for (const auto& step : population.visit)
            if (const auto* request = std::get_if<simulation::RequestStep>(&step.action))
                if (request->is_tls) hosts.push_back(request->host);
    std::ranges::sort(hosts);
    hosts.erase(std::unique(hosts.begin(), hosts.end()), hosts.end());
    for (const auto& host : hosts)
        world_.traffic.set_certificate_valid(host, !begins);
    return hosts;
}

} // namespace diorama
