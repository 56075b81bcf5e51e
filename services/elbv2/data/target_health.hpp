// The health of a target as the API tells it, with its reason and AWS's sentence.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html#target-health-states
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace diorama::elbv2 {

enum class TargetHealthState : std::uint8_t {
    initial,
    healthy,
    unhealthy,
    unused,
    draining,
};

enum class TargetHealthReason : std::uint8_t {
    none,
    registration_in_progress,
    initial_health_checking,
    response_code_mismatch,
    timeout,
    failed_health_checks,
    not_registered,
    not_in_use,
    invalid_state,
    deregistration_in_progress,
};

struct TargetHealth {
    TargetHealthState state = TargetHealthState::initial;
    TargetHealthReason reason = TargetHealthReason::registration_in_progress;
    int mismatched_code = 0; // with response_code_mismatch

    bool operator==(const TargetHealth&) const = default;
};

// "healthy", "Target.ResponseCodeMismatch", "Health checks failed with these codes: [500]".
std::string_view name_of(TargetHealthState state);
std::string_view name_of(TargetHealthReason reason); // empty for none
std::string description_of(const TargetHealth& health);

} // namespace diorama::elbv2
