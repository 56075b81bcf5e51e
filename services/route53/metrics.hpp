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

} // namespace diorama::route53::metrics
