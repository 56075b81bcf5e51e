// What of a scenario's stack would be paid for, read after a run from its API and from what its
// clients carried. What a run does not model is not on the bill: volumes of instances, backups,
// data between zones. See world/stack.hpp.
#include "emulator/world/stack.hpp"

#include <algorithm>
#include <filesystem>

namespace diorama {

namespace {

using nlohmann::json;
using simulation::MetricReference;
using simulation::Usage;
using std::chrono::hours;
using std::chrono::minutes;

double sum_of(const simulation::Measurements::Series& series) {
    double sum = 0;
    for (const auto& [at, value] : series)
        sum += value;
    return sum;
}

// The metrics of a load balancer by the hour.
Usage::LoadBalancer load_balancer_usage(
    simulation::Measurements& measurements,
    const std::string& logical_id,
    Duration span
) {
    Usage::LoadBalancer used;
    for (Duration at{}; at < span; at += hours(1)) {
        const simulation::Window window{at, std::min<Duration>(at + hours(1), span)};
        const auto sum = [&](const char* name, const char* statistic = "Sum") {
            const MetricReference metric{"AWS/ApplicationELB", name, {logical_id}, {}, statistic};
            return sum_of(measurements.metric(metric, minutes(1), window));
        };
        simulation::LoadBalancerHour hour;
        hour.new_connections = sum("NewConnectionCount");
        // Sum of a minute's samples is the number of connections in it.
        hour.active_connections = sum("ActiveConnectionCount") / 60;
        hour.processed_bytes = sum("ProcessedBytes");
        // AWS: "The 10 free rule evaluations per request are included in this count."
        hour.rule_evaluations = std::max(0.0, sum("RuleEvaluations") - 10 * sum("RequestCount"));
        used.hours.push_back(hour);
    }
    return used;
}

// Bytes of all files that a scenario puts into buckets.
double bytes_deployed(const simulation::Deploy& deploy) {
    namespace fs = std::filesystem;
    double bytes = 0;
    for (const auto& files : deploy.files)
        for (const auto& entry : fs::recursive_directory_iterator(files.folder))
            if (entry.is_regular_file()) bytes += static_cast<double>(entry.file_size());
    for (const auto& files : deploy.synthetic_files)
        bytes += static_cast<double>(files.count) * files.size.mean();
    return bytes;
}

} // namespace

Usage ScenarioStack::usage(
    Timestamp start,
    const simulation::Results& results,
    const Carried& carried
) const {
    const auto seen = measurements(start, start + results.simulated);
    const Duration span = results.simulated;
    const auto clipped = [span](Duration from, std::optional<Duration> to) {
        return std::max(
            Duration::zero(),
            std::min(to.value_or(span), span) - std::max(from, Duration::zero())
        );
    };
    Usage usage;
    usage.span = span;
    for (const auto& life : results.instances)
        usage.instances.push_back({life.type, clipped(life.launched, life.terminated)});
    for (const auto& resource : resources_) {
        if (resource.type == "AWS::ElasticLoadBalancingV2::LoadBalancer")
            usage.load_balancers.push_back(load_balancer_usage(*seen, resource.logical_id, span));
        if (resource.type == "AWS::Route53::HostedZone") ++usage.hosted_zones;
        if (resource.type == "AWS::Route53::HealthCheck") ++usage.health_checks;
        if (resource.type != "AWS::SNS::Topic") continue;
        usage.notifications_published += sum_of(seen->metric(
            {"AWS/SNS", "NumberOfMessagesPublished", {resource.logical_id}, {}, "Sum"},
            minutes(1),
            {}
        ));
    }
    usage.cloudfront_https_requests = static_cast<double>(carried.edge_requests);
    usage.cloudfront_bytes_out = carried.edge_bytes;
    usage.s3_get_requests = static_cast<double>(carried.origin_requests);
    usage.s3_bytes_stored = bytes_deployed(scenario_.deploy);
    usage.bytes_out = carried.balancer_bytes;
    // AWS: "queries to alias records that are mapped to Elastic Load Balancers, Amazon CloudFront
    // distributions, […] are free". https://aws.amazon.com/route53/pricing/
    // DIFFERS: queries are counted together; they are charged unless every record set is an alias.
    const bool only_aliases = std::ranges::all_of(resources_, [this](const auto& resource) {
        if (resource.type != "AWS::Route53::HostedZone") return true;
        const auto found =
            call("route53", "ListResourceRecordSets", {{"HostedZoneId", resource.physical_id}});
        return std::ranges::all_of(
            found.value("ResourceRecordSets", json::array()),
            [](const auto& record) {
                const auto type = record.value("Type", "");
                return type == "NS" || type == "SOA" || record.contains("AliasTarget");
            }
        );
    });
    if (!only_aliases) usage.dns_queries = static_cast<double>(results.dns_queries);
    const auto databases = call("rds", "DescribeDBInstances", json::object());
    for (const auto& database : databases.value("DBInstances", json::array())) {
        Usage::Database used;
        used.instance_class = database.value("DBInstanceClass", "");
        used.storage_gb = database.value("AllocatedStorage", 0.0);
        used.is_multi_az = database.value("MultiAZ", false);
        used.running = used.allocated = span;
        usage.databases.push_back(std::move(used));
    }
    for (const auto& alarm : list("cloudwatch", "DescribeAlarms", json::object(), "MetricAlarms"))
        ++(alarm.value("Period", 60) < 60 ? usage.high_resolution_alarms : usage.alarms);
    return usage;
}

} // namespace diorama
