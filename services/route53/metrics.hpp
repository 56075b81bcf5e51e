// Every metric that Route 53 emits.
#pragma once

#include "emulator/metrics/metrics.hpp"

#include <string>

namespace diorama::route53::metrics {

// DNSQueries: "the number of DNS queries that Route 53 responds to in a specified time period for a
// hosted zone". Statistics: Sum, SampleCount; unit None. AWS keeps it in us-east-1, whatever the
// region of the caller.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-cloudwatch.html
inline MetricId dns_queries(const std::string& account, const std::string& hosted_zone_id) {
    return {
        .account = account,
        .region = "us-east-1",
        .metric_namespace = "AWS/Route53",
        .name = "DNSQueries",
        .dimensions = {{"HostedZoneId", hosted_zone_id}},
        .unit = "None",
    };
}

// Of health checks: HealthCheckStatus (1 healthy, 0 not; None), HealthCheckPercentageHealthy (of
// the checkers; Percent), ChildHealthCheckHealthyCount (of a calculated one; None), and with
// MeasureLatency ConnectionTime, SSLHandshakeTime and TimeToFirstByte (Milliseconds), these also by
// the region of the checkers.
inline MetricId of_health_check(
    const std::string& account,
    const std::string& id,
    const std::string& name,
    const std::string& unit,
    const std::string& region = {}
) {
    MetricId metric{
        .account = account,
        .region = "us-east-1",
        .metric_namespace = "AWS/Route53",
        .name = name,
        .dimensions = {{"HealthCheckId", id}},
        .unit = unit,
    };
    if (!region.empty()) metric.dimensions.push_back({"Region", region});
    return metric;
}

} // namespace diorama::route53::metrics
