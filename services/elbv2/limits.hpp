// Every number of this service, with its source.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
#pragma once

#include "emulator/time/time.hpp"

#include <cstddef>

namespace diorama::elbv2::limits {

using std::chrono::seconds;

// Quotas.
inline constexpr std::size_t load_balancers_per_region = 50;
inline constexpr std::size_t target_groups_per_region = 3000;
inline constexpr std::size_t listeners_per_load_balancer = 50;
inline constexpr std::size_t rules_per_load_balancer = 100; // default rules not counted
inline constexpr std::size_t targets_per_target_group = 1000;
inline constexpr std::size_t tags_per_resource = 50;
inline constexpr std::size_t zones_min = 2; // of an application load balancer

// Rules.
inline constexpr int priority_min = 1;
inline constexpr int priority_max = 50000;
inline constexpr std::size_t values_per_rule = 5;
inline constexpr std::size_t wildcards_per_rule = 5;
inline constexpr std::size_t condition_value_length_max = 128;
inline constexpr std::size_t header_name_length_max = 40;
inline constexpr std::size_t method_length_max = 40;
inline constexpr std::size_t target_groups_per_action = 5;
inline constexpr int weight_max = 999;
inline constexpr std::size_t fixed_response_body_max = 1024;

// Health checks: interval, timeout and thresholds of HTTP and HTTPS target groups.
inline constexpr int health_check_interval_default = 30;
inline constexpr int health_check_interval_min = 5;
inline constexpr int health_check_interval_max = 300;
inline constexpr int health_check_timeout_default = 5;
inline constexpr int health_check_timeout_min = 2;
inline constexpr int health_check_timeout_max = 120;
inline constexpr int healthy_threshold_default = 5;
inline constexpr int unhealthy_threshold_default = 2;
inline constexpr int threshold_min = 2;
inline constexpr int threshold_max = 10;
inline constexpr int deregistration_delay_default = 300;

// The data plane.
// AWS: "The load balancer failed to establish a connection to the target before the connection
// timeout expired (10 seconds)."
inline constexpr Duration connect_timeout = seconds(10);
inline constexpr std::size_t forwarded_addresses_max = 30;   // more: 463
inline constexpr std::size_t location_length_max = 8 * 1024; // longer: 507
inline constexpr std::size_t trace_id_length_max = 7 * 1024; // longer: rewritten
inline constexpr std::size_t request_line_max = 16 * 1024;
inline constexpr std::size_t header_line_max = 16 * 1024;
inline constexpr std::size_t request_head_max = 64 * 1024;

// AWS: the cookies of stickiness have "an expiration time of 7 days", however long clients are
// bound.
inline constexpr Duration stickiness_cookie_lifetime = std::chrono::days(7);

// Ours. How long idle connections to targets are kept.
// UNKNOWN: AWS only says that it keeps and reuses them.
inline constexpr Duration target_keep_alive = seconds(60);
// Bytes waiting on one side above which the other side is not read any further.
inline constexpr std::size_t relay_buffer_max = 256 * 1024;
// Where listeners open when their proper port may not be bound.
inline constexpr int replacement_port_first = 20000;
inline constexpr int replacement_port_last = 20999;
// Body bytes of a health check response that are read before it is judged by its status.
inline constexpr std::size_t health_check_body_max = 1024 * 1024;
// How often draining targets are looked at.
inline constexpr Duration draining_check_interval = seconds(1);
// DIFFERS: AWS takes minutes. A load balancer is active as soon as its nodes listen.
inline constexpr Duration provisioning_time = seconds(0);

} // namespace diorama::elbv2::limits
