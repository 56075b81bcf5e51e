// Where instances are launched and which are terminated: Auto Scaling's balance over availability
// zones and its default termination policy, as pure functions.
#pragma once

#include "emulator/time/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace diorama::autoscaling {

// What placement needs to know of an instance.
struct Placed {
    std::string instance_id;
    std::string zone;
    std::string template_id; // launch template or configuration
    std::int64_t template_version = 0;
    Timestamp launched{};
    bool is_protected = false; // from scale in
};

// The zone with the fewest instances; of several the first in the group's order. `zones` must not
// be empty.
std::string
zone_for_launch(const std::vector<std::string>& zones, const std::vector<Placed>& instances);

enum class TerminationPolicy {
    default_,
    oldest_instance,
    newest_instance,
    oldest_launch_template,
    closest_to_next_hour
};

// The instance to terminate when the group scales in, or nothing when all are protected. `draw` in
// [0, 1) breaks the last tie.
std::optional<std::string> instance_to_terminate(
    const std::vector<Placed>& instances,
    const std::vector<TerminationPolicy>& policies,
    Timestamp now,
    double draw
);

} // namespace diorama::autoscaling
