// Metric alarms: put, describe, set, enable, delete, and their tags.
#pragma once

#include "services/cloudwatch/api.hpp"
#include "services/cloudwatch/background/alarm_evaluator.hpp"
#include "services/cloudwatch/state.hpp"

namespace diorama::cloudwatch {

class Alarms {
public:
    Alarms(State& state, AlarmEvaluator& evaluator, const AlarmActions& actions)
        : state_(state)
        , evaluator_(evaluator)
        , actions_(actions) {}

    api::PutMetricAlarmOutput
    put_metric_alarm(const aws::Call& call, const api::PutMetricAlarmInput& input);
    api::DescribeAlarmsOutput
    describe_alarms(const aws::Call& call, const api::DescribeAlarmsInput& input) const;
    api::DescribeAlarmsForMetricOutput describe_alarms_for_metric(
        const aws::Call& call,
        const api::DescribeAlarmsForMetricInput& input
    ) const;
    api::SetAlarmStateOutput
    set_alarm_state(const aws::Call& call, const api::SetAlarmStateInput& input);
    void enable_actions(const aws::Call& call, const std::vector<std::string>& names, bool enabled);
    api::DeleteAlarmsOutput
    delete_alarms(const aws::Call& call, const api::DeleteAlarmsInput& input);

    api::TagResourceOutput tag_resource(const aws::Call&, const api::TagResourceInput& input);
    api::UntagResourceOutput untag_resource(const aws::Call&, const api::UntagResourceInput& input);
    api::ListTagsForResourceOutput
    list_tags_for_resource(const aws::Call&, const api::ListTagsForResourceInput& input);

    // Stores a checked alarm: a new one begins in INSUFFICIENT_DATA, a known one keeps its state.
    void put(Alarm alarm, Timestamp now);
    void erase(const std::string& key, Timestamp now);

private:
    // The key of the alarm that an ARN names; throws if there is none.
    std::string key_of(const aws::Call& call, const std::string& arn) const;

    State& state_;
    AlarmEvaluator& evaluator_;
    const AlarmActions& actions_;
};

} // namespace diorama::cloudwatch
