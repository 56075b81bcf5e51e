// See reconciler.hpp.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html
#include "services/autoscaling/background/reconciler.hpp"

#include "emulator/aws/error.hpp"
#include "services/autoscaling/limits.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace diorama::autoscaling {

namespace {

bool is_suspended(const Group& group, const char* process) {
    return group.suspended.contains(process);
}

TerminationPolicy policy_named(const std::string& name) {
    if (name == "OldestInstance") return TerminationPolicy::oldest_instance;
    if (name == "NewestInstance") return TerminationPolicy::newest_instance;
    if (name == "OldestLaunchTemplate") return TerminationPolicy::oldest_launch_template;
    if (name == "ClosestToNextInstanceHour") return TerminationPolicy::closest_to_next_hour;
    return TerminationPolicy::default_;
}

std::vector<Placed> placed_members(const Group& group) {
    std::vector<Placed> placed;
    for (const auto& member : group.members) {
        if (member.state == MemberState::terminating) continue;
        placed.push_back(
            {member.instance_id,
             member.zone,
             group.template_id,
             member.template_version,
             member.launched,
             member.is_protected}
        );
    }
    return placed;
}

} // namespace

Reconciler::Reconciler(
    Environment& environment,
    State& state,
    Instances& instances,
    TargetGroups& target_groups
)
    : environment_(environment)
    , state_(state)
    , instances_(instances)
    , target_groups_(target_groups)
    , random_(environment.random.fork("autoscaling.reconciler"))
    , ticker_(environment.scheduler, limits::reconcile_interval, [this] { reconcile_all(); }) {}

void Reconciler::look_at(const std::string& group_key) {
    if (!waiting_.insert(group_key).second) return;
    environment_.scheduler.post([this, group_key] {
        waiting_.erase(group_key);
        reconcile(group_key);
        environment_.journal.commit();
    });
}

void Reconciler::instance_changed(const std::string& instance_id) {
    for (const auto& [key, group] : state_.groups) {
        if (group.find_member(instance_id) != nullptr) return look_at(key);
    }
}

void Reconciler::reconcile_all() {
    std::vector<std::string> keys;
    for (const auto& [key, group] : state_.groups)
        keys.push_back(key);
    for (const auto& key : keys)
        reconcile(key);
    environment_.journal.commit();
}

void Reconciler::reconcile(const std::string& key) {
    Group* group = state_.groups.edit(key);
    if (group == nullptr) return;
    take_into_service(*group);
    check_health(*group);
    replace_unhealthy(*group);
    finish_terminations(*group);
    adjust_capacity(*group);
    begin_cooldown(*group);
    forget_old_activities(*group);
    if (group->is_deleting && group->members.empty()) remove(key);
}

void Reconciler::take_into_service(Group& group) {
    for (auto& member : group.members) {
        if (member.state != MemberState::pending) continue;
        if (instances_.find(member.instance_id).phase != Instances::Phase::running) continue;
        member.state = MemberState::in_service;
        member.in_service = environment_.clock.now();
        if (!is_suspended(group, "AddToLoadBalancer")) {
            for (const auto& arn : group.target_groups)
                target_groups_.add(arn, member.instance_id);
        }
        end_activity(member.activity, ActivityStatus::successful);
        member.activity.clear();
    }
}

std::string Reconciler::unhealthy_reason(const Group& group, const Member& member) {
    using Phase = Instances::Phase;
    const auto phase = instances_.find(member.instance_id).phase;
    // AWS: an instance in any state other than running is unhealthy at once, whatever the grace
    // period.
    if (phase != Phase::running &&
        (member.state == MemberState::in_service || phase != Phase::starting)) {
        return "an EC2 health check indicating it has been terminated or stopped";
    }
    if (group.health_check_type.find("ELB") == std::string::npos) return {};
    const auto grace = std::chrono::seconds(group.health_check_grace_s);
    if (environment_.clock.now() < member.in_service + grace) return {};
    const bool fails =
        std::any_of(group.target_groups.begin(), group.target_groups.end(), [&](const auto& arn) {
            return target_groups_.health_of(arn, member.instance_id) ==
                   TargetGroups::Health::unhealthy;
        });
    return fails ? "an ELB system health check failure" : "";
}

void Reconciler::check_health(Group& group) {
    if (is_suspended(group, "HealthCheck")) return;
    for (auto& member : group.members) {
        if (member.state == MemberState::terminating || !member.is_healthy()) continue;
        member.unhealthy_reason = unhealthy_reason(group, member);
    }
}

// AWS: an unhealthy instance is terminated first, then its replacement is launched.
void Reconciler::replace_unhealthy(Group& group) {
    if (is_suspended(group, "ReplaceUnhealthy") || is_suspended(group, "Terminate")) return;
    std::vector<std::pair<std::string, std::string>> condemned;
    for (const auto& member : group.members) {
        if (member.state == MemberState::terminating || member.is_healthy()) continue;
        condemned.emplace_back(member.instance_id, member.unhealthy_reason);
    }
    for (const auto& [id, reason] : condemned) {
        begin_termination(
            group,
            id,
            fmt::format(
                "At {} an instance was taken out of service in response to {}.",
                time_of_cause(),
                reason
            )
        );
        if (group.active() < group.desired && may_launch(group)) {
            launch_one(
                group,
                fmt::format(
                    "At {} an instance was launched in response to an unhealthy instance needing "
                    "to be replaced.",
                    time_of_cause()
                )
            );
        }
    }
}

std::string Reconciler::begin_termination(
    Group& group,
    const std::string& instance_id,
    const std::string& cause
) {
    Member& member = *group.find_member(instance_id);
    if (!member.activity.empty()) end_activity(member.activity, ActivityStatus::cancelled);
    member.state = MemberState::terminating;
    member.activity =
        new_activity(group, "Terminating EC2 instance: " + instance_id, cause, member.zone);
    for (const auto& arn : group.target_groups)
        target_groups_.remove(arn, instance_id);
    // AWS: connections are drained before the instance is terminated.
    const bool is_alive = instances_.find(instance_id).phase == Instances::Phase::running;
    member.is_draining = is_alive && !group.target_groups.empty() && !is_drained(group, member);
    const std::string activity = member.activity;
    if (member.is_draining) {
        state_.activities.edit(activity)->status = ActivityStatus::waiting_for_draining;
    } else {
        instances_.terminate(instance_id);
    }
    return activity;
}

bool Reconciler::is_drained(const Group& group, const Member& member) {
    return std::none_of(
        group.target_groups.begin(),
        group.target_groups.end(),
        [&](const auto& arn) {
            return target_groups_.health_of(arn, member.instance_id) ==
                   TargetGroups::Health::draining;
        }
    );
}

void Reconciler::finish_terminations(Group& group) {
    for (auto& member : group.members) {
        if (member.state != MemberState::terminating || !member.is_draining ||
            !is_drained(group, member))
            continue;
        member.is_draining = false;
        state_.activities.edit(member.activity)->status = ActivityStatus::in_progress;
        instances_.terminate(member.instance_id);
    }
    std::erase_if(group.members, [this](const Member& member) {
        const bool is_gone = member.state == MemberState::terminating &&
                             instances_.find(member.instance_id).phase == Instances::Phase::gone;
        if (is_gone) end_activity(member.activity, ActivityStatus::successful);
        return is_gone;
    });
}

std::string Reconciler::scale_in_victim(const Group& group) {
    std::vector<TerminationPolicy> policies;
    for (const auto& name : group.termination_policies)
        policies.push_back(policy_named(name));
    return instance_to_terminate(
               placed_members(group),
               policies,
               environment_.clock.now(),
               random_.real()
    )
        .value_or("");
}

void Reconciler::adjust_capacity(Group& group) {
    const auto before = group.active();
    const std::string request = group.next_cause.empty() ? "" : group.next_cause + "  ";
    while (group.active() < group.desired && may_launch(group)) {
        const auto cause = fmt::format(
            "{}At {} an instance was started in response to a difference between desired and "
            "actual capacity, increasing the "
            "capacity from {} to {}.",
            request,
            time_of_cause(),
            before,
            group.desired
        );
        group.next_cause.clear();
        if (!launch_one(group, cause)) return;
    }
    while (group.active() > group.desired && !is_suspended(group, "Terminate")) {
        const std::string victim = scale_in_victim(group);
        if (victim.empty()) break; // all are protected
        group.next_cause.clear();
        begin_termination(
            group,
            victim,
            fmt::format(
                "{}At {} an instance was taken out of service in response to a difference between "
                "desired and actual capacity, "
                "shrinking the capacity from {} to {}.  At {} instance {} was selected for "
                "termination.",
                request,
                time_of_cause(),
                before,
                group.desired,
                time_of_cause(),
                victim
            )
        );
    }
    if (group.active() == group.desired) group.next_cause.clear();
}

bool Reconciler::may_launch(const Group& group) const {
    return !group.is_deleting && !is_suspended(group, "Launch") &&
           environment_.clock.now() >= group.launch_retry;
}

// AWS: the cooldown of a simple policy begins when its scaling activity has ended.
void Reconciler::begin_cooldown(Group& group) {
    if (!group.cooling_s) return;
    const bool is_busy =
        std::any_of(group.members.begin(), group.members.end(), [](const auto& member) {
            return member.state != MemberState::in_service;
        });
    if (is_busy) return;
    group.cools_until = environment_.clock.now() + std::chrono::seconds(*group.cooling_s);
    group.cooling_s.reset();
}

// AWS: "If the attempt fails, however, Amazon EC2 Auto Scaling attempts to launch the instances in
// another Availability Zone until it succeeds."
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html
bool Reconciler::launch_one(Group& group, const std::string& cause) {
    for (auto zones = group.zones; !zones.empty();) {
        const std::string zone = zone_for_launch(zones, placed_members(group));
        const auto attempt = launch_in(group, zone, cause);
        if (attempt != Attempt::no_capacity) return attempt == Attempt::launched;
        std::erase(zones, zone);
        // Only when no zone has any it is time to wait.
        if (!zones.empty()) group.launch_retry = environment_.clock.now();
    }
    return false;
}

Reconciler::Attempt
Reconciler::launch_in(Group& group, const std::string& zone, const std::string& cause) {
    Launch launch{group.place, group.template_id, group.template_version, {}, zone, {}};
    for (const auto& subnet : group.subnets) {
        if (instances_.zone_of(group.place, subnet) != zone) continue;
        launch.subnet_id = subnet;
        launch.zone.clear();
        break;
    }
    for (const auto& [key, tag] : group.tags) {
        if (tag.propagates) launch.tags[key] = tag.value;
    }
    launch.tags["aws:autoscaling:groupName"] = group.name;
    try {
        Member member;
        member.instance_id = instances_.launch(launch);
        const auto launched = instances_.find(member.instance_id);
        member.type = launched.type;
        member.zone = launched.zone;
        member.template_version = launched.launch_template_version;
        member.launched = launched.launched;
        member.is_protected = group.protects_new_instances;
        member.activity = new_activity(
            group,
            "Launching a new EC2 instance: " + member.instance_id,
            cause,
            member.zone
        );
        state_.activities.edit(member.activity)->status = ActivityStatus::pre_in_service;
        group.members.push_back(std::move(member));
        return Attempt::launched;
    } catch (const aws::AWSError& error) {
        const auto activity = new_activity(
            group,
            fmt::format(
                "Launching a new EC2 instance.  Status Reason: {}  Launching EC2 instance failed.",
                error.message()
            ),
            cause,
            zone
        );
        end_activity(
            activity,
            ActivityStatus::failed,
            error.message() + " Launching EC2 instance failed."
        );
        group.launch_retry = environment_.clock.now() + limits::launch_retry;
        environment_.log.write(
            LogLevel::warning,
            "autoscaling",
            "{}: launch failed: {}",
            group.name,
            error.message()
        );
        return error.code() == "InsufficientInstanceCapacity" ? Attempt::no_capacity
                                                              : Attempt::refused;
    }
}

} // namespace diorama::autoscaling
