// One cloud in virtual time, and the run of a scenario in it: the same services as in world.hpp,
// with the same state, control planes and cores, joined by the same ports; only what carries bytes
// is replaced by what carries events. One thread, no sockets, no files, the same to the byte for
// the same seed.
#pragma once

#include "emulator/log.hpp"
#include "emulator/simulation/cost.hpp"
#include "emulator/simulation/measurements.hpp"
#include "emulator/simulation/results.hpp"
#include "emulator/simulation/scenario.hpp"
#include "emulator/world/run.hpp"

#include <memory>

namespace diorama {

class SimulatedFaults;

class SimulatedWorld {
public:
    SimulatedWorld(const simulation::Scenario& scenario, std::uint64_t seed, Log& log);
    ~SimulatedWorld();

    // Makes the stack, fills buckets and databases, and waits until targets are healthy. Throws
    // DeploymentFailed.
    void deploy();

    // Traffic, faults, and what came of them; without expectations judged. Once, after deploy().
    // `watch` is called every simulated minute.
    simulation::Results run(const WatchRun& watch);

    // After run(): what expectations ask for, and what would be paid for. Not longer than this.
    std::unique_ptr<simulation::Measurements> measurements();
    simulation::Usage usage(const simulation::Results& results);

private:
    friend class SimulatedFaults;
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace diorama
