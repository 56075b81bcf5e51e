// What an instance measures (namespace AWS/RDS, dimension DBInstanceIdentifier), each minute while
// it runs.
#pragma once

namespace diorama::rds::metrics {

inline constexpr auto name_space = "AWS/RDS";

// Sessions that have logged in and are open. Count.
inline constexpr auto database_connections = "DatabaseConnections";
// Rows sent to clients and rows written, per second: there is no disk of which operations could be
// counted. Count/Second.
inline constexpr auto read_iops = "ReadIOPS";
inline constexpr auto write_iops = "WriteIOPS";
// Bytes of the MySQL protocol from and to clients. Bytes/Second.
inline constexpr auto network_receive_throughput = "NetworkReceiveThroughput";
inline constexpr auto network_transmit_throughput = "NetworkTransmitThroughput";
// Time spent executing statements, of the time that the virtual processors of the class had.
// Percent.
inline constexpr auto cpu_utilization = "CPUUtilization";
// Allocated storage less the size of the database's files. Bytes.
inline constexpr auto free_storage_space = "FreeStorageSpace";
// How long ago the oldest change was committed that a read replica has not repeated; -1 when it
// does not replicate. Seconds.
inline constexpr auto replica_lag = "ReplicaLag";

} // namespace diorama::rds::metrics
