// A CloudWatch in virtual time whose alarms act on a notebook, and the call of an API client.
#pragma once

#include "services/cloudwatch/api.hpp"
#include "services/cloudwatch/cloudwatch.hpp"
#include "tests/support/test_environment.hpp"

#include <string>
#include <vector>

namespace diorama::cloudwatch {

struct NotedActions final : AlarmActions {
    struct Action {
        AlarmTransition transition;
        std::string arn;
    };

    std::vector<Action> performed;
    std::string failure;

    bool is_emulated(const std::string& arn) const override {
        return !arn.starts_with("arn:aws:ssm:");
    }

    std::string perform(const AlarmTransition& transition, const std::string& arn) override {
        performed.push_back({transition, arn});
        return failure;
    }
};

struct TestCloudWatch {
    TestEnvironment test;
    NotedActions actions;
    CloudWatch cloudwatch{test.environment, actions};
    api::CloudWatchApi& api = static_cast<api::CloudWatchApi&>(cloudwatch.api());
    Random random{7};

    aws::Call call() {
        return {
            .account = "000000000000",
            .region = "us-east-1",
            .request_id = {},
            .access_key = {},
            .host = "localhost:4566",
            .scheme = "http",
            .now = test.time.now(),
            .random = random,
            .ignored_parameters = {},
        };
    }

    void put(double value, const std::string& unit = "None") {
        Distribution values;
        values.add(value);
        cloudwatch.put(
            {"000000000000", "us-east-1", "AWS/Test", "Load", {}, unit},
            test.time.now(),
            values
        );
    }

    api::MetricAlarm alarm(const std::string& name) {
        api::DescribeAlarmsInput input;
        input.alarm_names = {name};
        const auto output = api.describe_alarms(call(), input);
        return output.metric_alarms.empty() ? api::MetricAlarm{} : output.metric_alarms.front();
    }
};

// Load over 5 on average, one period of a minute.
inline api::PutMetricAlarmInput load_alarm(const std::string& name) {
    api::PutMetricAlarmInput input;
    input.alarm_name = name;
    input.namespace_ = "AWS/Test";
    input.metric_name = "Load";
    input.statistic = api::Statistic::Average;
    input.period = 60;
    input.evaluation_periods = 1;
    input.threshold = 5;
    input.comparison_operator = api::ComparisonOperator::GreaterThanThreshold;
    return input;
}

// Runs a call that has to fail; the error's code and message as "Code: message".
template <class Function>
std::string error_of(Function function) {
    try {
        function();
    } catch (const aws::AWSError& error) {
        return error.code() + ": " + error.message();
    }
    return "no error";
}

} // namespace diorama::cloudwatch
