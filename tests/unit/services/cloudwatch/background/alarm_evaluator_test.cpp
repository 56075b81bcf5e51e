#include "tests/unit/services/cloudwatch/test_cloudwatch.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace diorama;
using namespace diorama::cloudwatch;
using namespace std::chrono_literals;

namespace {

const std::string topic = "arn:aws:sns:us-east-1:000000000000:people";
const std::string policy = "arn:aws:autoscaling:us-east-1:000000000000:scalingPolicy:x";

} // namespace

TEST_CASE("an alarm goes from INSUFFICIENT_DATA through OK to ALARM as minutes pass, and notifies"
) {
    TestCloudWatch world;
    auto input = load_alarm("busy");
    input.alarm_actions = {topic};
    world.api.put_metric_alarm(world.call(), input);
    CHECK(world.alarm("busy").state_value == api::StateValue::INSUFFICIENT_DATA);
    CHECK(world.alarm("busy").state_reason == "Unchecked: Initial alarm creation");

    world.put(1);
    world.test.time.run_for(2min);
    CHECK(world.alarm("busy").state_value == api::StateValue::OK);
    CHECK(world.actions.performed.empty());

    world.put(9);
    world.test.time.run_for(2min);
    const auto alarm = world.alarm("busy");
    CHECK(alarm.state_value == api::StateValue::ALARM);
    CHECK(
        alarm.state_reason ==
        "Threshold Crossed: 1 datapoint [9.0 (01/01/26 00:02:00)] was greater than the threshold "
        "(5.0)."
    );
    REQUIRE(world.actions.performed.size() == 1);
    const auto& action = world.actions.performed[0];
    CHECK(action.arn == topic);
    CHECK(action.transition.subject == "ALARM: \"busy\" in US East (N. Virginia)");
    CHECK(action.transition.metric_value == 9);
    const auto message = nlohmann::json::parse(action.transition.message);
    CHECK(message["OldStateValue"] == "OK");
    CHECK(message["NewStateValue"] == "ALARM");
    CHECK(message["Trigger"]["Statistic"] == "AVERAGE");
    CHECK(message["Trigger"]["Threshold"] == 5.0);

    world.test.time.run_for(10min);
    CHECK(world.alarm("busy").state_value == api::StateValue::INSUFFICIENT_DATA);
    CHECK(world.actions.performed.size() == 1);
}

TEST_CASE("an Auto Scaling action is repeated every minute while the alarm lasts, others are not") {
    TestCloudWatch world;
    auto input = load_alarm("busy");
    input.alarm_actions = {policy, topic};
    world.api.put_metric_alarm(world.call(), input);
    for (int minute = 0; minute < 5; ++minute) {
        world.put(9);
        world.test.time.run_for(1min);
    }
    int scaled = 0;
    int notified = 0;
    for (const auto& action : world.actions.performed)
        ++(action.arn == policy ? scaled : notified);
    CHECK(notified == 1);
    CHECK(scaled >= 3);
    CHECK(world.actions.performed.back().transition.old_state == "ALARM");
}

TEST_CASE("SetAlarmState acts at once and lasts until the next evaluation") {
    TestCloudWatch world;
    auto input = load_alarm("busy");
    input.alarm_actions = {topic};
    input.treat_missing_data = "notBreaching";
    world.api.put_metric_alarm(world.call(), input);
    world.api.set_alarm_state(world.call(), {"busy", api::StateValue::ALARM, "a drill", {}});
    CHECK(world.alarm("busy").state_reason == "a drill");
    CHECK(world.actions.performed.size() == 1);
    world.test.time.run_for(1min);
    CHECK(world.alarm("busy").state_value == api::StateValue::OK);
    CHECK(error_of([&] {
              world.api.set_alarm_state(world.call(), {"none", api::StateValue::OK, "", {}});
          }) == "ResourceNotFound: ");
}

TEST_CASE("an alarm whose actions are disabled changes its state in silence") {
    TestCloudWatch world;
    auto input = load_alarm("busy");
    input.alarm_actions = {topic};
    world.api.put_metric_alarm(world.call(), input);
    world.api.disable_alarm_actions(world.call(), {{"busy"}});
    world.api.set_alarm_state(world.call(), {"busy", api::StateValue::ALARM, "a drill", {}});
    CHECK(world.actions.performed.empty());
    world.api.enable_alarm_actions(world.call(), {{"busy"}});
    world.api.set_alarm_state(world.call(), {"busy", api::StateValue::OK, "over", {}});
    world.api.set_alarm_state(world.call(), {"busy", api::StateValue::ALARM, "a drill", {}});
    CHECK(world.actions.performed.size() == 1);
}

TEST_CASE("the history tells of configuration, states and actions, newest first") {
    TestCloudWatch world;
    auto input = load_alarm("busy");
    input.alarm_actions = {topic};
    world.api.put_metric_alarm(world.call(), input);
    world.actions.failure = "no such topic";
    world.api.set_alarm_state(world.call(), {"busy", api::StateValue::ALARM, "a drill", {}});
    world.api.delete_alarms(world.call(), {{"busy"}});
    api::DescribeAlarmHistoryInput all;
    all.alarm_name = "busy";
    const auto items = world.api.describe_alarm_history(world.call(), all).alarm_history_items;
    REQUIRE(items.size() == 4);
    CHECK(items[0].history_summary == "Alarm \"busy\" deleted");
    CHECK(items[1].history_summary == "Failed to execute action " + topic);
    CHECK(items[2].history_summary == "Alarm updated from INSUFFICIENT_DATA to ALARM");
    CHECK(items[3].history_summary == "Alarm \"busy\" created");
}

TEST_CASE("an alarm on an expression watches what the expression gives") {
    TestCloudWatch world;
    api::PutMetricAlarmInput input = load_alarm("math");
    input.namespace_.reset();
    input.metric_name.reset();
    input.statistic.reset();
    input.period.reset();
    api::MetricDataQuery load;
    load.id = "m1";
    load.return_data = false;
    load.metric_stat = api::MetricStat{{"AWS/Test", "Load", {}}, 60, "Sum", {}};
    api::MetricDataQuery doubled;
    doubled.id = "e1";
    doubled.expression = "m1 * 2";
    input.metrics = {load, doubled};
    world.api.put_metric_alarm(world.call(), input);
    world.put(3);
    world.test.time.run_for(2min);
    CHECK(world.alarm("math").state_value == api::StateValue::ALARM);

    input.metrics[1].expression = "m2 * 2";
    CHECK(
        error_of([&] { world.api.put_metric_alarm(world.call(), input); }) ==
        "ValidationError: Error in expression 'e1': Undefined metric or expression id 'm2'"
    );
}

TEST_CASE("another service's alarm is an alarm like any other, and goes when it is told to") {
    TestCloudWatch world;
    const ServiceAlarm alarm{
        .account = "000000000000",
        .region = "us-east-1",
        .name = "TargetTracking-group-AlarmHigh-1",
        .description = "DO NOT EDIT OR DELETE.",
        .metric = {"AWS/Test", "Load", {}, "Average", "", 60},
        .comparison_operator = "GreaterThanThreshold",
        .threshold = 5,
        .evaluation_periods = 3,
        .alarm_actions = {policy},
    };
    CHECK(
        world.cloudwatch.put_alarm(alarm) ==
        "arn:aws:cloudwatch:us-east-1:000000000000:alarm:TargetTracking-group-AlarmHigh-1"
    );
    const auto start = world.test.time.now();
    for (int minute = 0; minute < 4; ++minute) {
        world.put(9);
        world.test.time.run_for(1min);
    }
    CHECK(world.alarm(alarm.name).state_value == api::StateValue::ALARM);
    CHECK(
        world.cloudwatch
            .statistic("000000000000", "us-east-1", alarm.metric, start, start + 5min) == 9
    );
    world.cloudwatch.delete_alarm("000000000000", "us-east-1", alarm.name);
    CHECK_FALSE(world.alarm(alarm.name).alarm_name);
}
