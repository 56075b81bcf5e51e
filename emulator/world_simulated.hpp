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

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace diorama {

// The world that a scenario wants could not be made; says what the stack's events say.
class DeploymentFailed : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// What a person sees while it runs.
struct SimulationProgress {
    Duration simulated{};
    Duration duration{};
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;
    std::uint64_t events = 0;
    std::size_t instances = 0;
    std::size_t alarms = 0; // in ALARM
};

class SimulatedFaults;
class SimulatedMeasurements;

class SimulatedWorld {
public:
    SimulatedWorld(const simulation::Scenario& scenario, std::uint64_t seed, Log& log);
    ~SimulatedWorld();

    // Makes the stack, fills buckets and databases, and waits until targets are healthy. Throws
    // DeploymentFailed.
    void deploy();

    // Called every simulated minute; false: stop there.
    using Watch = std::function<bool(const SimulationProgress& progress)>;

    // Traffic, faults, and what came of them; without expectations judged. Once, after deploy().
    simulation::Results run(const Watch& watch);

    // After run(): what expectations ask for, and what would be paid for. Not longer than this.
    std::unique_ptr<simulation::Measurements> measurements();
    simulation::Usage usage(const simulation::Results& results);

private:
    friend class SimulatedFaults;
    friend class SimulatedMeasurements;
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace diorama
