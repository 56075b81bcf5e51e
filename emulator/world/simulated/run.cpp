// The run of a scenario in a simulated world: traffic and faults go their way minute by minute, and
// afterwards everything is asked what it saw, by the same API that users ask. See
// world/simulated/simulated_world.hpp.
#include "emulator/options.hpp"
#include "emulator/world/simulated/checkers.hpp"
#include "emulator/world/simulated/faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace diorama {

namespace {

using nlohmann::json;
using simulation::Results;
using simulation::Timeline;
using std::chrono::minutes;

constexpr std::string_view group = "AWS::AutoScaling::AutoScalingGroup";

} // namespace

void SimulatedWorld::Parts::record_instance(const ec2::InstanceView& instance) {
    const Duration now = time.now() - scenario.start;
    auto [found, is_new] = lives.try_emplace(instance.id);
    simulation::InstanceLife& life = found->second;
    if (is_new) {
        life.id = instance.id;
        life.type = instance.type;
        life.zone = instance.zone;
        life.group = instance.group;
        life.launched = instance.launched - scenario.start;
    }
    switch (instance.phase) {
    case ec2::InstancePhase::ending:
    case ec2::InstancePhase::stopped:
        if (!life.left) life.left = now;
        break;
    case ec2::InstancePhase::gone:
        if (!life.terminated) life.terminated = now;
        break;
    case ec2::InstancePhase::starting:
    case ec2::InstancePhase::running:
        break;
    }
}

std::size_t SimulatedWorld::Parts::alarms_in_alarm() {
    const json in_alarm{{"StateValue", "ALARM"}};
    return stack.list("cloudwatch", "DescribeAlarms", in_alarm, "MetricAlarms").size();
}

// What the file says and virtual time does not do yet: told with the run, never silently dropped.
std::string SimulatedWorld::Parts::settings_without_effect() const {
    std::vector<std::string> unused;
    if (!scenario.deploy.sql.empty() && !databases.has_rows()) unused.emplace_back("deploy.sql");
    return fmt::format("{}", fmt::join(unused, ", "));
}

// A fault that nobody injects would make a run look better than the cloud is.
void SimulatedWorld::Parts::check_faults() const {
    for (const auto& fault : scenario.faults)
        if (!SimulatedFaults::is_emulated(fault.action))
            throw DeploymentFailed(fmt::format(
                "{}:{}: {} is not emulated in virtual time yet",
                fault.position.file,
                fault.position.line,
                fault.action
            ));
}

void SimulatedWorld::Parts::note_instances_in_service() {
    const auto found = call("autoscaling", "DescribeAutoScalingInstances", json::object());
    for (const auto& instance : found.value("AutoScalingInstances", json::array()))
        if (instance.value("LifecycleState", "") == "InService" &&
            instance.value("HealthStatus", "") == "HEALTHY")
            traffic.note_in_service(instance.value("InstanceId", ""));
}

void SimulatedWorld::Parts::check_every_minute(SimulatedCheckers& checkers) {
    for (const auto& resource : stack.resources()) {
        if (resource.type != group) continue;
        const auto found = call(
            "autoscaling",
            "DescribeAutoScalingGroups",
            {{"AutoScalingGroupNames", {resource.physical_id}}}
        );
        for (const auto& one : found["AutoScalingGroups"])
            checkers.check_capacity(
                resource.logical_id,
                one.value("MinSize", 0),
                one.value("DesiredCapacity", 0),
                one.value("MaxSize", 0)
            );
    }
    for (const auto* one : databases.all()) {
        const auto* source = databases.find(one->source);
        if (source == nullptr) continue;
        checkers.check_replica(
            one->identity.name,
            databases.visible_position(*one, time.now()),
            source->position
        );
    }
}

void SimulatedWorld::Parts::check_at_the_end(
    SimulatedCheckers& checkers,
    const simulation::Clients& clients
) {
    checkers.check_outcomes(clients.requests(), clients.under_way());
    checkers.check_shares();
    for (const auto* one : databases.all()) {
        // What was restored from a backup may lack what came after it.
        const bool is_promised = one->source.empty() && one->timeline->before == nullptr;
        if (is_promised) checkers.check_writes(one->identity.name, databases.lost_of_own(*one));
        if (databases.has_rows() && !one->source.empty())
            checkers.check_rows(one->identity.name, databases.compare_with_source(*one));
    }
}

// Acknowledged writes that the database applications write to does not have: that of the youngest
// instance, else any.
std::uint64_t SimulatedWorld::Parts::lost_writes() {
    for (auto i = static_cast<std::uint32_t>(fleet.size()); i > 0; --i) {
        const auto& host = fleet[i - 1].settings.database_host;
        const auto addresses = names.find(host.substr(0, host.find(':')));
        const auto number = addresses.empty() ? 0 : databases.number_at(addresses.front());
        const auto* used = number == 0 ? nullptr : databases.numbered(number);
        if (used != nullptr) return databases.lost_in(*used);
    }
    std::uint64_t lost = 0;
    for (const auto* one : databases.all())
        if (one->source.empty() && one->is_running) lost = databases.lost_in(*one);
    return lost;
}

// What was run, and its sums.
void SimulatedWorld::Parts::describe(Results& results, const simulation::Clients& clients) {
    results.scenario = scenario.name;
    results.description = scenario.description;
    results.path = scenario.path;
    results.seed = seed;
    results.version = version;
    results.start = scenario.start;
    results.duration = scenario.duration;
    results.simulated = time.now() - scenario.start;
    results.sql_engine = databases.has_rows() ? "real" : "model";
    for (const auto& [key, value] : scenario.deploy.parameters)
        results.parameters.emplace_back(key, value);
    if (const auto unused = settings_without_effect(); !unused.empty())
        results.parameters.emplace_back("without effect in virtual time", unused);
    results.visits = clients.visits();
    results.dns_queries = clients.dns_queries();
    results.sql_statements = traffic.counts().statements;
    results.cache_hits = traffic.counts().edge_hits;
    results.cache_misses = traffic.counts().edge_misses;
    results.stale_reads = traffic.counts().stale_reads;
    results.acknowledged_writes = databases.acknowledged();
    results.lost_writes = lost_writes();
}

// Everything that checkers want to know, and what applications say to databases.
void SimulatedWorld::Parts::begin_traffic(SimulatedCheckers& checkers) {
    traffic.observe(&checkers);
    disturbed_groups.watch(
        [&checkers](const std::string& target_group, const std::string& instance, bool is_in) {
            checkers.member_changed(target_group, instance, is_in);
        }
    );
    if (databases.has_rows())
        traffic.speak(std::make_unique<ApplicationStatements>(
            scenario.app,
            values,
            environment.random.fork("traffic/statements"),
            databases
        ));
}

void SimulatedWorld::Parts::end_traffic() {
    traffic.observe(nullptr);
    disturbed_groups.watch(nullptr);
    traffic.close();
}

Results SimulatedWorld::run(const WatchRun& watch) {
    Parts& p = *parts_;
    const auto& scenario = p.scenario;
    simulation::Statistics statistics(scenario.start, scenario.duration, scenario.warmup);
    SimulatedCheckers checkers(p.time, scenario.start);
    simulation::Clients clients(
        scenario,
        p.values,
        {p.events,
         p.traffic,
         statistics,
         p.environment.random.fork("clients"),
         [](const std::string& place) {
             const auto* found = simulation::find_place(place);
             return static_cast<simulation::PlaceId>(
                 found == nullptr ? 0 : found - simulation::places().data()
             );
         },
         &checkers}
    );
    p.traffic.join(clients);
    p.begin_traffic(checkers);
    SimulatedFaults faults(p, clients);
    faults.schedule();
    p.note_instances_in_service();
    const Timestamp end = scenario.start + scenario.duration;
    clients.start(end);
    Results results;
    const auto events_before = p.events.happened();
    while (p.time.now() < end) {
        p.events.run_until(std::min(p.time.now() + minutes(1), end));
        p.check_every_minute(checkers);
        const RunProgress progress{
            p.time.now() - scenario.start,
            scenario.duration,
            clients.requests(),
            clients.errors(),
            p.events.happened() - events_before,
            p.ec2.running(),
            p.alarms_in_alarm(),
        };
        if (watch && !watch(progress)) {
            results.interrupted = p.time.now() < end;
            break;
        }
    }
    p.describe(results, clients);
    statistics.put_into(results, p.time.now());
    p.traffic.hand_over(p.metrics);
    p.metrics.gather(p.cloudwatch, p.time.now() - Duration(1));
    results.events = p.events.happened() - events_before;
    p.stack.add_timelines(scenario.start, results);
    p.add_instances(results);
    p.stack.add_alarms(scenario.start, results);
    p.add_moments(results, faults);
    p.add_architecture(results);
    p.check_at_the_end(checkers, clients);
    p.check_alarms(checkers, results);
    checkers.put_into(results);
    p.end_traffic();
    return results;
}

std::unique_ptr<simulation::Measurements> SimulatedWorld::measurements() {
    Parts& p = *parts_;
    return p.stack.measurements(
        p.scenario.start,
        p.time.now(),
        {[&p](const std::string& host, const simulation::Window& window) {
             return p.traffic.names_told().counts(host, window, p.time.now() - p.scenario.start);
         },
         [&p](const std::string& database, const std::string& statement) {
             return p.ask_database(database, statement);
         }}
    );
}

simulation::Usage SimulatedWorld::usage(const Results& results) {
    const auto& counts = parts_->traffic.counts();
    return parts_->stack.usage(
        parts_->scenario.start,
        results,
        {counts.edge_requests, counts.origin_requests, counts.edge_bytes, counts.balancer_bytes}
    );
}

} // namespace diorama
