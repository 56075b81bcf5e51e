// Evaluates every alarm as time passes: each at its own second of the minute (or every ten seconds
// for high-resolution alarms), changes its state, writes its history and carries out its actions.
#pragma once

#include "emulator/environment.hpp"
#include "services/cloudwatch/cloudwatch.hpp"
#include "services/cloudwatch/data/metric_store.hpp"
#include "services/cloudwatch/state.hpp"

#include <map>
#include <string>

namespace diorama::cloudwatch {

class AlarmEvaluator {
public:
    AlarmEvaluator(
        Environment& environment,
        State& state,
        const MetricStore& store,
        AlarmActions& actions
    );

    // Begins to evaluate an alarm, or goes on with a new configuration.
    void watch(const Alarm& alarm);
    void forget(const std::string& key);

    // Gives an alarm another state, with everything that follows from it.
    void change_state(
        Alarm& alarm,
        AlarmState state,
        std::string reason,
        std::string reason_data,
        std::optional<double> metric_value = {}
    );

private:
    struct Watch {
        Timer timer;
        Duration offset{}; // within the interval
        Timestamp scaling_repeated;
    };

    void schedule(const std::string& key, Watch& watch);
    void evaluate(const std::string& key);
    void perform_actions(const Alarm& alarm, AlarmState old_state, const AlarmTransition&);
    void repeat_scaling(const Alarm& alarm, Watch& watch, std::optional<double> metric_value);
    std::vector<RangeDatapoint> range_of(const Alarm& alarm, Timestamp end) const;
    bool has_too_few_samples(const Alarm& alarm, const Evaluation& evaluation) const;

    Environment& environment_;
    State& state_;
    const MetricStore& store_;
    AlarmActions& actions_;
    std::map<std::string, Watch> watches_; // by alarm key
};

} // namespace diorama::cloudwatch
