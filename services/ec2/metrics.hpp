// Every metric that EC2 emits (namespace AWS/EC2): dimensions InstanceId, and AutoScalingGroupName
// where the instance belongs to a group.
#pragma once

namespace diorama::ec2::metrics {

inline constexpr auto name_space = "AWS/EC2";

// Percent of the instance's vCPUs that was busy: emulated CPU time of the built-in application, or
// the real CPU time of the child process.
inline constexpr auto cpu_utilization = "CPUUtilization";
// Bytes of HTTP bodies and heads the built-in application received and sent.
inline constexpr auto network_in = "NetworkIn";
inline constexpr auto network_out = "NetworkOut";
// 1 while the check fails, else 0; every minute.
inline constexpr auto status_check_failed = "StatusCheckFailed";
inline constexpr auto status_check_failed_instance = "StatusCheckFailed_Instance";
inline constexpr auto status_check_failed_system = "StatusCheckFailed_System";

} // namespace diorama::ec2::metrics
