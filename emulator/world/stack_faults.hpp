// What goes wrong in a scenario by calls of the API, as somebody with a terminal would cause it:
// the same in virtual time and live. Also which resources a fault is aimed at.
#pragma once

#include "emulator/world/stack.hpp"

#include <map>
#include <string>
#include <vector>

namespace diorama {

class StackFaults {
public:
    using Targets = std::vector<std::string>;

    // The stack must live longer. `random` chooses among targets.
    StackFaults(ScenarioStack& stack, Random random)
        : stack_(stack)
        , random_(random) {}

    static bool is_known(const std::string& action) { return find_kind(action) != nullptr; }

    // Does what is known: at its beginning, and (`begins` is false) at the end of its time. What it
    // hit; throws what the service refuses with.
    Targets carry_out(const simulation::Fault& fault, bool begins);

    // What is aimed at, sorted.
    Targets instances_for(const simulation::Fault& fault);
    Targets resources_for(const simulation::Fault& fault, std::string_view type);

    // As they are told before anything has happened, parallel to the scenario's faults.
    static std::vector<simulation::FaultPeriod> periods_of(const simulation::Scenario& scenario);
    // Empty where it is not given.
    static std::string text_of(const simulation::Fault& fault, const std::string& parameter);

private:
    struct Kind;
    static const Kind* find_kind(const std::string& action);

    bool is_stopped(const std::string& instance_id) const;
    Targets chosen(const simulation::Fault& fault, Targets candidates);

    // One function per action.
    Targets terminate_instances(const simulation::Fault& fault, bool begins);
    Targets stop_instances(const simulation::Fault& fault, bool begins);
    Targets reboot_instances(const simulation::Fault& fault, bool begins);
    Targets reboot_databases(const simulation::Fault& fault, bool begins);
    Targets invalidate_everything(const simulation::Fault& fault, bool begins);
    Targets set_desired_capacity(const simulation::Fault& fault, bool begins);
    Targets change_weights(const simulation::Fault& fault, bool begins);

    ScenarioStack& stack_;
    Random random_;
    std::map<int, Targets> stopped_;                           // instances, by fault
    std::map<int, std::map<std::string, int>> weights_before_; // by fault and set identifier
};

} // namespace diorama
