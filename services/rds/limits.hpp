// Every number of RDS for MySQL that is not a fact of the protocol.
#pragma once

#include "emulator/time/pace.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace diorama::rds::limits {

// RDS for MySQL 8.0:
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html
inline constexpr std::string_view server_version = "8.0.40";
inline constexpr std::uint32_t server_version_number = 80040;

// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.Constraints
inline constexpr std::uint16_t default_port = 3306;

// MySQL: max_allowed_packet, default 64 MiB.
inline constexpr std::size_t max_allowed_packet = std::size_t{64} << 20;

// MySQL: innodb_lock_wait_timeout, default 50 seconds.
inline constexpr std::int64_t lock_wait_timeout_seconds = 50;

// How long a transaction that has the writer's place may idle between two statements before it
// makes room for whoever waits, and how long it keeps the place at most while it does not idle.
inline constexpr Duration writer_patience = std::chrono::milliseconds(10);
inline constexpr Duration writer_turn = std::chrono::milliseconds(200);

// Changes that a transaction sets aside until it commits, while others write too; each statement
// looks through them.
inline constexpr std::size_t most_changes_aside = 32;

// The log of a durable instance is copied into its file when it has so many pages of 4 KiB.
inline constexpr int log_pages = 4000;

// How long a statement may keep the thread of other connections before it is begun anew elsewhere.
inline constexpr Duration inline_statement_time = std::chrono::milliseconds(2);

// Changes that are kept for transactions that read an older snapshot and have written themselves;
// beyond, they read the newest state.
inline constexpr std::size_t most_changes_in_history = 100'000;

// Ours. Of a file that LOAD DATA LOCAL sends.
inline constexpr std::size_t most_file_bytes = std::size_t{1} << 30;

// MySQL: group_concat_max_len, default 1024 bytes.
inline constexpr std::size_t group_concat_max_length = 1024;

// MySQL: max_prepared_stmt_count, default 16382 for the whole server.
inline constexpr std::size_t max_prepared_statements = 16382;

// MySQL: placeholders and parameters are counted in 16 bits.
inline constexpr std::size_t max_placeholders = 65535;

// Ours. Of a packet whose sender has not proved who they are.
inline constexpr std::size_t max_packet_before_login = std::size_t{256} << 10;

// MySQL: performance_schema_session_connect_attrs_size, 512 bytes if it is not set.
inline constexpr std::size_t connection_attributes_size = 512;

// MySQL: names of databases, tables, columns and indexes are at most 64 characters long.
inline constexpr std::size_t max_name_length = 64;

// MySQL: DECIMAL goes to 65 digits.
inline constexpr unsigned max_decimal_digits = 65;

// How deep expressions and subqueries may nest before the parser refuses them.
inline constexpr std::size_t max_nesting = 270;
// And how many operators may stand in a row, except AND and OR.
inline constexpr std::size_t max_height = 400;

// MySQL: "The maximum number of tables that can be referenced in a single join is 61."
inline constexpr std::size_t max_joined_tables = 61;

// Translated statements that one connection keeps ready.
inline constexpr std::size_t plan_cache_entries = 256;

// What one connection keeps ready of the bodies of stored programs: statements and expressions.
inline constexpr std::size_t body_plans = 4096;

// Observed: AWS takes minutes to create, change and delete an instance. DIFFERS: a brisk emulator
// makes nobody wait for that.
inline constexpr PacedDuration creation_time{std::chrono::seconds(2), std::chrono::minutes(5)};
inline constexpr PacedDuration backup_time{std::chrono::seconds(1), std::chrono::minutes(2)};
inline constexpr PacedDuration modification_time{std::chrono::seconds(1), std::chrono::minutes(3)};
inline constexpr PacedDuration reboot_time{std::chrono::seconds(2), std::chrono::seconds(30)};
inline constexpr PacedDuration stop_time{std::chrono::seconds(2), std::chrono::minutes(3)};
inline constexpr PacedDuration deletion_time{std::chrono::seconds(1), std::chrono::minutes(2)};
inline constexpr PacedDuration snapshot_time{std::chrono::seconds(1), std::chrono::minutes(3)};

// DIFFERS: AWS: "Failover times are typically 60-120 seconds"; recorded: the database answers again
// after 30 seconds, the status is available after 75.
inline constexpr PacedDuration failover_outage{
    std::chrono::seconds(2),
    std::chrono::seconds(30)
}; // until connections succeed
inline constexpr PacedDuration failover_settling{
    std::chrono::seconds(2),
    std::chrono::seconds(45)
}; // from then to available

// AWS: "The backup retention period [...] can be set between 0 and 35 days"; by the API 1 is the
// default.
inline constexpr std::int32_t default_retention_days = 1;
inline constexpr std::int32_t max_retention_days = 35;

// AWS: "RDS uploads transaction logs for DB instances to Amazon S3 every five minutes."
inline constexpr Duration log_shipping_interval = std::chrono::minutes(5);
// Entries in one shipped object at most; what is left goes into the next.
inline constexpr std::size_t log_entries_per_object = 100'000;

// How often windows, retention and metrics are looked at. AWS: metrics come each minute.
inline constexpr Duration housekeeping_interval = std::chrono::minutes(1);

// AWS: DescribeEvents gives the last 60 minutes by default and 14 days at most.
inline constexpr Duration events_shown = std::chrono::minutes(60);
inline constexpr Duration events_kept = std::chrono::hours(24 * 14);

// AWS: "You can stop a DB instance for up to seven days."
inline constexpr Duration longest_stop = std::chrono::hours(24 * 7);

// AWS: 5 read replicas for each source of old, 15 for MySQL.
inline constexpr std::size_t replicas_per_source = 15;

// How many changes a replica takes over at a time, and how soon it tries again when a writer is in
// its way.
inline constexpr std::size_t replication_batch = 256;
inline constexpr Duration replication_retry = std::chrono::milliseconds(20);

// Where an instance listens at its own address when its port may not be bound there.
inline constexpr std::uint16_t first_substitute_port = 23'000;
inline constexpr std::uint16_t last_substitute_port = 23'999;
// Where it listens on 127.0.0.1, one port for each instance: LocalStack's range, then our own.
inline constexpr std::uint16_t first_local_port = 4'510;
inline constexpr std::uint16_t last_local_port = 4'559;
inline constexpr std::uint16_t first_further_local_port = 24'000;
inline constexpr std::uint16_t last_further_local_port = 25'999;

} // namespace diorama::rds::limits
