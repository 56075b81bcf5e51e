// What is told of a scenario's stack after a run: metrics over time, alarms, scaling activities,
// all asked for by the API that users ask. See world/stack.hpp.
#include "emulator/world/stack.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace diorama {

namespace {

using nlohmann::json;
using simulation::Results;
using simulation::Timeline;
using std::chrono::minutes;

Timestamp time_of(const json& value) {
    if (value.is_number()) return from_unix_seconds(value.get<double>());
    return parse_iso8601(value.get<std::string>()).value_or(epoch);
}

// What of a resource is drawn in the report.
struct DrawnMetric {
    std::string_view type; // of the resource
    std::string_view component;
    std::string_view name; // as shown
    std::string_view unit;
    std::string_view metric_namespace;
    std::string_view metric;
    std::string_view dimension;
    std::string_view statistic;
    double factor = 1;
    bool is_rate = false; // per second, of a sum over the step
};

constexpr std::string_view balancer = "AWS::ElasticLoadBalancingV2::LoadBalancer";
constexpr std::string_view group = "AWS::AutoScaling::AutoScalingGroup";
constexpr std::string_view distribution = "AWS::CloudFront::Distribution";
constexpr std::string_view database = "AWS::RDS::DBInstance";

constexpr DrawnMetric drawn_metrics[] = {
    {distribution,
     "CloudFront",
     "Requests",
     "requests/s",
     "AWS/CloudFront",
     "Requests",
     "DistributionId",
     "Sum",
     1,
     true},
    {distribution,
     "CloudFront",
     "Cache hit ratio",
     "%",
     "AWS/CloudFront",
     "CacheHitRate",
     "DistributionId",
     "Average"},
    {distribution,
     "CloudFront",
     "5xx error rate",
     "%",
     "AWS/CloudFront",
     "5xxErrorRate",
     "DistributionId",
     "Average"},
    {balancer,
     "Application Load Balancer",
     "Requests",
     "requests/s",
     "AWS/ApplicationELB",
     "RequestCount",
     "LoadBalancer",
     "Sum",
     1,
     true},
    {balancer,
     "Application Load Balancer",
     "5xx of its own",
     "requests/s",
     "AWS/ApplicationELB",
     "HTTPCode_ELB_5XX_Count",
     "LoadBalancer",
     "Sum",
     1,
     true},
    {balancer,
     "Application Load Balancer",
     "p50 target response time",
     "s",
     "AWS/ApplicationELB",
     "TargetResponseTime",
     "LoadBalancer",
     "p50"},
    {balancer,
     "Application Load Balancer",
     "p99 target response time",
     "s",
     "AWS/ApplicationELB",
     "TargetResponseTime",
     "LoadBalancer",
     "p99"},
    {group,
     "Auto Scaling group",
     "CPU utilization",
     "%",
     "AWS/EC2",
     "CPUUtilization",
     "AutoScalingGroupName",
     "Average"},
    {database,
     "RDS MySQL",
     "CPU utilization",
     "%",
     "AWS/RDS",
     "CPUUtilization",
     "DBInstanceIdentifier",
     "Average"},
    {database,
     "RDS MySQL",
     "Writes",
     "rows/s",
     "AWS/RDS",
     "WriteIOPS",
     "DBInstanceIdentifier",
     "Average"},
};

std::string dimension_value(const StackResource& resource) {
    // "arn:…:loadbalancer/app/name/id" -> "app/name/id"
    constexpr std::string_view marker = ":loadbalancer/";
    const auto at = resource.physical_id.find(marker);
    return at == std::string::npos ? resource.physical_id
                                   : resource.physical_id.substr(at + marker.size());
}

// Of several databases each is named.
std::string name_of(
    const DrawnMetric& drawn,
    const StackResource& resource,
    const std::vector<StackResource>& all
) {
    const bool is_one_of_several =
        drawn.type == database && std::ranges::count(all, resource.type, &StackResource::type) > 1;
    return std::string(drawn.name) + (is_one_of_several ? " of " + resource.logical_id : "");
}

} // namespace

// A series of a metric over the run, at the report's steps.
void ScenarioStack::add_timelines(Timestamp start, Results& results) const {
    using std::chrono::duration_cast;
    using std::chrono::seconds;
    const auto step = std::max<Duration>(results.step, minutes(1));
    const auto count = static_cast<std::size_t>((results.simulated + step - Duration(1)) / step);
    // Datapoints stand for whole minutes, in one of which the run began.
    const Timestamp first_minute = start - start.time_since_epoch() % minutes(1);
    for (const auto& drawn : drawn_metrics) {
        for (const auto& resource : resources_) {
            if (resource.type != drawn.type) continue;
            json dimensions = {{{"Name", drawn.dimension}, {"Value", dimension_value(resource)}}};
            if (drawn.type == distribution)
                dimensions.push_back({{"Name", "Region"}, {"Value", "Global"}});
            const auto answer = call_in(
                drawn.type == distribution ? "us-east-1" : scenario_.deploy.region,
                "cloudwatch",
                "GetMetricStatistics",
                {{"Namespace", drawn.metric_namespace},
                 {"MetricName", drawn.metric},
                 {"Dimensions", dimensions},
                 {"StartTime", iso8601(start)},
                 {"EndTime", iso8601(start + results.simulated)},
                 {"Period", duration_cast<seconds>(step).count()},
                 {drawn.statistic.starts_with('p') ? "ExtendedStatistics" : "Statistics",
                  {drawn.statistic}}}
            );
            Timeline timeline;
            timeline.component = drawn.component;
            timeline.name = name_of(drawn, resource, resources_);
            timeline.unit = drawn.unit;
            const auto points = answer.value("Datapoints", json::array());
            if (points.empty()) continue;
            // What counts happenings is told when there are some.
            constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
            timeline.values.assign(count, drawn.is_rate ? 0 : nothing);
            for (const auto& point : points) {
                const auto at = (time_of(point["Timestamp"]) - first_minute) / step;
                if (at < 0 || static_cast<std::size_t>(at) >= count) continue;
                const json& value = drawn.statistic.starts_with('p')
                                        ? point["ExtendedStatistics"][std::string(drawn.statistic)]
                                        : point[std::string(drawn.statistic)];
                timeline.values[static_cast<std::size_t>(at)] =
                    value.get<double>() * drawn.factor /
                    (drawn.is_rate ? std::chrono::duration<double>(step).count() : 1);
            }
            // Timelines share the report's step; coarser ones hold their value.
            if (step > results.step) {
                std::vector<double> fine;
                for (const double value : timeline.values)
                    fine.insert(fine.end(), static_cast<std::size_t>(step / results.step), value);
                fine.resize(static_cast<std::size_t>(
                    (results.simulated + results.step - Duration(1)) / results.step
                ));
                timeline.values = std::move(fine);
            }
            results.timelines.push_back(std::move(timeline));
        }
    }
}

void ScenarioStack::add_alarms(Timestamp start, Results& results) const {
    for (const auto& alarm : list("cloudwatch", "DescribeAlarms", json::object(), "MetricAlarms")) {
        const auto name = alarm.value("AlarmName", "");
        // People know it by what the template calls it.
        const auto* resource = find(name);
        const auto history = list(
            "cloudwatch",
            "DescribeAlarmHistory",
            {{"AlarmName", name},
             {"HistoryItemType", "StateUpdate"},
             {"ScanBy", "TimestampAscending"},
             {"MaxRecords", 100}},
            "AlarmHistoryItems"
        );
        simulation::AlarmPeriod period{name, "INSUFFICIENT_DATA", {}, {}, {}, {}};
        if (resource != nullptr) period.logical_id = resource->logical_id;
        for (const auto& item : history) {
            const auto at = time_of(item["Timestamp"]) - start;
            const auto change = json::parse(item.value("HistoryData", "{}"), nullptr, false);
            const auto& state = change.at("newState");
            if (at > Duration::zero()) {
                period.to = at;
                results.alarms.push_back(period);
                period.from = at;
                results.moments.push_back(
                    {at, "CloudWatch", period.shown() + " is " + state.value("stateValue", ""), 2}
                );
            }
            period.state = state.value("stateValue", "");
            period.reason = state.value("stateReason", "");
        }
        period.to = results.simulated;
        results.alarms.push_back(std::move(period));
    }
}

// What its groups did, and why.
void ScenarioStack::add_activities(Timestamp start, Results& results) const {
    for (const auto& resource : resources_) {
        if (resource.type != group) continue;
        const auto found = call(
            "autoscaling",
            "DescribeScalingActivities",
            {{"AutoScalingGroupName", resource.physical_id}, {"MaxRecords", 100}}
        );
        for (const auto& activity : found.value("Activities", json::array())) {
            const auto at = time_of(activity["StartTime"]) - start;
            if (at <= Duration::zero()) continue;
            results.moments.push_back(
                {at, "Auto Scaling group", activity.value("Description", ""), 1}
            );
        }
    }
}

void ScenarioStack::count_instances(simulation::Results& results) {
    std::ranges::sort(results.instances, [](const auto& a, const auto& b) {
        return std::tie(a.launched, a.id) < std::tie(b.launched, b.id);
    });
    simulation::Timeline in_service{"Auto Scaling group", "Instances in service", "", {}};
    for (Duration at{}; at < results.simulated; at += results.step) {
        const auto count = std::ranges::count_if(results.instances, [&](const auto& life) {
            return life.in_service && *life.in_service < at + results.step &&
                   (!life.left || *life.left > at);
        });
        in_service.values.push_back(static_cast<double>(count));
    }
    results.timelines.push_back(std::move(in_service));
}

void ScenarioStack::add_faults(
    const std::vector<simulation::FaultPeriod>& faults,
    Results& results
) {
    for (const auto& fault : faults) {
        results.faults.push_back(fault);
        if (fault.from > results.simulated) continue;
        results.moments.push_back(
            {fault.from,
             "Faults",
             fault.failure.empty() ? fault.name + " begins" : fault.name + ": " + fault.failure,
             3}
        );
        if (fault.to) results.moments.push_back({*fault.to, "Faults", fault.name + " ends", 2});
    }
}

} // namespace diorama
