// A scenario run live: the same file, the same clients and the same expectations as in virtual time
// (world/simulated/simulated_world.hpp), but against the live emulator of world.hpp, with real
// sockets, through the real DNS, in real time. The emulator lives in this process, in memory, on
// free loopback ports.
#pragma once

#include "emulator/simulation/cost.hpp"
#include "emulator/simulation/measurements.hpp"
#include "emulator/simulation/results.hpp"
#include "emulator/simulation/scenario.hpp"
#include "emulator/world/run.hpp"

#include <functional>
#include <memory>
#include <string>

namespace diorama {

class LiveRun {
public:
    // Starts an emulator. `authority_folder` is where the certificate authority is kept. Throws
    // with one sentence.
    LiveRun(const simulation::Scenario& scenario, const std::string& authority_folder);
    ~LiveRun();

    // Where other clients reach it meanwhile: "http://localhost:40123, DNS at 127.0.0.1:40124".
    std::string address() const;

    // Makes the stack, fills buckets, and waits until targets are healthy; gives up when
    // `goes_on` says so. Throws DeploymentFailed.
    void deploy(const std::function<bool()>& goes_on);

    // Traffic, faults, and what came of them; without expectations judged. Once, after deploy().
    // `watch` is called ten times a second.
    simulation::Results run(const WatchRun& watch);

    // After run(). Not longer than this.
    std::unique_ptr<simulation::Measurements> measurements();
    simulation::Usage usage(const simulation::Results& results);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

// What nobody counts live (statements, acknowledged and lost writes) has not held, whatever its
// number says. After the expectations were judged.
void fail_what_is_not_measured_live(
    const simulation::Scenario& scenario,
    simulation::Results& results
);

} // namespace diorama
