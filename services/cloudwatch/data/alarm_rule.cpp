// See alarm_rule.hpp. AWS: CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing
// data" and "Evaluating an alarm"; the tables there are in the test.
#include "services/cloudwatch/data/alarm_rule.hpp"

#include "services/cloudwatch/limits.hpp"

#include <algorithm>

namespace diorama::cloudwatch {

std::string_view to_string(AlarmState state) {
    switch (state) {
    case AlarmState::ok:
        return "OK";
    case AlarmState::alarm:
        return "ALARM";
    case AlarmState::insufficient_data:
        break;
    }
    return "INSUFFICIENT_DATA";
}

std::optional<AlarmState> parse_alarm_state(std::string_view text) {
    for (const auto state : {AlarmState::ok, AlarmState::alarm, AlarmState::insufficient_data}) {
        if (text == to_string(state)) return state;
    }
    return {};
}

std::optional<Comparison> parse_comparison(std::string_view text) {
    if (text == "GreaterThanOrEqualToThreshold")
        return Comparison::greater_than_or_equal_to_threshold;
    if (text == "GreaterThanThreshold") return Comparison::greater_than_threshold;
    if (text == "LessThanThreshold") return Comparison::less_than_threshold;
    if (text == "LessThanOrEqualToThreshold") return Comparison::less_than_or_equal_to_threshold;
    return {};
}

std::optional<TreatMissingData> parse_treat_missing_data(std::string_view text) {
    if (text.empty() || text == "missing") return TreatMissingData::missing;
    if (text == "ignore") return TreatMissingData::ignore;
    if (text == "breaching") return TreatMissingData::breaching;
    if (text == "notBreaching") return TreatMissingData::not_breaching;
    return {};
}

bool is_breaching(const AlarmRule& rule, double value) {
    switch (rule.comparison) {
    case Comparison::greater_than_or_equal_to_threshold:
        return value >= rule.threshold;
    case Comparison::greater_than_threshold:
        return value > rule.threshold;
    case Comparison::less_than_threshold:
        return value < rule.threshold;
    case Comparison::less_than_or_equal_to_threshold:
        break;
    }
    return value <= rule.threshold;
}

// AWS: "CloudWatch attempts to retrieve a higher number of data points than the number specified as
// Evaluation Periods."
// UNKNOWN: how many; this fits every documented and observed case.
int evaluation_range_of(int evaluation_periods) {
    return evaluation_periods + limits::extra_evaluation_range;
}

namespace {

// Too few real datapoints, treated as missing or ignored.
Verdict judge_incomplete(
    const AlarmRule& rule,
    const std::vector<RangeDatapoint>& range,
    const Evaluation& seen
) {
    const bool ignore = rule.treat_missing_data == TreatMissingData::ignore;
    if (seen.received == 0) return ignore ? Verdict::keep : Verdict::insufficient_data;
    if (seen.breaching >= rule.datapoints_to_alarm) return Verdict::alarm;
    if (seen.breaching < seen.received) return Verdict::ok;
    if (ignore) return Verdict::keep;
    // AWS: "alarm states are designed to always go into ALARM state when the oldest available
    // breaching data point during the Evaluation Periods number of data points is at least as old
    // as the value of Datapoints to Alarm, and all other more recent data points are breaching or
    // missing."
    const auto oldest = std::find_if(range.begin(), range.end(), [](const auto& datapoint) {
        return datapoint.value.has_value();
    });
    const auto age = range.end() - oldest;
    // UNKNOWN: AWS only says that it does not go into ALARM immediately; the state is kept.
    return age >= rule.datapoints_to_alarm ? Verdict::alarm : Verdict::keep;
}

// The newest `wanted` of the range that have (or lack) a value, newest first.
std::vector<RangeDatapoint>
newest(const std::vector<RangeDatapoint>& range, bool with_value, std::size_t wanted) {
    std::vector<RangeDatapoint> found;
    for (auto it = range.rbegin(); it != range.rend() && found.size() < wanted; ++it) {
        if (it->value.has_value() == with_value) found.push_back(*it);
    }
    return found;
}

} // namespace

Evaluation evaluate(const AlarmRule& rule, const std::vector<RangeDatapoint>& range) {
    const auto periods = static_cast<std::size_t>(rule.evaluation_periods);
    Evaluation result;
    result.considered = newest(range, true, periods);
    result.received = static_cast<int>(result.considered.size());
    result.missing = rule.evaluation_periods - result.received;
    result.breaching = static_cast<int>(std::count_if(
        result.considered.begin(),
        result.considered.end(),
        [&](const auto& datapoint) { return is_breaching(rule, *datapoint.value); }
    ));
    const auto alarm_if = [&](int breaching) {
        return breaching >= rule.datapoints_to_alarm ? Verdict::alarm : Verdict::ok;
    };
    if (result.missing == 0) {
        // AWS: "CloudWatch … ignores how you've configured missing data to be treated" when enough
        // datapoints exist in the evaluation range.
        result.verdict = alarm_if(result.breaching);
        return result;
    }
    switch (rule.treat_missing_data) {
    case TreatMissingData::breaching:
        result.verdict = alarm_if(result.breaching + result.missing);
        break;
    case TreatMissingData::not_breaching:
        result.verdict = alarm_if(result.breaching);
        break;
    case TreatMissingData::missing:
    case TreatMissingData::ignore:
        result.verdict = judge_incomplete(rule, range, result);
        break;
    }
    const auto gaps = newest(range, false, static_cast<std::size_t>(result.missing));
    result.considered.insert(result.considered.end(), gaps.begin(), gaps.end());
    std::sort(result.considered.begin(), result.considered.end(), [](const auto& a, const auto& b) {
        return a.timestamp > b.timestamp;
    });
    return result;
}

} // namespace diorama::cloudwatch
