// What a policy does to its group's desired capacity when an alarm or a person carries it out.
#pragma once

#include "emulator/environment.hpp"
#include "services/autoscaling/background/reconciler.hpp"
#include "services/autoscaling/state.hpp"

#include <optional>
#include <string>

namespace diorama::autoscaling {

// Why a policy is carried out.
struct Trigger {
    std::string cause;               // "a monitor alarm NAME in state ALARM triggered policy P"
    std::optional<double> metric;    // the metric's newest value
    std::optional<double> threshold; // of the alarm
    bool honors_cooldown = true;
};

class PolicyExecution {
public:
    PolicyExecution(Environment& environment, State& state, Reconciler& reconciler)
        : environment_(environment)
        , state_(state)
        , reconciler_(reconciler) {}

    // What kept the policy from being carried out; empty when it was (even if the capacity stays as
    // it is).
    std::string execute(const Policy& policy, const Trigger& trigger);

private:
    std::string execute_simple(const Policy& policy, Group& group, const Trigger& trigger);
    std::string execute_step(const Policy& policy, Group& group, const Trigger& trigger);
    std::string execute_tracking(const Policy& policy, Group& group, const Trigger& trigger);
    std::int32_t warmed_up(const Group& group, const Policy& policy) const;
    bool all_ask_to_scale_in(const std::string& group_key) const;
    // False when the capacity stays as it is.
    bool change_capacity(Group& group, std::int32_t capacity, const Trigger& trigger);

    Environment& environment_;
    State& state_;
    Reconciler& reconciler_;
    // When a target tracking policy last wanted to scale in, by its ARN.
    std::map<std::string, Timestamp> asked_to_scale_in_;
};

} // namespace diorama::autoscaling
