// What goes wrong in a scenario, done to a simulated world: by the API where AWS's own fault
// injection uses it, else by taking away what traffic stands on (networks, capacity, disks). The
// words are those of the AWS Fault Injection Service where it has one.
// https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html
#pragma once

#include "emulator/world/simulated/parts.hpp"
#include "emulator/world/stack_faults.hpp"

#include <set>

namespace diorama {

class SimulatedFaults {
public:
    SimulatedFaults(SimulatedWorld::Parts& world, simulation::Clients& clients);

    static bool is_emulated(const std::string& action) {
        return StackFaults::is_known(action) || find_kind(action) != nullptr;
    }

    // Everything that is to go wrong, at its time.
    void schedule();

    // What has been done so far.
    const std::vector<simulation::FaultPeriod>& periods() const { return periods_; }

private:
    struct Kind;
    static const Kind* find_kind(const std::string& action);

    void begin(std::size_t index);
    void end(std::size_t index);

    using Targets = StackFaults::Targets;
    Targets carry_out(const simulation::Fault& fault, bool begins);
    Targets databases_for(const simulation::Fault& fault);
    std::string zone_of(const simulation::Fault& fault) const;

    Targets groups_for(const simulation::Fault& fault);

    // One function per action that no API call causes; `begins` is false at the end of its time.
    Targets fail_api_calls(const simulation::Fault& fault, bool begins);
    Targets skew_clocks(const simulation::Fault& fault, bool begins);
    Targets disrupt_connectivity(const simulation::Fault& fault, bool begins);
    Targets interrupt_power(const simulation::Fault& fault, bool begins);
    Targets exhaust_capacity(const simulation::Fault& fault, bool begins);
    Targets slow_origin(const simulation::Fault& fault, bool begins);
    Targets lose_packets(const simulation::Fault& fault, bool begins);
    Targets slow_buckets(const simulation::Fault& fault, bool begins);
    Targets poison_deployment(const simulation::Fault& fault, bool begins);
    Targets fill_disk(const simulation::Fault& fault, bool begins);
    Targets lag_replica(const simulation::Fault& fault, bool begins);
    Targets expire_certificate(const simulation::Fault& fault, bool begins);
    // world/simulated/disasters.cpp
    Targets run_sql(const simulation::Fault& fault, bool begins);
    Targets run_script(const simulation::Fault& fault, const std::string& statements);
    Targets restore_database(const simulation::Fault& fault, bool begins);
    void begin_restore(const simulation::Fault& fault, const std::string& id);
    std::string snapshot_for(const simulation::Fault& fault, const std::string& id);
    void await_database(const std::string& id, std::function<void()> then);
    void rename_database(const std::string& id, const std::string& name);

    SimulatedWorld::Parts& world_;
    simulation::Clients& clients_;
    StackFaults by_api_;
    std::vector<simulation::FaultPeriod> periods_; // parallel to the scenario's faults
    std::set<int> under_way_;                      // numbers of faults
};

} // namespace diorama
