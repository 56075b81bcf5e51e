// A health check's configuration between the API's shape and ours, with AWS's complaints.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
#pragma once

#include "services/route53/control/control.hpp"

namespace diorama::route53 {

// Throws InvalidInput, or NotImplemented for what is not emulated.
HealthCheckConfig parse_config(const api::HealthCheckConfig& input);
void apply_update(HealthCheckConfig& config, const api::UpdateHealthCheckRequest& input);
// Whether the parts go together; throws InvalidInput.
void check_config(const HealthCheckConfig& config);

api::HealthCheckConfig describe_config(const HealthCheckConfig& config);

} // namespace diorama::route53
