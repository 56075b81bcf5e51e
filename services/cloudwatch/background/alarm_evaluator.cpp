// See alarm_evaluator.hpp.
#include "services/cloudwatch/background/alarm_evaluator.hpp"

#include "services/cloudwatch/background/alarm_notification.hpp"
#include "services/cloudwatch/data/alarm_reason.hpp"
#include "services/cloudwatch/data/numbers.hpp"
#include "services/cloudwatch/limits.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace diorama::cloudwatch {

namespace {

Duration interval_of(const Alarm& alarm) {
    return alarm.period_s() < 60 ? limits::evaluates_high_resolution_every
                                 : limits::evaluates_every;
}

Timestamp round_down(Timestamp when, Duration interval) {
    return when - when.time_since_epoch() % interval;
}

bool is_scaling(const std::string& action_arn) {
    return action_arn.starts_with("arn:aws:autoscaling:");
}

AlarmState state_after(Verdict verdict, AlarmState current) {
    switch (verdict) {
    case Verdict::ok:
        return AlarmState::ok;
    case Verdict::alarm:
        return AlarmState::alarm;
    case Verdict::insufficient_data:
        return AlarmState::insufficient_data;
    case Verdict::keep:
        break;
    }
    return current;
}

std::optional<double> newest_value(const Evaluation& evaluation) {
    for (const auto& datapoint : evaluation.considered) {
        if (datapoint.value) return datapoint.value;
    }
    return {};
}

} // namespace

AlarmEvaluator::AlarmEvaluator(
    Environment& environment,
    State& state,
    const MetricStore& store,
    AlarmActions& actions
)
    : environment_(environment)
    , state_(state)
    , store_(store)
    , actions_(actions) {
    for (const auto& [key, alarm] : state_.alarms)
        watch(alarm);
}

void AlarmEvaluator::watch(const Alarm& alarm) {
    const auto key = alarm.key();
    auto& watch = watches_[key];
    watch.timer = Timer(environment_.scheduler);
    // Observed: every alarm has a second of the minute of its own. Two seconds are left for the
    // values of the last second of a period to arrive.
    auto random = environment_.random.fork("alarm " + alarm.arn());
    const auto interval = interval_of(alarm);
    const auto span =
        std::chrono::duration_cast<std::chrono::milliseconds>(interval) - std::chrono::seconds(3);
    watch.offset =
        std::chrono::seconds(2) +
        std::chrono::milliseconds(random.below(static_cast<std::uint64_t>(span.count())));
    schedule(key, watch);
}

void AlarmEvaluator::forget(const std::string& key) {
    watches_.erase(key);
}

void AlarmEvaluator::schedule(const std::string& key, Watch& watch) {
    const auto* alarm = state_.alarms.find(key);
    if (alarm == nullptr) return;
    const auto interval = interval_of(*alarm);
    const auto now = environment_.clock.now();
    auto next = round_down(now, interval) + watch.offset;
    if (next <= now) next += interval;
    watch.timer.start_after(next - now, [this, key] { evaluate(key); });
}

void AlarmEvaluator::evaluate(const std::string& key) {
    const auto found = watches_.find(key);
    const auto* alarm = state_.alarms.find(key);
    if (found == watches_.end() || alarm == nullptr) return;
    schedule(key, found->second);
    const auto now = environment_.clock.now();
    const auto rule = alarm->rule();
    const auto range = range_of(*alarm, round_down(now, interval_of(*alarm)));
    const auto evaluation = diorama::cloudwatch::evaluate(rule, range);
    const auto next = has_too_few_samples(*alarm, evaluation)
                          ? alarm->state
                          : state_after(evaluation.verdict, alarm->state);
    if (next == alarm->state) {
        repeat_scaling(*alarm, found->second, newest_value(evaluation));
        return;
    }
    const ReasonContext context{
        .query_date = now,
        .unit = alarm->queries.empty() ? alarm->metric.unit : "",
        .statistic = alarm->queries.empty() ? alarm->metric.statistic : "",
        .period_s = alarm->period_s(),
        .names_datapoints_to_alarm = alarm->datapoints_to_alarm.has_value(),
    };
    change_state(
        *state_.alarms.edit(key),
        next,
        state_reason(rule, evaluation, context),
        state_reason_data(rule, evaluation, context),
        newest_value(evaluation)
    );
    environment_.journal.commit();
}

// AWS: for periods of a minute and up the window slides by the minute: a period of five minutes is
// the five minutes before the evaluation.
std::vector<RangeDatapoint> AlarmEvaluator::range_of(const Alarm& alarm, Timestamp end) const {
    const std::chrono::seconds period(alarm.period_s());
    const int buckets = evaluation_range_of(alarm.evaluation_periods);
    const auto timeline = timeline_of(end - buckets * period, end, period);
    const MetricView view{store_, alarm.account, alarm.region};
    Series values;
    Series samples;
    if (alarm.queries.empty()) {
        values = read_series(view, alarm.metric, timeline, &samples);
    } else {
        const auto results = answer(view, alarm.queries, [&](Duration) { return timeline; });
        for (const auto& query : alarm.queries) {
            const auto& result = results.at(query.id);
            if (!query.returns_data || !result.error.empty() || result.series.empty()) continue;
            values = result.series.front();
        }
    }
    std::vector<RangeDatapoint> range;
    for (const auto when : timeline) {
        RangeDatapoint datapoint{when, {}, 0};
        if (const auto value = values.find(when); value != values.end()) {
            datapoint.value = value->second;
            const auto count = samples.find(when);
            datapoint.sample_count = count == samples.end() ? 1 : count->second;
        }
        range.push_back(datapoint);
    }
    return range;
}

// AWS: with EvaluateLowSampleCountPercentile "ignore", the state is kept "during periods with too
// few data points to be statistically significant".
bool AlarmEvaluator::has_too_few_samples(const Alarm& alarm, const Evaluation& evaluation) const {
    if (alarm.low_sample_count_percentile != "ignore" || !alarm.queries.empty()) return false;
    const auto statistic = parse_statistic(alarm.metric.statistic);
    if (!statistic || statistic->kind != StatisticKind::percentile) return false;
    const double p = statistic->upper.value_or(50) / 100;
    const double needed = p >= 0.5 ? 10 / (1 - p) : 10 / p;
    double samples = 0;
    for (const auto& datapoint : evaluation.considered)
        samples += datapoint.sample_count;
    return samples < needed;
}

void AlarmEvaluator::change_state(
    Alarm& alarm,
    AlarmState state,
    std::string reason,
    std::string reason_data,
    std::optional<double> metric_value
) {
    const auto now = environment_.clock.now();
    const auto old_state = std::exchange(alarm.state, state);
    const auto old_reason = std::exchange(alarm.state_reason, std::move(reason));
    const auto old_reason_data = std::exchange(alarm.state_reason_data, std::move(reason_data));
    alarm.state_updated = now;
    if (old_state == state) return;
    alarm.state_transitioned = now;
    environment_.log.write(
        LogLevel::note,
        "cloudwatch",
        "alarm {} is {}: {}",
        alarm.name,
        to_string(state),
        alarm.state_reason
    );
    state_.remember({
        .account = alarm.account,
        .region = alarm.region,
        .alarm_name = alarm.name,
        .timestamp = now,
        .type = "StateUpdate",
        .summary =
            fmt::format("Alarm updated from {} to {}", to_string(old_state), to_string(state)),
        .details = state_update_details(old_state, old_reason, old_reason_data, alarm),
    });
    if (const auto watch = watches_.find(alarm.key()); watch != watches_.end())
        watch->second.scaling_repeated = now;
    perform_actions(alarm, old_state, compose_transition(alarm, old_state, metric_value));
}

void AlarmEvaluator::perform_actions(
    const Alarm& alarm,
    AlarmState old_state,
    const AlarmTransition& transition
) {
    if (!alarm.actions_enabled) return;
    const bool is_repeated = old_state == alarm.state;
    const auto actions = alarm.actions_for(alarm.state); // a copy: an action may change the alarm
    const auto account = alarm.account;
    const auto region = alarm.region;
    const auto name = alarm.name;
    for (const auto& action : actions) {
        if (is_repeated && !is_scaling(action)) continue;
        const auto failure = actions_.perform(transition, action);
        if (is_repeated && failure.empty()) continue;
        nlohmann::ordered_json details{
            {"actionState", failure.empty() ? "Succeeded" : "Failed"},
            {"stateUpdateTimestamp", java_timestamp(transition.when)},
        };
        if (action.starts_with("arn:aws:sns:")) {
            details["notificationResource"] = action;
            details["publishedMessage"] = transition.message;
        } else {
            details["actionResource"] = action;
        }
        details["error"] =
            failure.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(failure);
        state_.remember({
            .account = account,
            .region = region,
            .alarm_name = name,
            .timestamp = environment_.clock.now(),
            .type = "Action",
            .summary = fmt::format(
                "{} action {}",
                failure.empty() ? "Successfully executed" : "Failed to execute",
                action
            ),
            .details = details.dump(),
        });
    }
}

// AWS: "For alarms that have Auto Scaling actions, the action is invoked once per minute while the
// alarm stays in that state."
void AlarmEvaluator::repeat_scaling(
    const Alarm& alarm,
    Watch& watch,
    std::optional<double> metric_value
) {
    const auto now = environment_.clock.now();
    // Evaluations of a live cloud are a little early or late.
    const Duration tolerance = limits::evaluates_high_resolution_every / 2;
    if (now - watch.scaling_repeated < limits::repeats_scaling_every - tolerance) return;
    const auto& actions = alarm.actions_for(alarm.state);
    if (std::none_of(actions.begin(), actions.end(), is_scaling)) return;
    watch.scaling_repeated = now;
    perform_actions(alarm, alarm.state, compose_transition(alarm, alarm.state, metric_value));
}

} // namespace diorama::cloudwatch
