// See shapes.hpp.
#include "services/cloudwatch/control/shapes.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace diorama::cloudwatch {

std::vector<Dimension> dimensions_from(const std::vector<api::Dimension>& dimensions) {
    std::vector<Dimension> sorted;
    for (const auto& dimension : dimensions)
        sorted.push_back({dimension.name, dimension.value});
    std::sort(sorted.begin(), sorted.end());
    return sorted;
}

std::vector<api::Dimension> describe(const std::vector<Dimension>& dimensions) {
    std::vector<api::Dimension> described;
    for (const auto& dimension : dimensions)
        described.push_back({dimension.name, dimension.value});
    return described;
}

std::string unit_from(const std::optional<api::StandardUnit>& unit) {
    return unit ? std::string(to_string(*unit)) : std::string();
}

std::optional<api::StandardUnit> describe_unit(const std::string& unit) {
    if (unit.empty()) return {};
    return api::parse_standard_unit(unit);
}

MetricQuery query_from(const api::MetricDataQuery& query) {
    MetricQuery result;
    result.id = query.id;
    result.expression = query.expression.value_or("");
    result.label = query.label.value_or("");
    result.returns_data = query.return_data.value_or(true);
    result.period_s = query.period.value_or(0);
    if (query.metric_stat) {
        const auto& stat = *query.metric_stat;
        result.metric_stat = MetricStat{
            .metric_namespace = stat.metric.namespace_.value_or(""),
            .metric_name = stat.metric.metric_name.value_or(""),
            .dimensions = dimensions_from(stat.metric.dimensions),
            .period_s = stat.period,
            .statistic = stat.stat,
            .unit = unit_from(stat.unit),
        };
    }
    return result;
}

api::MetricDataQuery describe(const MetricQuery& query) {
    api::MetricDataQuery described;
    described.id = query.id;
    if (!query.expression.empty()) described.expression = query.expression;
    if (!query.label.empty()) described.label = query.label;
    described.return_data = query.returns_data;
    if (query.period_s != 0) described.period = query.period_s;
    if (query.metric_stat) {
        const auto& stat = *query.metric_stat;
        described.metric_stat = api::MetricStat{
            .metric =
                {.namespace_ = stat.metric_namespace,
                 .metric_name = stat.metric_name,
                 .dimensions = describe(stat.dimensions)},
            .period = stat.period_s,
            .stat = stat.statistic,
            .unit = describe_unit(stat.unit),
        };
    }
    return described;
}

api::MetricAlarm describe(const Alarm& alarm) {
    api::MetricAlarm described;
    described.alarm_name = alarm.name;
    described.alarm_arn = alarm.arn();
    described.alarm_description = alarm.description;
    described.alarm_configuration_updated_timestamp = alarm.configuration_updated;
    described.actions_enabled = alarm.actions_enabled;
    described.ok_actions = alarm.ok_actions;
    described.alarm_actions = alarm.alarm_actions;
    described.insufficient_data_actions = alarm.insufficient_data_actions;
    described.state_value = api::parse_state_value(to_string(alarm.state));
    described.state_reason = alarm.state_reason;
    if (!alarm.state_reason_data.empty()) described.state_reason_data = alarm.state_reason_data;
    described.state_updated_timestamp = alarm.state_updated;
    described.state_transitioned_timestamp = alarm.state_transitioned;
    described.evaluation_periods = alarm.evaluation_periods;
    described.datapoints_to_alarm = alarm.datapoints_to_alarm;
    described.threshold = alarm.threshold;
    described.comparison_operator = api::parse_comparison_operator(alarm.comparison_operator);
    if (!alarm.treat_missing_data.empty()) described.treat_missing_data = alarm.treat_missing_data;
    if (!alarm.low_sample_count_percentile.empty())
        described.evaluate_low_sample_count_percentile = alarm.low_sample_count_percentile;
    for (const auto& query : alarm.queries)
        described.metrics.push_back(describe(query));
    if (!alarm.queries.empty()) return described;
    const auto& metric = alarm.metric;
    described.metric_name = metric.metric_name;
    described.namespace_ = metric.metric_namespace;
    described.statistic = api::parse_statistic(metric.statistic);
    if (!described.statistic) described.extended_statistic = metric.statistic;
    described.dimensions = describe(metric.dimensions);
    described.period = metric.period_s;
    described.unit = describe_unit(metric.unit);
    return described;
}

bool is_valid_period(std::int64_t period_s) {
    for (const int fine : {1, 5, 10, 20, 30}) {
        if (period_s == fine) return true;
    }
    return period_s > 0 && period_s % 60 == 0;
}

bool is_valid_query_id(std::string_view id) {
    if (id.empty() || id[0] < 'a' || id[0] > 'z') return false;
    return std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    });
}

std::string page_token(std::size_t given) {
    return fmt::format("after-{}", given);
}

std::size_t given_before(const std::optional<std::string>& token) {
    if (!token) return 0;
    constexpr std::string_view prefix = "after-";
    std::size_t given = 0;
    const char* end = token->data() + token->size();
    if (token->starts_with(prefix)) {
        const auto [rest, error] = std::from_chars(token->data() + prefix.size(), end, given);
        if (error == std::errc{} && rest == end) return given;
    }
    throw api::InvalidNextToken("The service processed NextToken which is invalid");
}

} // namespace diorama::cloudwatch
