// See alarm_input.hpp.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
#include "services/cloudwatch/control/alarm_input.hpp"

#include "emulator/aws/arn.hpp"
#include "services/cloudwatch/control/shapes.hpp"
#include "services/cloudwatch/limits.hpp"

#include <set>

namespace diorama::cloudwatch {

namespace {

using aws::validation_error;

aws::AWSError not_emulated(std::string what) {
    return aws::AWSError("NotImplemented", 501, what + " is not emulated", aws::Fault::receiver);
}

void refuse_what_is_not_emulated(const api::PutMetricAlarmInput& input) {
    if (input.evaluation_criteria || input.evaluation_interval)
        throw not_emulated("PutMetricAlarm with EvaluationCriteria (PromQL)");
    if (input.threshold_metric_id)
        throw not_emulated("PutMetricAlarm with ThresholdMetricId (anomaly detection)");
}

// A single metric, given by its parts.
MetricStat check_metric(const api::PutMetricAlarmInput& input) {
    if (!input.namespace_) throw validation_error("The parameter Namespace is required.");
    if (!input.period) throw validation_error("The parameter Period is required.");
    if (input.statistic.has_value() == input.extended_statistic.has_value()) {
        if (input.statistic)
            throw api::InvalidParameterCombinationException(
                "The parameters Statistic and ExtendedStatistic are mutually exclusive and you "
                "have "
                "specified both."
            );
        throw validation_error("Exactly one of Statistic and ExtendedStatistic must be specified.");
    }
    if (input.extended_statistic) {
        const auto parsed = parse_statistic(*input.extended_statistic);
        if (!parsed || !parsed->is_extended())
            throw validation_error(
                "The value {} for parameter ExtendedStatistic is not supported.",
                *input.extended_statistic
            );
    }
    const int period = *input.period;
    if (period < 10 || !is_valid_period(period))
        throw validation_error("Period must be 10, 20, 30 or a multiple of 60");
    return {
        .metric_namespace = *input.namespace_,
        .metric_name = *input.metric_name,
        .dimensions = dimensions_from(input.dimensions),
        .period_s = period,
        .statistic =
            input.statistic ? std::string(to_string(*input.statistic)) : *input.extended_statistic,
        .unit = unit_from(input.unit),
    };
}

// AWS: "If you use this parameter … exactly one of the elements … must have ReturnData set to
// true", and all metrics must have the same period.
std::vector<MetricQuery> check_queries(const api::PutMetricAlarmInput& input) {
    std::vector<MetricQuery> queries;
    std::set<std::string> ids;
    std::set<int> periods;
    std::size_t metrics = 0;
    int returning = 0;
    for (const auto& query : input.metrics) {
        if (!is_valid_query_id(query.id) || !ids.insert(query.id).second)
            throw validation_error(
                "Invalid metrics list: the id '{}' is invalid or not unique",
                query.id
            );
        if (query.metric_stat.has_value() == query.expression.has_value())
            throw validation_error(
                "Invalid metrics list: '{}' must have either MetricStat or Expression",
                query.id
            );
        if (query.metric_stat) {
            ++metrics;
            periods.insert(query.metric_stat->period);
            if (!parse_statistic(query.metric_stat->stat))
                throw validation_error(
                    "The value {} for parameter Stat is not supported.",
                    query.metric_stat->stat
                );
            if (!is_valid_period(query.metric_stat->period) || query.metric_stat->period < 10)
                throw validation_error("Period must be 10, 20, 30 or a multiple of 60");
        }
        if (query.expression) {
            const auto parsed = parse_math(*query.expression);
            if (!parsed.tree)
                throw validation_error("Error in expression '{}': {}", query.id, parsed.error);
        }
        if (query.return_data.value_or(true)) ++returning;
        queries.push_back(query_from(query));
    }
    if (returning != 1)
        throw validation_error("Exactly one element of the metrics list should return data.");
    if (metrics == 0 || metrics > limits::metrics_per_math_alarm)
        throw validation_error(
            "Invalid metrics list: it must have between 1 and {} metrics",
            limits::metrics_per_math_alarm
        );
    if (periods.size() != 1) throw validation_error("Period must not be different across metrics");
    return queries;
}

// Expressions are tried once, on nothing, so that an unknown id or function is told now and not
// by an alarm that never changes.
void try_expressions(const Alarm& alarm) {
    const MetricStore nothing;
    const MetricView view{nothing, alarm.account, alarm.region};
    const auto results =
        answer(view, alarm.queries, [](Duration) { return std::vector<Timestamp>{epoch}; });
    for (const auto& [id, result] : results) {
        if (!result.error.empty())
            throw validation_error("Error in expression '{}': {}", id, result.error);
    }
}

void check_periods(const Alarm& alarm) {
    if (alarm.evaluation_periods < 1)
        throw validation_error("The parameter EvaluationPeriods must be at least 1.");
    if (alarm.datapoints_to_alarm &&
        (*alarm.datapoints_to_alarm < 1 || *alarm.datapoints_to_alarm > alarm.evaluation_periods))
        throw validation_error(
            "DatapointsToAlarm must be at least 1 and at most EvaluationPeriods, and is {}.",
            *alarm.datapoints_to_alarm
        );
    const std::int64_t span = std::int64_t{alarm.evaluation_periods} * alarm.period_s();
    if (alarm.period_s() >= 3600) {
        if (span > limits::long_evaluation_span_s)
            throw validation_error(
                "Metrics cannot be checked across more than seven days (EvaluationPeriods * Period "
                "must be <= {}).",
                limits::long_evaluation_span_s
            );
    } else if (span > limits::evaluation_span_s) {
        throw validation_error(
            "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be "
            "<= {}).",
            limits::evaluation_span_s
        );
    }
}

void check_actions(const std::vector<std::string>& actions) {
    for (const auto& action : actions) {
        if (!aws::ARN::parse(action)) throw validation_error("Invalid arn syntax: {}", action);
    }
}

} // namespace

Alarm check_alarm(const aws::Call& call, const api::PutMetricAlarmInput& input) {
    refuse_what_is_not_emulated(input);
    Alarm alarm;
    alarm.account = call.account;
    alarm.region = call.region;
    alarm.name = input.alarm_name;
    alarm.description = input.alarm_description;
    alarm.actions_enabled = input.actions_enabled.value_or(true);
    alarm.ok_actions = input.ok_actions;
    alarm.alarm_actions = input.alarm_actions;
    alarm.insufficient_data_actions = input.insufficient_data_actions;
    for (const auto* actions :
         {&alarm.ok_actions, &alarm.alarm_actions, &alarm.insufficient_data_actions})
        check_actions(*actions);

    if (input.metric_name.has_value() == !input.metrics.empty())
        throw validation_error("Exactly one of MetricName and Metrics must be specified.");
    if (!input.comparison_operator)
        throw validation_error("The parameter ComparisonOperator is required.");
    alarm.comparison_operator = to_string(*input.comparison_operator);
    if (!parse_comparison(alarm.comparison_operator))
        throw not_emulated("The operator " + alarm.comparison_operator + " (anomaly detection)");
    if (!input.threshold) throw validation_error("The parameter Threshold is required.");
    if (!input.evaluation_periods)
        throw validation_error("The parameter EvaluationPeriods is required.");
    alarm.threshold = *input.threshold;
    alarm.evaluation_periods = *input.evaluation_periods;
    alarm.datapoints_to_alarm = input.datapoints_to_alarm;
    alarm.treat_missing_data = input.treat_missing_data.value_or("");
    if (!parse_treat_missing_data(alarm.treat_missing_data))
        throw validation_error(
            "The value {} is not supported for TreatMissingData parameter. Supported values are "
            "[breaching, notBreaching, ignore, missing].",
            alarm.treat_missing_data
        );
    alarm.low_sample_count_percentile = input.evaluate_low_sample_count_percentile.value_or("");
    const auto& low = alarm.low_sample_count_percentile;
    if (!low.empty() && low != "evaluate" && low != "ignore")
        throw validation_error(
            "Option {} is not supported for EvaluateLowSampleCountPercentile parameter. Supported "
            "options are evaluate and ignore.",
            low
        );
    if (input.metrics.empty()) {
        alarm.metric = check_metric(input);
    } else {
        alarm.queries = check_queries(input);
        try_expressions(alarm);
    }
    check_periods(alarm);
    if (input.tags.size() > limits::tags_per_alarm)
        throw validation_error("An alarm can have no more than {} tags.", limits::tags_per_alarm);
    for (const auto& tag : input.tags)
        alarm.tags[tag.key] = tag.value;
    return alarm;
}

} // namespace diorama::cloudwatch
