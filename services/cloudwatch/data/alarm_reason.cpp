// See alarm_reason.hpp.
#include "services/cloudwatch/data/alarm_reason.hpp"

#include "services/cloudwatch/data/numbers.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace diorama::cloudwatch {

namespace {

std::string_view words_of(Comparison comparison) {
    switch (comparison) {
    case Comparison::greater_than_or_equal_to_threshold:
        return "greater than or equal to";
    case Comparison::greater_than_threshold:
        return "greater than";
    case Comparison::less_than_threshold:
        return "less than";
    case Comparison::less_than_or_equal_to_threshold:
        break;
    }
    return "less than or equal to";
}

std::string counted(int count, std::string_view word) {
    return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

std::string_view was_or_were(int count) {
    return count == 1 ? "was" : "were";
}

std::string missing_treated(const AlarmRule& rule, const Evaluation& evaluation) {
    const std::string received = evaluation.received == 0
                                     ? "no datapoints were"
                                     : fmt::format(
                                           "{} {}",
                                           counted(evaluation.received, "datapoint"),
                                           was_or_were(evaluation.received)
                                       );
    return fmt::format(
        "Threshold Crossed: {} received for {} and {} {} treated as [{}].",
        received,
        counted(rule.evaluation_periods, "period"),
        counted(evaluation.missing, "missing datapoint"),
        was_or_were(evaluation.missing),
        rule.treat_missing_data == TreatMissingData::breaching ? "Breaching" : "NonBreaching"
    );
}

std::string threshold_crossed(
    const AlarmRule& rule,
    const Evaluation& evaluation,
    bool names_datapoints_to_alarm
) {
    const bool alarm = evaluation.verdict == Verdict::alarm;
    std::string list;
    int listed = 0;
    for (const auto& datapoint : evaluation.considered) { // newest first
        if (!datapoint.value || is_breaching(rule, *datapoint.value) != alarm) continue;
        if (listed++ > 0) list += ", ";
        list += fmt::format(
            "{} ({})",
            java_double(*datapoint.value),
            short_timestamp(datapoint.timestamp)
        );
    }
    const bool is_plain = rule.evaluation_periods == 1 && !names_datapoints_to_alarm;
    const auto comparison = fmt::format(
        "[{}] {} {}{} the threshold ({})",
        list,
        was_or_were(listed),
        alarm ? "" : "not ",
        words_of(rule.comparison),
        java_double(rule.threshold)
    );
    if (is_plain) return fmt::format("Threshold Crossed: 1 datapoint {}.", comparison);
    const int needed =
        alarm ? rule.datapoints_to_alarm : rule.evaluation_periods - rule.datapoints_to_alarm + 1;
    return fmt::format(
        "Threshold Crossed: {} out of the last {} {} (minimum {} for {} transition).",
        listed,
        counted(rule.evaluation_periods, "datapoint"),
        comparison,
        counted(needed, "datapoint"),
        alarm ? "OK -> ALARM" : "ALARM -> OK"
    );
}

} // namespace

std::string
state_reason(const AlarmRule& rule, const Evaluation& evaluation, const ReasonContext& context) {
    if (evaluation.verdict == Verdict::insufficient_data) {
        return fmt::format(
            "Insufficient Data: {} {} unknown.",
            counted(rule.evaluation_periods, "datapoint"),
            was_or_were(rule.evaluation_periods)
        );
    }
    const bool is_filled = rule.treat_missing_data == TreatMissingData::breaching ||
                           rule.treat_missing_data == TreatMissingData::not_breaching;
    if (evaluation.missing > 0 && is_filled) return missing_treated(rule, evaluation);
    return threshold_crossed(rule, evaluation, context.names_datapoints_to_alarm);
}

std::string state_reason_data(
    const AlarmRule& rule,
    const Evaluation& evaluation,
    const ReasonContext& context
) {
    using Json = nlohmann::ordered_json;
    Json recent = Json::array();
    Json evaluated = Json::array();
    std::string start;
    for (const auto& datapoint : evaluation.considered) {
        Json one{{"timestamp", java_timestamp(datapoint.timestamp)}};
        if (datapoint.value) {
            one["sampleCount"] = datapoint.sample_count;
            one["value"] = *datapoint.value;
            recent.insert(recent.begin(), *datapoint.value); // oldest first
            start = java_timestamp(datapoint.timestamp);
        }
        evaluated.push_back(std::move(one));
    }
    Json document{{"version", "1.0"}, {"queryDate", java_timestamp(context.query_date)}};
    if (!start.empty()) document["startDate"] = start;
    if (!context.unit.empty()) document["unit"] = context.unit;
    if (!context.statistic.empty()) document["statistic"] = context.statistic;
    document["period"] = context.period_s;
    document["recentDatapoints"] = std::move(recent);
    document["threshold"] = rule.threshold;
    document["evaluatedDatapoints"] = std::move(evaluated);
    return document.dump();
}

} // namespace diorama::cloudwatch
