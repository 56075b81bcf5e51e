// See world/live/watch.hpp.
#include "emulator/world/live/watch.hpp"

#include <algorithm>
#include <tuple>

namespace diorama {

namespace {

using nlohmann::json;

constexpr Duration looks_again = std::chrono::seconds(1);

Timestamp time_of(const json& value) {
    if (value.is_number()) return from_unix_seconds(value.get<double>());
    return parse_iso8601(value.get<std::string>()).value_or(epoch);
}

std::string tag_of(const json& instance, std::string_view key) {
    for (const auto& tag : instance.value("Tags", json::array()))
        if (tag.value("Key", "") == key) return tag.value("Value", "");
    return {};
}

} // namespace

LiveWatch::LiveWatch(
    const simulation::Scenario& scenario,
    ScenarioStack& stack,
    const Clock& clock,
    Timestamp start,
    Random random
)
    : scenario_(scenario)
    , stack_(stack)
    , clock_(clock)
    , start_(start)
    , faults_(stack, random)
    , periods_(StackFaults::periods_of(scenario)) {
    for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
        const auto& fault = scenario.faults[i];
        due_.push_back({fault.at, i, true});
        if (fault.lasts) due_.push_back({fault.at + *fault.lasts, i, false});
    }
    std::ranges::sort(due_, {}, [](const Due& due) {
        return std::tuple(due.at, due.fault, !due.begins);
    });
    thread_ = std::thread([this] { run(); });
}

LiveWatch::~LiveWatch() {
    end();
}

void LiveWatch::end() {
    {
        const std::lock_guard lock(mutex_);
        is_ending_ = true;
        wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
}

LiveWatch::Sight LiveWatch::sight() const {
    const std::lock_guard lock(mutex_);
    return sight_;
}

void LiveWatch::run() {
    std::size_t next = 0;
    Timestamp looks_at = start_;
    while (true) {
        const Timestamp now = clock_.now();
        for (; next < due_.size() && start_ + due_[next].at <= now; ++next)
            carry_out(due_[next]);
        if (looks_at <= now) {
            look();
            looks_at = clock_.now() + looks_again;
        }
        Timestamp wakes_at = looks_at;
        if (next < due_.size()) wakes_at = std::min(wakes_at, start_ + due_[next].at);
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, wakes_at - clock_.now(), [this] { return is_ending_; });
        if (is_ending_) break;
    }
    look();
}

void LiveWatch::carry_out(const Due& due) {
    const auto& fault = scenario_.faults[due.fault];
    auto& period = periods_[due.fault];
    if (!StackFaults::is_known(fault.action)) {
        period.failure = "not possible live";
        return;
    }
    if (!due.begins) period.to = due.at;
    try {
        const auto targets = faults_.carry_out(fault, due.begins);
        if (!due.begins) return;
        period.targets = targets;
        if (targets.empty()) period.failure = "nothing matched its target";
    } catch (const std::exception& error) { // AWSError, too
        period.failure = error.what();
    }
}

// Those that get requests: healthy targets; where there are no target groups, what groups count as
// in service.
std::set<std::string> LiveWatch::serving_instances() const {
    std::set<std::string> serving;
    bool has_target_groups = false;
    for (const auto& resource : stack_.resources()) {
        if (resource.type != "AWS::ElasticLoadBalancingV2::TargetGroup") continue;
        has_target_groups = true;
        const auto found = stack_.call(
            "elbv2",
            "DescribeTargetHealth",
            {{"TargetGroupArn", resource.physical_id}}
        );
        for (const auto& target : found.value("TargetHealthDescriptions", json::array()))
            if (target.at("TargetHealth").value("State", "") == "healthy")
                serving.insert(target.at("Target").value("Id", ""));
    }
    if (has_target_groups) return serving;
    const auto found = stack_.call("autoscaling", "DescribeAutoScalingInstances", json::object());
    for (const auto& instance : found.value("AutoScalingInstances", json::array()))
        if (instance.value("LifecycleState", "") == "InService")
            serving.insert(instance.value("InstanceId", ""));
    return serving;
}

void LiveWatch::look() {
    try {
        const auto serving = serving_instances();
        const auto described = stack_.call("ec2", "DescribeInstances", json::object());
        const Duration now = clock_.now() - start_;
        Sight seen;
        for (const auto& reservation : described.value("Reservations", json::array())) {
            for (const auto& instance : reservation.value("Instances", json::array())) {
                look_at_instance(instance, serving, now);
                if (instance.at("State").value("Name", "") == "running") ++seen.instances;
            }
        }
        const json in_alarm{{"StateValue", "ALARM"}};
        seen.alarms = stack_.list("cloudwatch", "DescribeAlarms", in_alarm, "MetricAlarms").size();
        const std::lock_guard lock(mutex_);
        sight_ = seen;
    } catch (const std::exception&) {
        // What a look has not seen, the next one will.
    }
}

void LiveWatch::look_at_instance(
    const json& instance,
    const std::set<std::string>& serving,
    Duration now
) {
    const auto id = instance.value("InstanceId", "");
    const auto state = instance.at("State").value("Name", "");
    const auto [found, is_new] = lives_.try_emplace(id);
    auto& life = found->second;
    if (is_new) {
        life.id = id;
        life.type = instance.value("InstanceType", "");
        life.zone = instance.at("Placement").value("AvailabilityZone", "");
        life.group = tag_of(instance, "aws:autoscaling:groupName");
        life.launched = time_of(instance.at("LaunchTime")) - start_;
    }
    const bool is_up = state == "pending" || state == "running";
    if (is_up && !life.in_service && serving.contains(id)) life.in_service = now;
    if (!is_up && !life.left) life.left = now;
    if (state == "terminated" && !life.terminated) life.terminated = now;
}

} // namespace diorama
