// The front door of CloudWatch: what the rest of the emulator may ask of it. It is the sink of
// every metric, answers the API, and tells its actions when an alarm changes state. World thread
// only.
#pragma once

#include "emulator/aws/service.hpp"
#include "emulator/environment.hpp"
#include "emulator/metrics/metrics.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace diorama::cloudwatch {

// An alarm that entered a state, or (Auto Scaling only) is still in it a minute later.
struct AlarmTransition {
    std::string account;
    std::string region;
    std::string alarm_name;
    std::string alarm_arn;
    std::string old_state; // "OK", "ALARM", "INSUFFICIENT_DATA"
    std::string new_state;
    std::string reason;
    Timestamp when;
    double threshold = 0;
    std::optional<double> metric_value; // the newest datapoint that counted
    std::string subject;                // of the notification
    std::string message;                // its body: the JSON document that SNS subscribers get
};

// What alarms can set in motion; joined to SNS and Auto Scaling by the world.
class AlarmActions {
public:
    virtual ~AlarmActions() = default;
    // Whether an action of that ARN can be carried out at all.
    virtual bool is_emulated(const std::string& action_arn) const = 0;
    // Returns what went wrong; empty when the action was carried out.
    virtual std::string
    perform(const AlarmTransition& transition, const std::string& action_arn) = 0;
};

// A metric and a statistic of it, in the words of other services.
struct WatchedMetric {
    std::string metric_namespace;
    std::string metric_name;
    std::vector<Dimension> dimensions; // in any order
    std::string statistic;             // "Average", "p90"
    std::string unit;                  // empty: any
    int period_s = 60;
};

// An alarm that another service puts for itself, as target tracking does.
struct ServiceAlarm {
    std::string account;
    std::string region;
    std::string name;
    std::string description;
    WatchedMetric metric;
    std::string comparison_operator; // "GreaterThanThreshold"
    double threshold = 0;
    int evaluation_periods = 1;
    std::vector<std::string> alarm_actions;
};

class CloudWatch final : public MetricsSink {
public:
    // Both must outlive this. Alarms left in the journal are evaluated from now on.
    CloudWatch(Environment& environment, AlarmActions& actions);
    ~CloudWatch() override;

    // For the gateway.
    static const aws::ServiceDescriptor& descriptor();
    aws::ServiceApi& api();

    // AWS's services report by the minute, whatever the second in which something happened.
    void put(const MetricId& id, Timestamp when, const Distribution& values) override;

    // Returns the ARN. Overwrites the configuration of an alarm of that name.
    std::string put_alarm(const ServiceAlarm& alarm);
    void
    delete_alarm(const std::string& account, const std::string& region, const std::string& name);
    // The statistic over [start, end); nothing without datapoints.
    std::optional<double> statistic(
        const std::string& account,
        const std::string& region,
        const WatchedMetric& metric,
        Timestamp start,
        Timestamp end
    ) const;

private:
    struct Rooms;
    std::unique_ptr<Rooms> rooms_;
};

} // namespace diorama::cloudwatch
