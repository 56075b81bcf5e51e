// Makes groups as they should be: launches what is missing, takes into service what is running,
// replaces what is unhealthy, drains and terminates what is too much. Looks at a group whenever
// something happens to it, and at all of them every few seconds.
#pragma once

#include "emulator/environment.hpp"
#include "services/autoscaling/state.hpp"

namespace diorama::autoscaling {

class Reconciler {
public:
    Reconciler(
        Environment& environment,
        State& state,
        Instances& instances,
        TargetGroups& target_groups
    );

    // Soon, on the world thread.
    void look_at(const std::string& group_key);
    // An instance changed its state; it may be nobody's.
    void instance_changed(const std::string& instance_id);
    // Begins to take an instance out of service. Returns the activity's key.
    std::string
    begin_termination(Group& group, const std::string& instance_id, const std::string& cause);
    // Forgets a group without members, and its activities.
    void remove(const std::string& group_key);

    std::string time_of_cause() const { return iso8601(environment_.clock.now()); }

private:
    void reconcile_all();
    void reconcile(const std::string& key);
    void take_into_service(Group& group);
    void check_health(Group& group);
    void replace_unhealthy(Group& group);
    void finish_terminations(Group& group);
    void adjust_capacity(Group& group);
    void begin_cooldown(Group& group);
    bool may_launch(const Group& group) const;
    enum class Attempt { launched, no_capacity, refused };
    bool launch_one(Group& group, const std::string& cause);
    Attempt launch_in(Group& group, const std::string& zone, const std::string& cause);
    bool is_drained(const Group& group, const Member& member);
    std::string unhealthy_reason(const Group& group, const Member& member);
    std::string scale_in_victim(const Group& group);
    std::string
    new_activity(Group& group, std::string description, std::string cause, std::string zone);
    void end_activity(const std::string& key, ActivityStatus status, std::string message = {});
    void forget_old_activities(const Group& group);

    Environment& environment_;
    State& state_;
    Instances& instances_;
    TargetGroups& target_groups_;
    Random random_;
    std::uint64_t activity_number_ = 0;
    std::set<std::string> waiting_; // groups that will be looked at in this turn
    Ticker ticker_;
};

} // namespace diorama::autoscaling
