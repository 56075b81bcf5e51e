// What is told of a run: everything is asked what it saw, by the same API that users ask where
// there is one (world/stack_results.cpp), else by its counters. See
// world/simulated/simulated_world.hpp.
#include "emulator/world/simulated/faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace diorama {

using simulation::Results;
using simulation::Timeline;

void SimulatedWorld::Parts::add_instances(Results& results) {
    for (auto& [id, life] : lives) {
        const auto since = traffic.in_service_since().find(id);
        if (since != traffic.in_service_since().end())
            life.in_service = since->second - scenario.start;
        results.instances.push_back(life);
    }
    for (std::uint32_t i = 0; i < fleet.size(); ++i)
        for (auto& life : results.instances)
            if (life.id == fleet[i].identity.id) life.requests += fleet[i].requests;
    std::erase_if(results.instances, [](const auto& life) {
        return life.terminated && *life.terminated < Duration::zero();
    });
    ScenarioStack::count_instances(results);
}

void SimulatedWorld::Parts::add_moments(Results& results, const SimulatedFaults& faults) {
    ScenarioStack::add_faults(faults.periods(), results);
    stack.add_activities(scenario.start, results);
    if (const auto* statements = traffic.statements())
        for (const auto& [text, complaint] : statements->complaints())
            results.moments.push_back(
                {complaint.first - scenario.start,
                 "RDS MySQL",
                 fmt::format("a statement failed, {} times in all: {}", complaint.count, text),
                 2}
            );
    for (const auto& event : rds.events_since(scenario.start)) {
        const auto space = event.find(' ');
        const auto when = parse_iso8601(event.substr(0, space)).value_or(scenario.start);
        results.moments.push_back({when - scenario.start, "RDS MySQL", event.substr(space + 1), 1});
    }
    std::ranges::sort(results.moments, [](const auto& a, const auto& b) {
        return std::tie(a.at, a.component, a.text) < std::tie(b.at, b.component, b.text);
    });
}

double
SimulatedWorld::Parts::ask_database(const std::string& identifier, const std::string& statement) {
    using simulation::NotMeasured;
    if (!databases.has_rows())
        throw NotMeasured("there are no rows: only the cost of statements was modelled");
    const auto* database = databases.named(identifier);
    if (database == nullptr) throw NotMeasured("there is no database " + identifier);
    const auto result = databases.ask(database->identity.resource_id, statement);
    if (!result.succeeded()) throw NotMeasured(fmt::format("{} {}", result.error, result.message));
    if (!result.first_value) throw NotMeasured("the statement gave no value");
    double value = 0;
    const auto& text = *result.first_value;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size())
        throw NotMeasured("`" + text + "` is not a number");
    return value;
}

void SimulatedWorld::Parts::add_architecture(Results& results) const {
    const auto& counts = traffic.counts();
    const auto count = [](std::uint64_t n) { return static_cast<double>(n); };
    simulation::set_architecture(
        results,
        scenario.traffic.size(),
        lives.size(),
        {
            {"clients", "dns", "queries", count(results.dns_queries), 0},
            {"clients", "edge", "requests", count(counts.edge_requests), counts.edge_bytes},
            {"edge", "objects", "misses", count(counts.origin_requests), counts.origin_bytes},
            {"clients",
             "balancer",
             "requests",
             count(counts.balancer_requests),
             counts.balancer_bytes},
            {"balancer", "instances", "requests", count(counts.forwarded_requests), 0},
            {"instances", "database", "SQL statements", count(counts.statements), 0},
        }
    );
}

} // namespace diorama
