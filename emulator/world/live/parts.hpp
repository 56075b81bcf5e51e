// What a live run is made of, for the files of this folder and for no one else.
#pragma once

#include "emulator/http/client.hpp"
#include "emulator/network/live_network.hpp"
#include "emulator/network/tls.hpp"
#include "emulator/standard_log.hpp"
#include "emulator/time/real_clock.hpp"
#include "emulator/world.hpp"
#include "emulator/world/live/live_run.hpp"
#include "emulator/world/live/resolver.hpp"
#include "emulator/world/live/traffic.hpp"
#include "emulator/world/stack.hpp"

#include <map>
#include <thread>

namespace diorama {

// A world with the thread that runs it.
class RunningWorld {
public:
    explicit RunningWorld(const Options& options);
    ~RunningWorld();
    RunningWorld(const RunningWorld&) = delete;
    RunningWorld& operator=(const RunningWorld&) = delete;

    World& get() { return world_; }

    // An API call from inside; waits for the answer. Throws what the service refuses with.
    nlohmann::json call(
        const std::string& region,
        std::string_view service,
        std::string_view operation,
        const nlohmann::json& input
    );

private:
    World world_;
    std::thread thread_;
};

struct LiveRun::Parts {
    Parts(const simulation::Scenario& scenario, const std::string& authority_folder);
    ~Parts();
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;

    void pass(Duration span);
    void put(const ScenarioStack::NewObject& object);
    std::string settings_without_effect() const;
    void describe(simulation::Results& results) const;
    void add_instances(
        const std::map<std::string, simulation::InstanceLife>& lives,
        simulation::Results& results
    ) const;
    void add_architecture(simulation::Results& results) const;

    simulation::Scenario scenario;
    Options options; // of the world
    std::size_t most_at_once;

    // The clients' side.
    StandardLog log{LogLevel::error};
    RealClock clock;
    std::unique_ptr<network::Network> network{network::make_live_network(clock, 1, log)};
    std::unique_ptr<http::Client> uploads{http::make_client(*network)};

    std::unique_ptr<RunningWorld> world;
    std::unique_ptr<LiveResolver> resolver;
    std::unique_ptr<LiveTraffic> traffic;
    ScenarioStack stack{
        scenario,
        [this](const auto& region, auto service, auto operation, const auto& input) {
            return world->call(region, service, operation, input);
        },
        Random(scenario.seed)
    };
    std::map<std::string, simulation::ValueSource> values;

    Timestamp started{};
    Timestamp ended{};
};

} // namespace diorama
