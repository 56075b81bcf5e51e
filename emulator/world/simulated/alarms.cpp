// A second, naive evaluation of alarms: after a run every change of state is held against the
// metric's datapoints, asked for by the API. See world/simulated/checkers.hpp.
#include "emulator/world/simulated/checkers.hpp"
#include "emulator/world/simulated/parts.hpp"

#include <algorithm>
#include <functional>

namespace diorama {

namespace {

using nlohmann::json;

bool is_breaching(const std::string& comparison, double value, double threshold) {
    if (comparison == "GreaterThanThreshold") return value > threshold;
    if (comparison == "GreaterThanOrEqualToThreshold") return value >= threshold;
    if (comparison == "LessThanThreshold") return value < threshold;
    return value <= threshold;
}

// Answers GetMetricStatistics.
using Statistics = std::function<json(const json& query)>;

// The values of the periods that end at `end`, as far as there are any.
std::vector<double> newest_values(const Statistics& statistics, const json& alarm, Timestamp end) {
    const std::chrono::seconds period(alarm.value("Period", 60));
    const int periods = alarm.value("EvaluationPeriods", 1);
    const bool is_percentile = alarm.contains("ExtendedStatistic");
    const auto statistic = alarm.value(is_percentile ? "ExtendedStatistic" : "Statistic", "");
    json query = {
        {"Namespace", alarm["Namespace"]},
        {"MetricName", alarm["MetricName"]},
        {"Dimensions", alarm.value("Dimensions", json::array())},
        {"StartTime", iso8601(end - period * periods)},
        {"EndTime", iso8601(end)},
        {"Period", period.count()},
    };
    query[is_percentile ? "ExtendedStatistics" : "Statistics"] = {statistic};
    const auto answer = statistics(query);
    std::vector<double> values;
    for (const auto& point : answer.value("Datapoints", json::array()))
        values.push_back(
            is_percentile ? point["ExtendedStatistics"][statistic].get<double>()
                          : point[statistic].get<double>()
        );
    return values;
}

} // namespace

// AWS: an alarm goes to ALARM when datapoints to alarm of the evaluation periods breach. Only where
// every period has its datapoint, or a missing one counts as not breaching: what else may become of
// missing ones is for the rule itself to say.
void SimulatedWorld::Parts::check_alarms(
    SimulatedCheckers& checkers,
    const simulation::Results& results
) {
    const auto ask = [this](const json& query) {
        return call("cloudwatch", "GetMetricStatistics", query);
    };
    for (const auto& alarm :
         stack.list("cloudwatch", "DescribeAlarms", json::object(), "MetricAlarms")) {
        if (!alarm.contains("MetricName")) continue;
        const int periods = alarm.value("EvaluationPeriods", 1);
        const int needed = alarm.value("DatapointsToAlarm", periods);
        const std::chrono::seconds period(alarm.value("Period", 60));
        for (const auto& state : results.alarms) {
            const bool is_change = state.from > Duration::zero();
            if (!is_change || state.alarm != alarm.value("AlarmName", "")) continue;
            if (state.state == "INSUFFICIENT_DATA") continue;
            const auto when = (scenario.start + state.from).time_since_epoch();
            const Timestamp end(when - when % period);
            const auto points = newest_values(ask, alarm, end);
            const bool is_whole = static_cast<int>(points.size()) == periods ||
                                  alarm.value("TreatMissingData", "") == "notBreaching";
            if (!is_whole) continue;
            const auto breaching = std::count_if(points.begin(), points.end(), [&](double value) {
                return is_breaching(
                    alarm.value("ComparisonOperator", ""),
                    value,
                    alarm.value("Threshold", 0.0)
                );
            });
            checkers.check_alarm(
                state.alarm,
                state.state == "ALARM",
                static_cast<int>(breaching),
                needed
            );
        }
    }
}

} // namespace diorama
