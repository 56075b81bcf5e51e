// Every number of the emulated Auto Scaling, with its source.
#pragma once

#include "emulator/time/time.hpp"

#include <cstdint>

namespace diorama::autoscaling::limits {

// How often every group is looked at, besides whenever something happens to it.
inline constexpr Duration reconcile_interval = std::chrono::seconds(5);

// AWS: DefaultCooldown "Default: 300 seconds".
inline constexpr std::int32_t default_cooldown_s = 300;

// UNKNOWN: how soon AWS tries again after a launch has failed.
inline constexpr Duration launch_retry = std::chrono::seconds(60);

// AWS: scaling activities of the last six weeks can be described.
inline constexpr Duration activity_history = std::chrono::hours(24 * 42);
// UNKNOWN: a bound of our own, so that a group that flaps does not fill the memory.
inline constexpr std::size_t activities_per_group = 1000;

// AWS: "AlarmHigh: 3 datapoints within 3 minutes; AlarmLow: 15 datapoints within 15 minutes", as
// target tracking makes them.
inline constexpr std::int32_t tracking_high_periods = 3;
inline constexpr std::int32_t tracking_low_periods = 15;
inline constexpr std::int32_t tracking_period_s = 60;
// Seen on AWS for EC2 groups: CPU target 50 gives a low threshold of 35, 40 gives 28, 75
// gives 52.5.
inline constexpr double tracking_low_share = 0.7;

// Alarms carry out their scaling actions again each minute; a policy that has not asked for this
// long does not want to scale in any more.
inline constexpr Duration scale_in_wish = std::chrono::seconds(90);

// Group metrics have a granularity of one minute.
inline constexpr Duration metrics_period = std::chrono::minutes(1);

// AWS: MaxRecords: "The default value is 50 and the maximum value is 100"; activities and target
// groups come by the hundred.
inline constexpr int records_usual = 50;
inline constexpr int records_per_page = 100;

} // namespace diorama::autoscaling::limits
