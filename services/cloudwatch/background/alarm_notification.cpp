// See alarm_notification.hpp. The keys and their order are those that AWS sends.
#include "services/cloudwatch/background/alarm_notification.hpp"

#include "services/cloudwatch/data/numbers.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace diorama::cloudwatch {

namespace {

using Json = nlohmann::ordered_json;

std::string upper_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
        return static_cast<char>(std::toupper(c));
    });
    return text;
}

// SAMPLE_COUNT, AVERAGE, …
std::string notified_statistic(const std::string& statistic) {
    return statistic == "SampleCount" ? "SAMPLE_COUNT" : upper_case(statistic);
}

Json notified_dimensions(const MetricStat& stat) {
    Json dimensions = Json::array();
    for (const auto& dimension : stat.dimensions)
        dimensions.push_back({{"value", dimension.value}, {"name", dimension.name}});
    return dimensions;
}

void add_metric(Json& trigger, const MetricStat& stat) {
    const auto statistic = parse_statistic(stat.statistic);
    trigger["MetricName"] = stat.metric_name;
    trigger["Namespace"] = stat.metric_namespace;
    if (statistic && statistic->is_extended()) {
        trigger["StatisticType"] = "ExtendedStatistic";
        trigger["ExtendedStatistic"] = stat.statistic;
    } else {
        trigger["StatisticType"] = "Statistic";
        trigger["Statistic"] = notified_statistic(stat.statistic);
    }
    trigger["Unit"] = stat.unit.empty() ? Json(nullptr) : Json(stat.unit);
    trigger["Dimensions"] = notified_dimensions(stat);
}

Json notified_query(const MetricQuery& query) {
    Json json;
    if (!query.expression.empty()) json["Expression"] = query.expression;
    json["Id"] = query.id;
    if (!query.label.empty()) json["Label"] = query.label;
    if (query.metric_stat) {
        const auto& stat = *query.metric_stat;
        json["MetricStat"] = {
            {"Metric",
             {{"Dimensions", notified_dimensions(stat)},
              {"MetricName", stat.metric_name},
              {"Namespace", stat.metric_namespace}}},
            {"Period", stat.period_s},
            {"Stat", stat.statistic},
        };
    }
    json["ReturnData"] = query.returns_data;
    return json;
}

Json trigger_of(const Alarm& alarm) {
    Json trigger;
    if (alarm.queries.empty()) add_metric(trigger, alarm.metric);
    trigger["Period"] = alarm.period_s();
    trigger["EvaluationPeriods"] = alarm.evaluation_periods;
    if (alarm.datapoints_to_alarm) trigger["DatapointsToAlarm"] = *alarm.datapoints_to_alarm;
    trigger["ComparisonOperator"] = alarm.comparison_operator;
    trigger["Threshold"] = alarm.threshold;
    trigger["TreatMissingData"] =
        alarm.treat_missing_data.empty() ? "missing" : alarm.treat_missing_data;
    trigger["EvaluateLowSampleCountPercentile"] = alarm.low_sample_count_percentile;
    if (!alarm.queries.empty()) {
        trigger["Metrics"] = Json::array();
        for (const auto& query : alarm.queries)
            trigger["Metrics"].push_back(notified_query(query));
    }
    return trigger;
}

Json state_document(
    std::string_view state,
    const std::string& reason,
    const std::string& reason_data
) {
    Json json{{"stateValue", state}, {"stateReason", reason}};
    if (!reason_data.empty()) {
        auto parsed = Json::parse(reason_data, nullptr, false);
        json["stateReasonData"] = parsed.is_discarded() ? Json(reason_data) : std::move(parsed);
    }
    return json;
}

} // namespace

std::string region_name(const std::string& region) {
    static const std::pair<std::string_view, std::string_view> names[] = {
        {"us-east-1", "US East (N. Virginia)"},
        {"us-east-2", "US East (Ohio)"},
        {"us-west-1", "US West (N. California)"},
        {"us-west-2", "US West (Oregon)"},
        {"af-south-1", "Africa (Cape Town)"},
        {"ap-east-1", "Asia Pacific (Hong Kong)"},
        {"ap-northeast-1", "Asia Pacific (Tokyo)"},
        {"ap-northeast-2", "Asia Pacific (Seoul)"},
        {"ap-northeast-3", "Asia Pacific (Osaka)"},
        {"ap-south-1", "Asia Pacific (Mumbai)"},
        {"ap-southeast-1", "Asia Pacific (Singapore)"},
        {"ap-southeast-2", "Asia Pacific (Sydney)"},
        {"ca-central-1", "Canada (Central)"},
        {"eu-central-1", "EU (Frankfurt)"},
        {"eu-north-1", "EU (Stockholm)"},
        {"eu-south-1", "EU (Milan)"},
        {"eu-west-1", "EU (Ireland)"},
        {"eu-west-2", "EU (London)"},
        {"eu-west-3", "EU (Paris)"},
        {"me-south-1", "Middle East (Bahrain)"},
        {"sa-east-1", "South America (Sao Paulo)"},
    };
    for (const auto& [id, name] : names) {
        if (region == id) return std::string(name);
    }
    return region;
}

AlarmTransition
compose_transition(const Alarm& alarm, AlarmState old_state, std::optional<double> metric_value) {
    AlarmTransition transition{
        .account = alarm.account,
        .region = alarm.region,
        .alarm_name = alarm.name,
        .alarm_arn = alarm.arn(),
        .old_state = std::string(to_string(old_state)),
        .new_state = std::string(to_string(alarm.state)),
        .reason = alarm.state_reason,
        .when = alarm.state_updated,
        .threshold = alarm.threshold,
        .metric_value = metric_value,
        .subject = {},
        .message = {},
    };
    const auto region = region_name(alarm.region);
    transition.subject =
        fmt::format("{}: \"{}\" in {}", transition.new_state, alarm.name, region).substr(0, 100);
    transition.message =
        Json{
            {"AlarmName", alarm.name},
            {"AlarmDescription", alarm.description ? Json(*alarm.description) : Json(nullptr)},
            {"AWSAccountId", alarm.account},
            {"AlarmConfigurationUpdatedTimestamp", java_timestamp(alarm.configuration_updated)},
            {"NewStateValue", transition.new_state},
            {"NewStateReason", alarm.state_reason},
            {"StateChangeTime", java_timestamp(alarm.state_updated)},
            {"Region", region},
            {"AlarmArn", transition.alarm_arn},
            {"OldStateValue", transition.old_state},
            {"OKActions", alarm.ok_actions},
            {"AlarmActions", alarm.alarm_actions},
            {"InsufficientDataActions", alarm.insufficient_data_actions},
            {"Trigger", trigger_of(alarm)},
        }
            .dump();
    return transition;
}

std::string state_update_details(
    AlarmState old_state,
    const std::string& old_reason,
    const std::string& old_reason_data,
    const Alarm& alarm
) {
    return Json{
        {"version", "1.0"},
        {"oldState", state_document(to_string(old_state), old_reason, old_reason_data)},
        {"newState",
         state_document(to_string(alarm.state), alarm.state_reason, alarm.state_reason_data)},
    }
        .dump();
}

} // namespace diorama::cloudwatch
