// What expectations ask of a scenario's stack after a run, answered by the same API that users ask.
// See simulation/measurements.hpp.
#include "emulator/world/stack.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace diorama {

namespace {

using nlohmann::json;
using simulation::MetricReference;
using simulation::NotMeasured;
using simulation::Window;
using std::chrono::minutes;

// AWS: "A single call can return up to 1,440 data points."
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
constexpr int most_datapoints = 1440;
constexpr std::string_view edge_region = "us-east-1"; // where CloudFront's metrics are

Timestamp time_of(const json& value) {
    if (value.is_number()) return from_unix_seconds(value.get<double>());
    return parse_iso8601(value.get<std::string>()).value_or(epoch);
}

// "arn:…:loadbalancer/app/name/id" -> "app/name/id"; a target group keeps its "targetgroup/".
std::string behind(const std::string& arn, std::string_view marker, bool keeps_marker = false) {
    const auto at = arn.find(marker);
    if (at == std::string::npos) return arn;
    return arn.substr(at + (keeps_marker ? 1 : marker.size()));
}

// The dimensions that a resource is known by in the metrics of its service.
json dimensions_of(const StackResource& resource) {
    static constexpr std::pair<std::string_view, std::string_view> by_id[]{
        {"AWS::AutoScaling::AutoScalingGroup", "AutoScalingGroupName"},
        {"AWS::CloudFront::Distribution", "DistributionId"},
        {"AWS::EC2::Instance", "InstanceId"},
        {"AWS::RDS::DBInstance", "DBInstanceIdentifier"},
        {"AWS::Route53::HealthCheck", "HealthCheckId"},
        {"AWS::Route53::HostedZone", "HostedZoneId"},
        {"AWS::S3::Bucket", "BucketName"},
    };
    const auto& id = resource.physical_id;
    if (resource.type == "AWS::ElasticLoadBalancingV2::LoadBalancer")
        return {{{"Name", "LoadBalancer"}, {"Value", behind(id, ":loadbalancer/")}}};
    if (resource.type == "AWS::ElasticLoadBalancingV2::TargetGroup")
        return {{{"Name", "TargetGroup"}, {"Value", behind(id, ":targetgroup/", true)}}};
    if (resource.type == "AWS::SNS::Topic")
        return {{{"Name", "TopicName"}, {"Value", id.substr(id.rfind(':') + 1)}}};
    for (const auto& [type, dimension] : by_id) {
        if (type != resource.type) continue;
        json dimensions = {{{"Name", dimension}, {"Value", id}}};
        if (type == "AWS::CloudFront::Distribution")
            dimensions.push_back({{"Name", "Region"}, {"Value", "Global"}});
        return dimensions;
    }
    throw NotMeasured(fmt::format("{} has no metrics", resource.logical_id));
}

// A stack's answers; lives no longer than the stack.
class StackMeasurements final : public simulation::Measurements {
public:
    StackMeasurements(
        const ScenarioStack& stack,
        std::string region,
        Timestamp start,
        Timestamp end,
        ScenarioStack::Beyond beyond
    )
        : stack_(stack)
        , region_(std::move(region))
        , start_(start)
        , end_(end)
        , beyond_(std::move(beyond)) {}

    Series metric(const MetricReference& metric, Duration period, const Window& window) override {
        const Timestamp from = beginning(window, period);
        const Timestamp to = end(window);
        const bool is_percentile = metric.statistic.starts_with('p');
        json question{
            {"Namespace", metric.metric_namespace},
            {"MetricName", metric.name},
            {"Dimensions", dimensions(metric)},
            {"Period", std::chrono::duration_cast<std::chrono::seconds>(period).count()},
            {is_percentile ? "ExtendedStatistics" : "Statistics", {metric.statistic}}
        };
        Series series;
        for (Timestamp at = from; at < to; at += period * most_datapoints) {
            question["StartTime"] = iso8601(at);
            question["EndTime"] = iso8601(std::min<Timestamp>(at + period * most_datapoints, to));
            const auto answer = ask(region_of(metric), "GetMetricStatistics", question);
            for (const auto& point : answer.value("Datapoints", json::array())) {
                const json& value = is_percentile ? point["ExtendedStatistics"][metric.statistic]
                                                  : point[metric.statistic];
                series.emplace_back(since_start(point["Timestamp"]), value.get<double>());
            }
        }
        std::ranges::sort(series);
        return series;
    }

    Series expression(
        const std::string& text,
        const std::map<std::string, MetricReference>& metrics,
        Duration period,
        const Window& window
    ) override {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(period).count();
        json queries = json::array();
        std::string region = region_;
        for (const auto& [id, metric] : metrics) {
            region = region_of(metric);
            queries.push_back(
                {{"Id", id},
                 {"ReturnData", false},
                 {"MetricStat",
                  {{"Metric",
                    {{"Namespace", metric.metric_namespace},
                     {"MetricName", metric.name},
                     {"Dimensions", dimensions(metric)}}},
                   {"Period", seconds},
                   {"Stat", metric.statistic}}}}
            );
        }
        queries.push_back(
            {{"Id", "result"}, {"Expression", text}, {"Period", seconds}, {"ReturnData", true}}
        );
        json question{
            {"MetricDataQueries", queries},
            {"StartTime", iso8601(beginning(window, period))},
            {"EndTime", iso8601(end(window))},
            {"ScanBy", "TimestampAscending"}
        };
        Series series;
        while (true) {
            const auto answer = ask(region, "GetMetricData", question);
            for (const auto& result : answer.value("MetricDataResults", json::array()))
                for (std::size_t i = 0; i < result["Values"].size(); ++i)
                    series.emplace_back(
                        since_start(result["Timestamps"][i]),
                        result["Values"][i].get<double>()
                    );
            if (!answer.contains("NextToken") || answer["NextToken"].is_null()) break;
            question["NextToken"] = answer["NextToken"];
        }
        std::ranges::sort(series);
        return series;
    }

    std::vector<Activity> activities(const std::string& group) override {
        json question{{"AutoScalingGroupName", physical_id(group)}, {"MaxRecords", 100}};
        std::vector<Activity> found;
        while (true) {
            const auto answer = ask(region_, "DescribeScalingActivities", question, "autoscaling");
            for (const auto& activity : answer.value("Activities", json::array())) {
                const auto status = activity.value("StatusCode", "");
                found.push_back(
                    {time_of(activity["StartTime"]) - start_,
                     status == "Failed" || status == "Cancelled"}
                );
            }
            if (!answer.contains("NextToken") || answer["NextToken"].is_null()) break;
            question["NextToken"] = answer["NextToken"];
        }
        return found;
    }

    // From the requests and the hit rate of each minute.
    CacheCounts cache(const std::string& distribution, const Window& window) override {
        CacheCounts counts;
        for (const auto& resource : stack_.resources()) {
            if (resource.type != "AWS::CloudFront::Distribution") continue;
            if (!distribution.empty() && resource.physical_id != physical_id(distribution))
                continue;
            MetricReference metric{"AWS/CloudFront", "Requests", {resource.logical_id}, {}, "Sum"};
            const auto requests = this->metric(metric, minutes(1), window);
            metric.name = "CacheHitRate";
            metric.statistic = "Average";
            std::map<Duration, double> rates;
            for (const auto& [at, rate] : this->metric(metric, minutes(1), window))
                rates[at] = rate / 100;
            for (const auto& [at, count] : requests) {
                const auto rate = rates.find(at);
                const double hits = rate == rates.end() ? 0 : count * rate->second;
                counts.hits += hits;
                counts.misses += count - hits;
            }
        }
        return counts;
    }

    NameCounts name(const std::string& host, const Window& window) override {
        if (!beyond_.name) throw NotMeasured("a live run does not see what resolvers are told");
        return beyond_.name(host, window);
    }

    double query(const std::string& database, const std::string& statement) override {
        if (!beyond_.query) throw NotMeasured("a live run does not look into databases");
        return beyond_.query(physical_id(database), statement);
    }

    bool knows_alarm(const std::string& name) override {
        const auto answer = ask(region_, "DescribeAlarms", {{"AlarmNames", {name}}});
        return !answer.value("MetricAlarms", json::array()).empty();
    }

    std::string physical_id(const std::string& id) override {
        const auto* resource = stack_.find(id);
        return resource == nullptr ? id : resource->physical_id;
    }

private:
    Timestamp beginning(const Window& window, Duration period) const {
        // Datapoints of CloudWatch begin at whole minutes.
        const Duration whole = std::min<Duration>(period, minutes(1));
        const Timestamp from = start_ + window.from.value_or(Duration::zero());
        return from - from.time_since_epoch() % whole;
    }

    Timestamp end(const Window& window) const {
        return window.to ? std::min(start_ + *window.to, end_) : end_;
    }

    std::string region_of(const MetricReference& metric) const {
        const bool is_of_edge =
            metric.metric_namespace == "AWS/CloudFront" || metric.metric_namespace == "AWS/Route53";
        return is_of_edge ? std::string(edge_region) : region_;
    }

    json dimensions(const MetricReference& metric) const {
        json all = json::array();
        for (const auto& id : metric.resources) {
            const auto* resource = stack_.find(id);
            if (resource == nullptr) throw NotMeasured("there is no resource " + id);
            for (auto& dimension : dimensions_of(*resource))
                all.push_back(std::move(dimension));
        }
        for (const auto& [name, value] : metric.dimensions)
            all.push_back({{"Name", name}, {"Value", value}});
        return all;
    }

    // Of CloudWatch, if nothing else is said; what it refuses could not be measured.
    json
    ask(const std::string& region,
        std::string_view operation,
        const json& question,
        std::string_view service = "cloudwatch") {
        try {
            return stack_.call_in(region, service, operation, question);
        } catch (const std::exception& refusal) {
            throw NotMeasured(refusal.what());
        }
    }

    // Since the start; a datapoint stands for its whole minute, in which the run may have begun.
    Duration since_start(const json& when) const {
        return std::max<Duration>(time_of(when) - start_, Duration::zero());
    }

    const ScenarioStack& stack_;
    std::string region_;
    Timestamp start_;
    Timestamp end_;
    ScenarioStack::Beyond beyond_;
};

} // namespace

std::unique_ptr<simulation::Measurements>
ScenarioStack::measurements(Timestamp start, Timestamp end, Beyond beyond) const {
    return std::make_unique<StackMeasurements>(
        *this,
        scenario_.deploy.region,
        start,
        end,
        std::move(beyond)
    );
}

} // namespace diorama
