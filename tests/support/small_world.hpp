// A small world for tests: the reference architecture under ten visits per second.
#pragma once

#include "emulator/world/simulated/simulated_world.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace diorama::test {

inline simulation::RequestStep request(std::string method, std::string host, std::string path) {
    simulation::RequestStep step;
    step.name = method + " " + path;
    step.method = std::move(method);
    step.host = std::move(host);
    step.path = std::move(path);
    return step;
}

inline simulation::AppRoute
route(std::string method, std::string path, std::string sql, bool writes) {
    simulation::AppRoute made;
    made.pattern = {std::move(method), std::move(path)};
    made.cpu = simulation::RandomVariable::lognormal(20e6, 0.4);
    made.sql = {{std::move(sql), writes, {}}};
    made.size = simulation::RandomVariable::constant(4096);
    return made;
}

// Ten visits per second: a page, two pictures, an order.
inline simulation::Scenario scenario(Duration duration) {
    simulation::Scenario made;
    made.name = "small";
    made.start = *parse_iso8601("2026-11-27T00:00:00Z");
    made.duration = duration;
    made.deploy.template_path = "scenarios/web-application/template.yaml";
    made.deploy.stack_name = "small";
    made.deploy.synthetic_files.push_back(
        {"Assets",
         "assets/",
         ".webp",
         50,
         simulation::RandomVariable::constant(20'000),
         "max-age=600"}
    );
    made.app.start = std::chrono::seconds(45);
    made.app.routes = {
        route("GET", "/", "SELECT 1", false),
        route("POST", "/orders", "INSERT", true),
    };
    simulation::Population shoppers;
    shoppers.name = "shoppers";
    shoppers.from = {{"us-east", 0.5}, {"eu-west", 0.5}};
    shoppers.arrivals = simulation::OpenLoop{{{{Duration::zero(), 10.0}}}, true};
    shoppers.visit = {
        {1, 1, request("GET", "www.example.com", "/"), {}},
        {1, 2, request("GET", "static.example.com", "/{asset}"), {}},
        {1, 1, request("POST", "www.example.com", "/orders"), {}},
    };
    made.traffic.push_back(std::move(shoppers));
    return made;
}

inline simulation::Results run(const simulation::Scenario& scenario, std::uint64_t seed = 1) {
    SilentLog log;
    SimulatedWorld world(scenario, seed, log);
    world.deploy();
    return world.run({});
}

inline std::uint64_t count(const simulation::Results& results, simulation::Outcome outcome) {
    std::uint64_t sum = 0;
    for (const auto& row : results.outcomes)
        sum += row.count[static_cast<std::size_t>(outcome)];
    return sum;
}

} // namespace diorama::test
