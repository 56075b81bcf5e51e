// Every number of the emulated EC2, with its source.
#pragma once

#include "emulator/time/pace.hpp"

#include <cstddef>
#include <cstdint>

namespace diorama::ec2::limits {

// Observed: AWS takes 10 to 30 seconds until an instance is running, and about as long to stop one.
// DIFFERS: a brisk emulator makes nobody wait for that.
inline constexpr PacedDuration launch_time{std::chrono::seconds(2), std::chrono::seconds(20)};
inline constexpr PacedDuration stop_time{std::chrono::seconds(2), std::chrono::seconds(30)};
// Nothing is heard from an instance from the moment it shuts down; the state lasts this long.
inline constexpr PacedDuration shutdown_time{std::chrono::seconds(2), std::chrono::seconds(20)};

// AWS: "Terminated instances remain visible after termination (for approximately one hour)."
inline constexpr Duration terminated_visible = std::chrono::hours(1);

// AWS: "Basic monitoring [...] in 5-minute periods. Detailed monitoring [...] 1-minute periods."
// Status checks are published every minute in both.
inline constexpr Duration basic_monitoring_period = std::chrono::minutes(5);
inline constexpr Duration detailed_monitoring_period = std::chrono::minutes(1);

// AWS: "User data is limited to 16 KB, in raw form, before it is base64-encoded."
inline constexpr std::size_t user_data_bytes = 16 * 1024;
// AWS: "The maximum number of launch template versions [...] 10,000"; names have 3 to 128
// characters.
inline constexpr std::int64_t launch_template_versions = 10'000;

// GetConsoleOutput returns the last 64 KiB.
// AWS: API reference, DescribeInstances: MaxResults "can be between 5 and 1000".
inline constexpr int results_per_page_min = 5;
inline constexpr int results_per_page = 1000;

inline constexpr std::size_t console_bytes = 64 * 1024;

// A /20 subnet. AWS: "The first four IP addresses and the last IP address in each subnet CIDR block
// are not available".
inline constexpr std::size_t subnet_addresses = 4096 - 5;

// Where child processes and applications listen when their own port may not be bound.
inline constexpr std::uint16_t first_port = 21'000;
inline constexpr std::uint16_t last_port = 22'999;

} // namespace diorama::ec2::limits
