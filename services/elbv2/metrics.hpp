// Every metric of this service: AWS/ApplicationELB, one value per event unless said otherwise.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
// Dimensions: LB = LoadBalancer "app/<name>/<id>", TG = TargetGroup "targetgroup/<name>/<id>",
// AZ = AvailabilityZone (of the node; of the target for host counts).
#pragma once

#include "emulator/time/time.hpp"

#include <string_view>

namespace diorama::elbv2::metrics {

inline constexpr std::string_view metric_namespace = "AWS/ApplicationELB";

enum class DimensionSets {
    load_balancer,      // LB · AZ+LB
    load_balancer_only, // LB
    zone_only,          // AZ+LB
    traffic,            // LB · AZ+LB · TG+LB · TG+AZ+LB
    per_target,         // TG · TG+AZ · LB+TG · LB+AZ+TG
    hosts,              // LB+TG · LB+AZ+TG
};

struct Metric {
    std::string_view name;
    std::string_view unit;
    DimensionSets dimension_sets;
    std::string_view meaning;
};

using enum DimensionSets;

// Traffic of a load balancer node.
inline constexpr Metric
    request_count{"RequestCount", "Count", traffic, "requests for which a target could be chosen"};
inline constexpr Metric new_connection_count{
    "NewConnectionCount",
    "Count",
    load_balancer,
    "TCP connections accepted from clients"
};
inline constexpr Metric active_connection_count{
    "ActiveConnectionCount",
    "Count",
    load_balancer,
    "client connections that were open in the minute"
};
inline constexpr Metric
    processed_bytes{"ProcessedBytes", "Bytes", load_balancer, "heads and bodies, both directions"};
inline constexpr Metric fixed_response_count{
    "HTTP_Fixed_Response_Count",
    "Count",
    load_balancer,
    "fixed-response actions taken"
};
inline constexpr Metric
    redirect_count{"HTTP_Redirect_Count", "Count", load_balancer, "redirect actions taken"};
inline constexpr Metric redirect_url_limit_exceeded_count{
    "HTTP_Redirect_Url_Limit_Exceeded_Count",
    "Count",
    load_balancer,
    "redirects with a Location over 8 KB"
};
inline constexpr Metric desync_non_compliant_count{
    "DesyncMitigationMode_NonCompliant_Request_Count",
    "Count",
    load_balancer,
    "requests that do not comply with RFC 7230"
};
inline constexpr Metric non_sticky_request_count{
    "NonStickyRequestCount",
    "Count",
    load_balancer,
    "requests to groups with stickiness whose client was not bound to a target"
};
inline constexpr Metric elb_3xx{
    "HTTPCode_ELB_3XX_Count",
    "Count",
    load_balancer,
    "redirects that the load balancer made"
};
inline constexpr Metric elb_4xx{
    "HTTPCode_ELB_4XX_Count",
    "Count",
    load_balancer,
    "client errors that the load balancer made"
};
inline constexpr Metric elb_5xx{
    "HTTPCode_ELB_5XX_Count",
    "Count",
    load_balancer,
    "server errors that the load balancer made"
};
inline constexpr Metric elb_500{"HTTPCode_ELB_500_Count", "Count", load_balancer, "of these, 500"};
inline constexpr Metric elb_502{"HTTPCode_ELB_502_Count", "Count", load_balancer, "of these, 502"};
inline constexpr Metric elb_503{"HTTPCode_ELB_503_Count", "Count", load_balancer, "of these, 503"};
inline constexpr Metric elb_504{"HTTPCode_ELB_504_Count", "Count", load_balancer, "of these, 504"};
inline constexpr Metric forwarded_invalid_header_count{
    "ForwardedInvalidHeaderRequestCount",
    "Count",
    load_balancer,
    "requests forwarded with header names outside [-A-Za-z0-9]"
};
inline constexpr Metric dropped_invalid_header_count{
    "DroppedInvalidHeaderRequestCount",
    "Count",
    zone_only,
    "requests of which such headers were removed"
};
inline constexpr Metric rule_evaluations{
    "RuleEvaluations",
    "Count",
    load_balancer_only,
    "rules looked at, the default rule not counted"
};

// Traffic of a target group behind a node.
inline constexpr Metric request_count_per_target{
    "RequestCountPerTarget",
    "Count",
    per_target,
    "each request adds 1 / healthy targets"
};
inline constexpr Metric
    target_2xx{"HTTPCode_Target_2XX_Count", "Count", traffic, "responses of targets"};
inline constexpr Metric
    target_3xx{"HTTPCode_Target_3XX_Count", "Count", traffic, "responses of targets"};
inline constexpr Metric
    target_4xx{"HTTPCode_Target_4XX_Count", "Count", traffic, "responses of targets"};
inline constexpr Metric
    target_5xx{"HTTPCode_Target_5XX_Count", "Count", traffic, "responses of targets"};
inline constexpr Metric target_response_time{
    "TargetResponseTime",
    "Seconds",
    traffic,
    "from the request leaving to the response head"
};
inline constexpr Metric target_connection_error_count{
    "TargetConnectionErrorCount",
    "Count",
    traffic,
    "connections that could not be made"
};
inline constexpr Metric target_tls_negotiation_error_count{
    "TargetTLSNegotiationErrorCount",
    "Count",
    traffic,
    "TLS handshakes with targets that failed"
};

// Targets, each host_count_interval.
inline constexpr Metric
    healthy_host_count{"HealthyHostCount", "Count", hosts, "targets that are healthy"};
inline constexpr Metric unhealthy_host_count{
    "UnHealthyHostCount",
    "Count",
    hosts,
    "targets that are unhealthy; draining ones are neither"
};

// DIFFERS: AWS reports host counts once a minute; here they are sampled more often, so that the
// minimum and maximum of a minute tell of short outages. SampleCount is therefore greater.
inline constexpr Duration host_count_interval = std::chrono::seconds(10);
inline constexpr Duration connection_count_interval = std::chrono::seconds(60);

} // namespace diorama::elbv2::metrics
