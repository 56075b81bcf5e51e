// Which target gets a request: the fail-open rule, applied when a snapshot is made, and the choice
// per request. Pure but for the counters of the live targets.
#pragma once

#include "emulator/random/random.hpp"
#include "services/elbv2/data/snapshot.hpp"
#include "services/elbv2/data/target_health.hpp"

#include <string_view>
#include <vector>

namespace diorama::elbv2 {

struct RegisteredTarget {
    Target target;
    TargetHealthState health = TargetHealthState::initial;
};

// target_group_health.unhealthy_state_routing.minimum_healthy_targets.*
struct HealthyTargetsRequired {
    std::size_t count = 1;
    std::size_t percentage = 0; // 0: off
};

// AWS: "If a target group contains only unhealthy registered targets, the load balancer routes
// requests to all those targets, regardless of their health status." Draining and unused targets
// get no new requests.
std::vector<Target>
routable_targets(const std::vector<RegisteredTarget>& registered, HealthyTargetsRequired required);

// The weighted choice among the target groups of a forward action; never one of weight zero.
// Nothing when all weights are zero.
const TargetGroup* select_target_group(const ForwardAction& action, Random& random);

// Nothing when the target group has no target for a node of this zone.
const Target* select_target(
    const TargetGroup& target_group,
    std::string_view zone,
    Random& random,
    Timestamp now
);

} // namespace diorama::elbv2
