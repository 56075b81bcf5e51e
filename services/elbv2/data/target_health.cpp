// See target_health.hpp.
#include "services/elbv2/data/target_health.hpp"

#include "emulator/assert.hpp"

#include <fmt/core.h>

namespace diorama::elbv2 {

std::string_view name_of(TargetHealthState state) {
    switch (state) {
    case TargetHealthState::initial:
        return "initial";
    case TargetHealthState::healthy:
        return "healthy";
    case TargetHealthState::unhealthy:
        return "unhealthy";
    case TargetHealthState::unused:
        return "unused";
    case TargetHealthState::draining:
        return "draining";
    }
    UNREACHABLE();
}

std::string_view name_of(TargetHealthReason reason) {
    switch (reason) {
    case TargetHealthReason::none:
        return "";
    case TargetHealthReason::registration_in_progress:
        return "Elb.RegistrationInProgress";
    case TargetHealthReason::initial_health_checking:
        return "Elb.InitialHealthChecking";
    case TargetHealthReason::response_code_mismatch:
        return "Target.ResponseCodeMismatch";
    case TargetHealthReason::timeout:
        return "Target.Timeout";
    case TargetHealthReason::failed_health_checks:
        return "Target.FailedHealthChecks";
    case TargetHealthReason::not_registered:
        return "Target.NotRegistered";
    case TargetHealthReason::not_in_use:
        return "Target.NotInUse";
    case TargetHealthReason::invalid_state:
        return "Target.InvalidState";
    case TargetHealthReason::deregistration_in_progress:
        return "Target.DeregistrationInProgress";
    }
    UNREACHABLE();
}

std::string description_of(const TargetHealth& health) {
    switch (health.reason) {
    case TargetHealthReason::none:
        return "";
    case TargetHealthReason::registration_in_progress:
        return "Target registration is in progress";
    case TargetHealthReason::initial_health_checking:
        return "Initial health checks in progress";
    case TargetHealthReason::response_code_mismatch:
        return fmt::format("Health checks failed with these codes: [{}]", health.mismatched_code);
    case TargetHealthReason::timeout:
        return "Request timed out";
    case TargetHealthReason::failed_health_checks:
        return "Health checks failed";
    case TargetHealthReason::not_registered:
        return "Target is not registered to the target group";
    case TargetHealthReason::not_in_use:
        return "Target group is not configured to receive traffic from the load balancer";
    case TargetHealthReason::invalid_state:
        return "Target is in the stopped state";
    case TargetHealthReason::deregistration_in_progress:
        return "Target deregistration is in progress";
    }
    UNREACHABLE();
}

} // namespace diorama::elbv2
