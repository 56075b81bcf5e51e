// An Auto Scaling in virtual time among instances, target groups and alarms that do what a test
// says, and short words for what tests do with a group.
#pragma once

#include "emulator/aws/error.hpp"
#include "services/autoscaling/api.hpp"
#include "services/autoscaling/autoscaling.hpp"
#include "tests/support/test_environment.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace diorama::autoscaling {

// Instances that run two seconds after their launch and are gone two seconds after their end.
struct FakeInstances final : Instances {
    explicit FakeInstances(VirtualTime& given)
        : time(given) {}

    std::string launch(const Launch& launch) override {
        if (!launch_error.empty())
            throw aws::AWSError("InsufficientInstanceCapacity", 500, launch_error);
        const auto zone = launch.subnet_id.empty() ? std::optional(launch.zone)
                                                   : zone_of(launch.place, launch.subnet_id);
        if (zone && zones_without_capacity.contains(*zone))
            throw aws::AWSError("InsufficientInstanceCapacity", 500, "Not in that zone.");
        launches.push_back(launch);
        const auto id = "i-" + std::to_string(launches.size());
        Instance& made = known[id];
        made = {Phase::starting, "t3.micro", launch.zone, 1, time.now()};
        if (!launch.subnet_id.empty()) made.zone = *zone_of(launch.place, launch.subnet_id);
        time.after(std::chrono::seconds(2), [this, id] {
            if (known[id].phase == Phase::starting) change(id, Phase::running);
        });
        return id;
    }

    void terminate(const std::string& id) override {
        terminated.push_back(id);
        change(id, Phase::ending);
        time.after(std::chrono::seconds(2), [this, id] { change(id, Phase::gone); });
    }

    Instance find(const std::string& id) override {
        const auto found = known.find(id);
        return found == known.end() ? Instance{} : found->second;
    }

    std::pair<std::string, std::string>
    check_launch_template(const Place&, const std::string& id_or_name, const std::string& version)
        override {
        if (id_or_name != "web" && id_or_name != "lt-1")
            throw aws::AWSError("InvalidLaunchTemplateName.NotFoundException", 400, "No template.");
        if (version == "9")
            throw aws::AWSError("InvalidLaunchTemplateId.VersionNotFound", 400, "No version.");
        return {"lt-1", "web"};
    }

    std::optional<std::string> zone_of(const Place&, const std::string& subnet) override {
        if (!subnet.starts_with("subnet-")) return std::nullopt;
        return "us-east-1" + subnet.substr(7); // "subnet-a"
    }

    bool has_zone(const Place&, const std::string& zone) override {
        return zone == "us-east-1a" || zone == "us-east-1b" || zone == "us-east-1c";
    }

    void change(const std::string& id, Phase phase) {
        known[id].phase = phase;
        changed(id);
    }

    VirtualTime& time;
    std::vector<Launch> launches;
    std::vector<std::string> terminated;
    std::map<std::string, Instance> known;
    std::string launch_error;
    std::set<std::string> zones_without_capacity;
    std::function<void(const std::string& id)> changed = [](const std::string&) {};
};

// Targets are healthy from the start, and drain until the test says they have.
struct FakeTargetGroups final : TargetGroups {
    bool exists(const Place&, const std::string& arn) override { return arn.starts_with("tg-"); }

    void add(const std::string& arn, const std::string& id) override {
        health[{arn, id}] = Health::healthy;
    }

    void remove(const std::string& arn, const std::string& id) override {
        if (health.contains({arn, id})) health[{arn, id}] = Health::draining;
    }

    Health health_of(const std::string& arn, const std::string& id) override {
        const auto found = health.find({arn, id});
        return found == health.end() ? Health::unused : found->second;
    }

    void drained(const std::string& arn, const std::string& id) { health.erase({arn, id}); }

    std::map<std::pair<std::string, std::string>, Health> health;
};

struct FakeAlarms final : Alarms {
    std::string put(const TrackingAlarm& alarm) override {
        alarms[alarm.name] = alarm;
        return "arn:alarm:" + alarm.name;
    }

    void remove(const Place&, const std::string& name) override { alarms.erase(name); }

    std::map<std::string, TrackingAlarm> alarms;
};

// Every value that was added, by the metric's name.
struct RecordedMetrics final : Metrics {
    SeriesId series(const MetricId& id) override {
        ids.push_back(id);
        return static_cast<SeriesId>(ids.size() - 1);
    }

    void add(SeriesId series, double value, double) override {
        values[ids[series].name].push_back(value);
    }

    std::vector<MetricId> ids;
    std::map<std::string, std::vector<double>> values;
};

struct GroupScene {
    TestEnvironment test;
    RecordedMetrics metrics;
    Environment environment{test.time, test.time, Random(1), metrics, test.journal, test.log};
    FakeInstances instances{test.time};
    FakeTargetGroups target_groups;
    FakeAlarms alarms;
    AutoScaling service{environment, instances, target_groups, alarms};
    api::AutoScalingApi& api = static_cast<api::AutoScalingApi&>(service.api());
    Random random{7};
    std::vector<std::string> ignored; // parameters of the last create

    GroupScene() {
        instances.changed = [this](const std::string& id) { service.instance_changed(id); };
    }

    aws::Call call() {
        aws::Call made{.now = test.time.now(), .random = random};
        return made;
    }

    void run(std::int64_t seconds) { test.time.run_for(std::chrono::seconds(seconds)); }

    static api::CreateAutoScalingGroupType
    group_input(std::int32_t min, std::int32_t desired, std::int32_t max) {
        api::CreateAutoScalingGroupType input;
        input.auto_scaling_group_name = "web";
        input.launch_template.emplace();
        input.launch_template->launch_template_name = "web";
        input.min_size = min;
        input.max_size = max;
        input.desired_capacity = desired;
        input.vpc_zone_identifier = "subnet-a,subnet-b";
        return input;
    }

    using Change = std::function<void(api::CreateAutoScalingGroupType&)>;

    // A group "web" over two zones whose instances are in service.
    void create(
        std::int32_t min,
        std::int32_t desired,
        std::int32_t max,
        const Change& change = [](auto&) {}
    ) {
        auto input = group_input(min, desired, max);
        change(input);
        const auto made = call();
        api.create_auto_scaling_group(made, input);
        ignored = made.ignored_parameters;
        run(3);
    }

    void set_desired(std::int32_t capacity, bool honors_cooldown = false) {
        api.set_desired_capacity(call(), {"web", capacity, honors_cooldown});
    }

    void update(const std::function<void(api::UpdateAutoScalingGroupType&)>& change) {
        api::UpdateAutoScalingGroupType input;
        input.auto_scaling_group_name = "web";
        change(input);
        api.update_auto_scaling_group(call(), input);
    }

    bool exists() {
        return !api.describe_auto_scaling_groups(call(), {}).auto_scaling_groups.empty();
    }

    api::AutoScalingGroup group() {
        return api.describe_auto_scaling_groups(call(), {}).auto_scaling_groups.at(0);
    }

    // "i-1 us-east-1a InService Healthy"
    std::vector<std::string> members() {
        std::vector<std::string> texts;
        for (const auto& member : group().instances) {
            texts.push_back(
                member.instance_id + " " + member.availability_zone + " " +
                std::string(api::to_string(member.lifecycle_state)) + " " + member.health_status
            );
        }
        return texts;
    }

    // The ids of those in a lifecycle state, joined by spaces.
    std::string in_state(api::LifecycleState state) {
        std::string ids;
        for (const auto& member : group().instances) {
            if (member.lifecycle_state == state)
                ids += (ids.empty() ? "" : " ") + member.instance_id;
        }
        return ids;
    }

    std::string in_service() { return in_state(api::LifecycleState::InService); }

    // Newest first.
    std::vector<api::Activity> activities() {
        api::DescribeScalingActivitiesType input;
        input.auto_scaling_group_name = "web";
        return api.describe_scaling_activities(call(), input).activities;
    }

    std::string put_policy(const std::function<void(api::PutScalingPolicyType&)>& change) {
        api::PutScalingPolicyType input;
        input.auto_scaling_group_name = "web";
        input.policy_name = "policy";
        change(input);
        return api.put_scaling_policy(call(), input).policy_arn.value();
    }

    std::string simple_policy(std::int32_t adjustment, std::optional<std::int32_t> cooldown = {}) {
        return put_policy([&](auto& input) {
            input.adjustment_type = "ChangeInCapacity";
            input.scaling_adjustment = adjustment;
            input.cooldown = cooldown;
        });
    }

    std::string
    tracking_policy(double target, std::int32_t warmup, const std::string& name = "policy") {
        return put_policy([&](auto& input) {
            input.policy_name = name;
            input.policy_type = "TargetTrackingScaling";
            input.estimated_instance_warmup = warmup;
            api::TargetTrackingConfiguration configuration;
            configuration.target_value = target;
            configuration.predefined_metric_specification.emplace();
            input.target_tracking_configuration = configuration;
        });
    }

    // What kept the policy from being carried out.
    std::string alarm(const std::string& policy_arn, double metric, double threshold) {
        const auto refusal = service.alarm_acted({policy_arn, "busy", "ALARM", threshold, metric});
        run(0);
        return refusal;
    }

    std::int32_t desired() { return group().desired_capacity; }
};

// Runs a call that has to fail; the error as "Code: message".
template <class Function>
std::string error_of(Function function) {
    try {
        function();
    } catch (const aws::AWSError& error) {
        return error.code() + ": " + error.message();
    }
    return "no error";
}

} // namespace diorama::autoscaling
