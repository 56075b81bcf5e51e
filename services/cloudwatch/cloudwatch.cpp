// See cloudwatch.hpp: the rooms of the service and the way from each operation to its noun.
#include "services/cloudwatch/cloudwatch.hpp"

#include "services/cloudwatch/api.hpp"
#include "services/cloudwatch/background/alarm_evaluator.hpp"
#include "services/cloudwatch/control/alarm_history.hpp"
#include "services/cloudwatch/control/alarms.hpp"
#include "services/cloudwatch/control/metric_data.hpp"
#include "services/cloudwatch/data/metric_store.hpp"
#include "services/cloudwatch/limits.hpp"
#include "services/cloudwatch/state.hpp"

#include <algorithm>

namespace diorama::cloudwatch {

struct CloudWatch::Rooms final : api::CloudWatchApi {
    Rooms(Environment& environment, AlarmActions& actions)
        : clock(environment.clock)
        , state(environment.journal)
        , evaluator(environment, state, store, actions)
        , alarms(state, evaluator, actions)
        , metric_data(store)
        , aging(environment.scheduler, std::chrono::hours(1), [this] { age(); }) {}

    void age() {
        store.age(clock.now());
        state.forget_history_before(clock.now() - limits::keeps_history);
    }

    api::PutMetricDataOutput
    put_metric_data(const aws::Call& call, const api::PutMetricDataInput& input) override {
        return metric_data.put_metric_data(call, input);
    }

    api::GetMetricDataOutput
    get_metric_data(const aws::Call& call, const api::GetMetricDataInput& input) override {
        return metric_data.get_metric_data(call, input);
    }

    api::GetMetricStatisticsOutput get_metric_statistics(
        const aws::Call& call,
        const api::GetMetricStatisticsInput& input
    ) override {
        return metric_data.get_metric_statistics(call, input);
    }

    api::ListMetricsOutput
    list_metrics(const aws::Call& call, const api::ListMetricsInput& input) override {
        return metric_data.list_metrics(call, input);
    }

    api::PutMetricAlarmOutput
    put_metric_alarm(const aws::Call& call, const api::PutMetricAlarmInput& input) override {
        return alarms.put_metric_alarm(call, input);
    }

    api::DescribeAlarmsOutput
    describe_alarms(const aws::Call& call, const api::DescribeAlarmsInput& input) override {
        return alarms.describe_alarms(call, input);
    }

    api::DescribeAlarmsForMetricOutput describe_alarms_for_metric(
        const aws::Call& call,
        const api::DescribeAlarmsForMetricInput& input
    ) override {
        return alarms.describe_alarms_for_metric(call, input);
    }

    api::DescribeAlarmHistoryOutput describe_alarm_history(
        const aws::Call& call,
        const api::DescribeAlarmHistoryInput& input
    ) override {
        return cloudwatch::describe_alarm_history(state, call, input);
    }

    api::SetAlarmStateOutput
    set_alarm_state(const aws::Call& call, const api::SetAlarmStateInput& input) override {
        return alarms.set_alarm_state(call, input);
    }

    api::EnableAlarmActionsOutput enable_alarm_actions(
        const aws::Call& call,
        const api::EnableAlarmActionsInput& input
    ) override {
        alarms.enable_actions(call, input.alarm_names, true);
        return {};
    }

    api::DisableAlarmActionsOutput disable_alarm_actions(
        const aws::Call& call,
        const api::DisableAlarmActionsInput& input
    ) override {
        alarms.enable_actions(call, input.alarm_names, false);
        return {};
    }

    api::DeleteAlarmsOutput
    delete_alarms(const aws::Call& call, const api::DeleteAlarmsInput& input) override {
        return alarms.delete_alarms(call, input);
    }

    api::TagResourceOutput
    tag_resource(const aws::Call& call, const api::TagResourceInput& input) override {
        return alarms.tag_resource(call, input);
    }

    api::UntagResourceOutput
    untag_resource(const aws::Call& call, const api::UntagResourceInput& input) override {
        return alarms.untag_resource(call, input);
    }

    api::ListTagsForResourceOutput list_tags_for_resource(
        const aws::Call& call,
        const api::ListTagsForResourceInput& input
    ) override {
        return alarms.list_tags_for_resource(call, input);
    }

    Clock& clock;
    State state;
    MetricStore store;
    AlarmEvaluator evaluator;
    Alarms alarms;
    MetricData metric_data;
    Ticker aging;
};

namespace {

MetricStat stat_of(const WatchedMetric& metric) {
    MetricStat stat{
        .metric_namespace = metric.metric_namespace,
        .metric_name = metric.metric_name,
        .dimensions = metric.dimensions,
        .period_s = metric.period_s,
        .statistic = metric.statistic,
        .unit = metric.unit,
    };
    std::sort(stat.dimensions.begin(), stat.dimensions.end());
    return stat;
}

} // namespace

CloudWatch::CloudWatch(Environment& environment, AlarmActions& actions)
    : rooms_(std::make_unique<Rooms>(environment, actions)) {}

CloudWatch::~CloudWatch() = default;

const aws::ServiceDescriptor& CloudWatch::descriptor() {
    return api::descriptor();
}

aws::ServiceApi& CloudWatch::api() {
    return *rooms_;
}

void CloudWatch::put(const MetricId& id, Timestamp when, const Distribution& values) {
    rooms_->store.put(id, when, values, StorageResolution::standard);
}

std::string CloudWatch::put_alarm(const ServiceAlarm& wanted) {
    Alarm alarm;
    alarm.account = wanted.account;
    alarm.region = wanted.region;
    alarm.name = wanted.name;
    alarm.description = wanted.description;
    alarm.metric = stat_of(wanted.metric);
    alarm.comparison_operator = wanted.comparison_operator;
    alarm.threshold = wanted.threshold;
    alarm.evaluation_periods = wanted.evaluation_periods;
    alarm.alarm_actions = wanted.alarm_actions;
    auto arn = alarm.arn();
    rooms_->alarms.put(std::move(alarm), rooms_->clock.now());
    return arn;
}

void CloudWatch::delete_alarm(
    const std::string& account,
    const std::string& region,
    const std::string& name
) {
    rooms_->alarms.erase(alarm_key(account, region, name), rooms_->clock.now());
}

std::optional<double> CloudWatch::statistic(
    const std::string& account,
    const std::string& region,
    const WatchedMetric& metric,
    Timestamp start,
    Timestamp end
) const {
    const auto stat = stat_of(metric);
    const auto parsed = parse_statistic(stat.statistic);
    const auto* series = MetricView{rooms_->store, account, region}.find(stat);
    if (series == nullptr || !parsed) return {};
    return value_of(*parsed, series->period_at(start, end - start));
}

} // namespace diorama::cloudwatch
