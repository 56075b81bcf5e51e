// How the health of a health check follows from what its checkers saw, from its children, or from
// an alarm. The decision core of health checks: no clock, no I/O; health_checker.hpp drives it.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
#pragma once

#include "emulator/time/time.hpp"
#include "services/route53/ports.hpp"
#include "services/route53/state.hpp"

#include <string>
#include <vector>

namespace diorama::route53 {

struct Verdict {
    bool is_success = false;
    std::string report; // as GetHealthCheckStatus tells it
};

Verdict judge(const HealthCheckConfig& config, const ProbeResult& result);

// What one checker holds of the endpoint.
struct CheckerTrack {
    bool is_healthy = true; // until there is enough to say otherwise
    int contrary = 0;       // results in a row that say the opposite of `is_healthy`
    std::string report;     // of the last probe; empty before the first
    Timestamp checked_at{};
    std::string failure; // the last report of a failure
    Timestamp failed_at{};
};

// AWS: the failure threshold is "the number of consecutive health checks that an endpoint must pass
// or fail for Route 53 to change the current status of the endpoint".
void observe(CheckerTrack& track, const Verdict& verdict, int failure_threshold, Timestamp when);

double percentage_healthy(const std::vector<CheckerTrack>& checkers);
// AWS: "If more than 18% of health checkers report that an endpoint is healthy, Route 53 considers
// it healthy."
bool is_endpoint_healthy(const std::vector<CheckerTrack>& checkers);

// AWS: "Route 53 compares the number of healthy child health checks with the value of
// HealthThreshold": as many are enough; more than there are never; zero always.
bool is_calculated_healthy(std::size_t healthy_children, std::size_t children, int threshold);

// AWS: Ok is healthy, Alarm is not, and InsufficientDataHealthStatus says what it is meanwhile.
bool is_alarm_healthy(AlarmState alarm, InsufficientData insufficient_data, bool last_known);

// What the rest of Route 53 makes of it. AWS, Inverted: "consider a health check unhealthy when it
// otherwise would be considered healthy"; Disabled: "Route 53 considers the status of the health
// check to always be healthy. If you want to stop routing traffic to a resource, change the value
// of Inverted".
bool status_of(const HealthCheckConfig& config, bool is_healthy);

} // namespace diorama::route53
