#include "services/cloudwatch/state.hpp"
#include "tests/unit/services/cloudwatch/test_cloudwatch.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::cloudwatch;
using namespace std::chrono_literals;

TEST_CASE("PutMetricAlarm: refuses what cannot work") {
    TestCloudWatch world;
    const auto put = [&](auto change) {
        auto input = load_alarm("busy");
        change(input);
        return error_of([&] { world.api.put_metric_alarm(world.call(), input); });
    };
    CHECK(put([](auto& input) {
              input.alarm_actions = {"nonsense"};
          }) == "ValidationError: Invalid arn syntax: nonsense");
    CHECK(put([](auto& input) { input.period = 45; }).starts_with("ValidationError"));
    CHECK(
        put([](auto& input) { input.evaluation_periods = 1441; }) ==
        "ValidationError: Metrics cannot be checked across more than a day (EvaluationPeriods * "
        "Period must be <= 86400)."
    );
    CHECK(put([](auto& input) { input.datapoints_to_alarm = 2; }).starts_with("ValidationError"));
    CHECK(put([](auto& input) { input.statistic.reset(); }).starts_with("ValidationError"));
    CHECK(
        put([](auto& input) { input.treat_missing_data = "zero"; }) ==
        "ValidationError: The value zero is not supported for TreatMissingData parameter. "
        "Supported "
        "values are [breaching, notBreaching, ignore, missing]."
    );
    CHECK(put([](auto& input) { input.threshold_metric_id = "ad1"; }).starts_with("NotImplemented")
    );
    CHECK_FALSE(world.alarm("busy").alarm_name);
}

TEST_CASE("PutMetricAlarm: an update keeps state and tags, and a strange action is reported") {
    TestCloudWatch world;
    auto input = load_alarm("busy");
    input.tags = {{"team", "blue"}};
    world.api.put_metric_alarm(world.call(), input);
    world.api.set_alarm_state(world.call(), {"busy", api::StateValue::ALARM, "a drill", {}});
    input.threshold = 50;
    input.tags = {{"team", "red"}};
    input.ok_actions = {"arn:aws:ssm:us-east-1:000000000000:opsitem:1"};
    const auto call = world.call();
    world.api.put_metric_alarm(call, input);
    CHECK(call.ignored_parameters.size() == 1);
    const auto alarm = world.alarm("busy");
    CHECK(alarm.state_value == api::StateValue::ALARM);
    CHECK(alarm.threshold == 50);
    const auto tags = world.api.list_tags_for_resource(world.call(), {*alarm.alarm_arn}).tags;
    REQUIRE(tags.size() == 1);
    CHECK(tags[0].value == "blue");
    world.api.untag_resource(world.call(), {*alarm.alarm_arn, {"team"}});
    CHECK(world.api.list_tags_for_resource(world.call(), {*alarm.alarm_arn}).tags.empty());
}

TEST_CASE("DescribeAlarms: prefix, state, pages") {
    TestCloudWatch world;
    for (const auto* name : {"a1", "a2", "a3", "b1"})
        world.api.put_metric_alarm(world.call(), load_alarm(name));
    api::DescribeAlarmsInput input;
    input.alarm_name_prefix = "a";
    input.max_records = 2;
    auto output = world.api.describe_alarms(world.call(), input);
    CHECK(output.metric_alarms.size() == 2);
    input.next_token = output.next_token;
    output = world.api.describe_alarms(world.call(), input);
    REQUIRE(output.metric_alarms.size() == 1);
    CHECK(output.metric_alarms[0].alarm_name == "a3");
    CHECK_FALSE(output.next_token);
    input = {};
    input.state_value = api::StateValue::ALARM;
    CHECK(world.api.describe_alarms(world.call(), input).metric_alarms.empty());
    const auto for_metric = world.api.describe_alarms_for_metric(
        world.call(),
        {"Load", "AWS/Test", {}, {}, {}, {}, {}}
    );
    CHECK(for_metric.metric_alarms.size() == 4);
}

TEST_CASE("an alarm survives encoding and decoding") {
    Alarm alarm;
    alarm.account = "000000000000";
    alarm.region = "eu-west-1";
    alarm.name = "a/b \"c\"";
    alarm.description = "";
    alarm.alarm_actions = {"arn:aws:sns:eu-west-1:000000000000:t"};
    alarm.queries = {
        {"m1", MetricStat{"N", "M", {{"d", "v"}}, 300, "p90", "Bytes"}, "", "l", false, 0},
        {"e1", {}, "m1*2", "", true, 60}
    };
    alarm.datapoints_to_alarm = 2;
    alarm.state = AlarmState::alarm;
    alarm.state_updated = epoch + 5ns;
    const auto copy = Alarm::decode(alarm.encode());
    CHECK(copy.encode() == alarm.encode());
    CHECK(copy.queries == alarm.queries);
    CHECK(copy.key() == alarm.key());
}
