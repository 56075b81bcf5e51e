// Records survive as what they were.
#include "services/autoscaling/state.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::autoscaling;

namespace {

Timestamp at(std::int64_t seconds) {
    return Timestamp(std::chrono::seconds(seconds));
}

Group full_group() {
    Group group;
    group.name = "web";
    group.arn = "arn:group";
    group.place = {"000000000000", "us-east-1"};
    group.template_id = "lt-1";
    group.template_name = "web";
    group.template_version = "$Latest";
    group.min_size = 1;
    group.max_size = 4;
    group.desired = 2;
    group.cooldown_s = 300;
    group.default_warmup_s = 60;
    group.zones = {"us-east-1a"};
    group.subnets = {"subnet-a"};
    group.target_groups = {"tg-1"};
    group.health_check_type = "EC2,ELB";
    group.health_check_grace_s = 30;
    group.termination_policies = {"OldestInstance"};
    group.protects_new_instances = true;
    group.tags["role"] = {"front", true};
    group.suspended = {"Launch"};
    group.metrics = {"GroupMinSize"};
    group.created = at(1);
    group.cooling_s = 60;
    group.cools_until = at(2);
    group.launch_retry = at(3);
    group.next_cause = "At some time.";
    Member member;
    member.instance_id = "i-1";
    member.type = "t3.micro";
    member.zone = "us-east-1a";
    member.template_version = 3;
    member.state = MemberState::terminating;
    member.unhealthy_reason = "a user health-check";
    member.is_protected = true;
    member.is_draining = true;
    member.launched = at(4);
    member.in_service = at(5);
    member.activity = "key";
    group.members = {member};
    return group;
}

} // namespace

TEST_CASE("state: a group comes back with its members") {
    const auto encoded = full_group().encode();
    const auto group = Group::decode(encoded);
    CHECK(group.encode() == encoded);
    CHECK(group.cooling_s == 60);
    CHECK(group.cools_until == at(2));
    CHECK(group.launch_retry == at(3));
    REQUIRE(group.members.size() == 1);
    CHECK(group.members[0].state == MemberState::terminating);
    CHECK(!group.members[0].is_healthy());
    CHECK(group.active() == 0);
    CHECK(group.find_member("i-1") != nullptr);
    CHECK(group.find_member("i-2") == nullptr);
}

TEST_CASE("state: a policy comes back with its steps, metric and alarms") {
    Policy policy;
    policy.name = "p";
    policy.arn = "arn:policy";
    policy.group = "000000000000/us-east-1/web";
    policy.type = PolicyType::step;
    policy.is_enabled = false;
    policy.adjustment_type = AdjustmentType::percent_change_in_capacity;
    policy.adjustment = -2;
    policy.min_magnitude = 2;
    policy.warmup_s = 30;
    policy.steps = {{{}, -1.5, -1}, {0.0, {}, 1}};
    policy.target = 52.5;
    policy.metric = {"N", "M", {{"D", "v"}}, "Sum", "Count"};
    policy.alarms = {{"high", "arn:high"}};
    const auto decoded = Policy::decode(policy.encode());
    CHECK(decoded.encode() == policy.encode());
    CHECK(!decoded.cooldown_s);
    CHECK(decoded.steps[0].upper_bound == -1.5);
    CHECK(!decoded.steps[0].lower_bound);
    CHECK(decoded.metric.dimensions == policy.metric.dimensions);
    CHECK(decoded.alarms == policy.alarms);
}

TEST_CASE("state: an activity comes back, ended or not") {
    Activity activity;
    activity.id = "id";
    activity.group = "group";
    activity.description = "description";
    activity.details = "{}";
    activity.status = ActivityStatus::failed;
    activity.started = at(1);
    CHECK(!Activity::decode(activity.encode()).ended);
    activity.ended = at(2);
    const auto decoded = Activity::decode(activity.encode());
    CHECK(decoded.ended == at(2));
    CHECK(decoded.status == ActivityStatus::failed);
    CHECK(decoded.encode() == activity.encode());
}
