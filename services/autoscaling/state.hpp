// What Auto Scaling remembers: groups with their members, policies, activities. No I/O, no clock,
// no API shapes.
#pragma once

#include "emulator/storage/journal.hpp"
#include "services/autoscaling/data/placement.hpp"
#include "services/autoscaling/data/scaling.hpp"
#include "services/autoscaling/ports.hpp"

#include <deque>
#include <map>
#include <set>

namespace diorama::autoscaling {

enum class MemberState { pending, in_service, terminating };

// An instance of a group.
struct Member {
    std::string instance_id;
    std::string type;
    std::string zone;
    std::int64_t template_version = 0;
    MemberState state = MemberState::pending;
    std::string unhealthy_reason; // empty while it is healthy
    bool is_protected = false;
    bool is_draining = false; // terminating, but its connections may still finish
    Timestamp launched{};
    Timestamp in_service{}; // since when
    std::string activity;   // the launch or termination under way

    bool is_healthy() const { return unhealthy_reason.empty(); }
};

struct GroupTag {
    std::string value;
    bool propagates = false; // to instances launched from now on
};

struct Group {
    std::string name;
    std::string arn;
    Place place;
    std::string template_id;
    std::string template_name;
    std::string template_version; // as given; may be empty
    std::int32_t min_size = 0;
    std::int32_t max_size = 0;
    std::int32_t desired = 0;
    std::int32_t cooldown_s = 0;
    std::optional<std::int32_t> default_warmup_s;
    std::vector<std::string> zones;
    std::vector<std::string> subnets; // in the order of zones; empty if zones were given
    std::vector<std::string> target_groups;
    std::string health_check_type = "EC2";
    std::int32_t health_check_grace_s = 0;
    std::vector<std::string> termination_policies;
    bool protects_new_instances = false;
    std::map<std::string, GroupTag> tags;
    std::set<std::string> suspended;
    std::set<std::string> metrics;
    bool is_deleting = false;
    Timestamp created{};
    std::optional<std::int32_t> cooling_s; // a simple policy's activity runs; its cooldown follows
    Timestamp cools_until{};
    Timestamp launch_retry{}; // no launch before this, after one has failed
    std::vector<Member> members;
    std::string next_cause; // why the next activities happen: the request or alarm that changed the
                            // capacity

    Limits limits() const { return {min_size, max_size}; }

    // Pending and in service.
    std::int32_t active() const;
    Member* find_member(const std::string& instance_id);
    const Member* find_member(const std::string& instance_id) const;

    std::string encode() const;
    static Group decode(std::string_view bytes);
};

enum class PolicyType { simple, step, target_tracking };

struct Policy {
    std::string name;
    std::string arn;
    std::string group; // key of the group
    PolicyType type = PolicyType::simple;
    bool is_enabled = true;
    AdjustmentType adjustment_type = AdjustmentType::change_in_capacity;
    std::int32_t adjustment = 0;
    std::int32_t min_magnitude = 0;
    std::optional<std::int32_t> cooldown_s;
    std::optional<std::int32_t> warmup_s;
    std::string aggregation; // step: Average, Minimum, Maximum
    std::vector<StepAdjustment> steps;
    // Target tracking.
    double target = 0;
    bool scales_in = true;
    std::string predefined_metric; // empty: customized
    std::string resource_label;
    TrackedMetric metric;
    std::vector<std::pair<std::string, std::string>> alarms; // name, ARN

    std::string encode() const;
    static Policy decode(std::string_view bytes);
};

enum class ActivityStatus {
    pre_in_service,
    in_progress,
    waiting_for_draining,
    successful,
    failed,
    cancelled
};

struct Activity {
    std::string id;
    std::string group;
    std::string description;
    std::string cause;
    std::string details; // JSON
    std::string message; // of a failure
    ActivityStatus status = ActivityStatus::in_progress;
    Timestamp started{};
    std::optional<Timestamp> ended;

    std::string encode() const;
    static Activity decode(std::string_view bytes);
};

struct State {
    explicit State(Journal& journal);

    Table<Group> groups;        // by key_of
    Table<Policy> policies;     // by ARN
    Table<Activity> activities; // by key of the group, then time and id
};

// account/region/name
std::string key_of(const Place& place, const std::string& group_name);

} // namespace diorama::autoscaling
