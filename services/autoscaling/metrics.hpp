// The metrics of a group (namespace AWS/AutoScaling, dimension AutoScalingGroupName, unit None),
// each minute and only while EnableMetricsCollection names them.
#pragma once

#include <array>

namespace diorama::autoscaling::metrics {

inline constexpr auto name_space = "AWS/AutoScaling";

inline constexpr auto min_size = "GroupMinSize";
inline constexpr auto max_size = "GroupMaxSize";
inline constexpr auto desired_capacity = "GroupDesiredCapacity";
inline constexpr auto in_service_instances = "GroupInServiceInstances"; // lifecycle state InService
inline constexpr auto pending_instances = "GroupPendingInstances";      // Pending
inline constexpr auto terminating_instances = "GroupTerminatingInstances"; // Terminating
inline constexpr auto total_instances = "GroupTotalInstances";             // all of them

inline constexpr std::array all{
    min_size,
    max_size,
    desired_capacity,
    in_service_instances,
    pending_instances,
    terminating_instances,
    total_instances
};

} // namespace diorama::autoscaling::metrics
