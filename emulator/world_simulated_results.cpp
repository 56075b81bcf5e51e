// What is told of a run: everything is asked what it saw, by the same API that users ask. See
// world_simulated.hpp.
#include "emulator/world_simulated_faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

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

} // namespace

// A series of a metric over the run, at the report's steps.
void SimulatedWorld::Parts::add_timelines(Results& results) {
    using std::chrono::duration_cast;
    using std::chrono::seconds;
    const auto step = std::max<Duration>(results.step, minutes(1));
    const auto count = static_cast<std::size_t>((results.simulated + step - Duration(1)) / step);
    for (const auto& drawn : drawn_metrics) {
        for (const auto& resource : resources) {
            if (resource.type != drawn.type) continue;
            json dimensions = {{{"Name", drawn.dimension}, {"Value", dimension_value(resource)}}};
            if (drawn.type == distribution)
                dimensions.push_back({{"Name", "Region"}, {"Value", "Global"}});
            const auto answer = calls.call(
                {account, drawn.type == distribution ? "us-east-1" : scenario.deploy.region},
                "cloudwatch",
                "GetMetricStatistics",
                {{"Namespace", drawn.metric_namespace},
                 {"MetricName", drawn.metric},
                 {"Dimensions", dimensions},
                 {"StartTime", iso8601(scenario.start)},
                 {"EndTime", iso8601(scenario.start + results.simulated)},
                 {"Period", duration_cast<seconds>(step).count()},
                 {drawn.statistic.starts_with('p') ? "ExtendedStatistics" : "Statistics",
                  {drawn.statistic}}}
            );
            Timeline timeline;
            timeline.component = drawn.component;
            timeline.name = drawn.name;
            timeline.unit = drawn.unit;
            timeline.values.assign(count, std::numeric_limits<double>::quiet_NaN());
            for (const auto& point : answer.value("Datapoints", json::array())) {
                const auto at = (time_of(point["Timestamp"]) - scenario.start) / step;
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
            const bool is_there =
                std::ranges::any_of(timeline.values, [](double v) { return v == v; });
            if (is_there) results.timelines.push_back(std::move(timeline));
        }
    }
}

void SimulatedWorld::Parts::add_instances(Results& results) {
    Timeline in_service{"Auto Scaling group", "Instances in service", "", {}};
    for (auto& [id, life] : lives) {
        const auto since = traffic.in_service_since().find(id);
        if (since != traffic.in_service_since().end())
            life.in_service = since->second - scenario.start;
        results.instances.push_back(life);
    }
    for (std::uint32_t i = 0; i < fleet.size(); ++i)
        for (auto& life : results.instances)
            if (life.id == fleet[i].identity.id) life.requests += fleet[i].requests;
    std::ranges::sort(results.instances, [](const auto& a, const auto& b) {
        return std::tie(a.launched, a.id) < std::tie(b.launched, b.id);
    });
    std::erase_if(results.instances, [](const auto& life) {
        return life.terminated && *life.terminated < Duration::zero();
    });
    for (Duration at{}; at < results.simulated; at += results.step) {
        const auto count = std::ranges::count_if(results.instances, [&](const auto& life) {
            return life.in_service && *life.in_service < at + results.step &&
                   (!life.left || *life.left > at);
        });
        in_service.values.push_back(static_cast<double>(count));
    }
    results.timelines.push_back(std::move(in_service));
}

void SimulatedWorld::Parts::add_alarms(Results& results) {
    const auto alarms = call("cloudwatch", "DescribeAlarms", json::object());
    for (const auto& alarm : alarms.value("MetricAlarms", json::array())) {
        const auto name = alarm.value("AlarmName", "");
        // People know it by what the template calls it.
        const auto* resource = find_resource(name);
        const auto shown = resource == nullptr ? name : resource->logical_id;
        const auto history = call(
            "cloudwatch",
            "DescribeAlarmHistory",
            {{"AlarmName", name},
             {"HistoryItemType", "StateUpdate"},
             {"ScanBy", "TimestampAscending"},
             {"MaxRecords", 100}}
        );
        simulation::AlarmPeriod period{name, "INSUFFICIENT_DATA", {}, {}, {}};
        for (const auto& item : history.value("AlarmHistoryItems", json::array())) {
            const auto at = time_of(item["Timestamp"]) - scenario.start;
            const auto change = json::parse(item.value("HistoryData", "{}"), nullptr, false);
            const auto& state = change.at("newState");
            if (at > Duration::zero()) {
                period.to = at;
                results.alarms.push_back(period);
                period.from = at;
                results.moments.push_back(
                    {at, "CloudWatch", shown + " is " + state.value("stateValue", ""), 2}
                );
            }
            period.state = state.value("stateValue", "");
            period.reason = state.value("stateReason", "");
        }
        period.to = results.simulated;
        results.alarms.push_back(std::move(period));
    }
}

void SimulatedWorld::Parts::add_moments(Results& results, const SimulatedFaults& faults) {
    for (const auto& fault : faults.periods()) {
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
    for (const auto& resource : resources) {
        if (resource.type != group) continue;
        const auto found = call(
            "autoscaling",
            "DescribeScalingActivities",
            {{"AutoScalingGroupName", resource.physical_id}, {"MaxRecords", 100}}
        );
        for (const auto& activity : found.value("Activities", json::array())) {
            const auto at = time_of(activity["StartTime"]) - scenario.start;
            if (at <= Duration::zero()) continue;
            results.moments.push_back(
                {at, "Auto Scaling group", activity.value("Description", ""), 1}
            );
        }
    }
    for (const auto& event : rds.events_since(scenario.start)) {
        const auto space = event.find(' ');
        const auto when = parse_iso8601(event.substr(0, space)).value_or(scenario.start);
        results.moments.push_back({when - scenario.start, "RDS MySQL", event.substr(space + 1), 1});
    }
    std::ranges::sort(results.moments, [](const auto& a, const auto& b) {
        return std::tie(a.at, a.component, a.text) < std::tie(b.at, b.component, b.text);
    });
}

void SimulatedWorld::Parts::add_architecture(Results& results) const {
    const auto& counts = traffic.counts();
    const auto count = [](std::uint64_t n) { return static_cast<double>(n); };
    results.components = {
        {"clients", "clients", "Clients", fmt::format("{} populations", scenario.traffic.size())},
        {"dns", "route53", "Route 53", ""},
        {"edge", "cloudfront", "CloudFront", ""},
        {"objects", "s3", "S3", ""},
        {"balancer", "elbv2", "Application Load Balancer", ""},
        {"instances", "ec2", "Auto Scaling group", fmt::format("{} instances", lives.size())},
        {"database", "rds", "RDS MySQL", ""},
    };
    results.flows = {
        {"clients", "dns", "queries", count(results.dns_queries), 0},
        {"clients", "edge", "requests", count(counts.edge_requests), counts.edge_bytes},
        {"edge", "objects", "misses", count(counts.origin_requests), counts.origin_bytes},
        {"clients", "balancer", "requests", count(counts.balancer_requests), counts.balancer_bytes},
        {"balancer", "instances", "requests", count(counts.forwarded_requests), 0},
        {"instances", "database", "SQL statements", count(counts.statements), 0},
    };
    std::erase_if(results.flows, [](const auto& flow) { return flow.count == 0; });
    std::erase_if(results.components, [&](const auto& component) {
        return std::ranges::none_of(results.flows, [&](const auto& flow) {
            return flow.from == component.id || flow.to == component.id;
        });
    });
}

} // namespace diorama
