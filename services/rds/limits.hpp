// Every number of RDS for MySQL that is not a fact of the protocol.
#pragma once

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

// MySQL: group_concat_max_len, default 1024 bytes.
inline constexpr std::size_t group_concat_max_length = 1024;

// MySQL: max_prepared_stmt_count, default 16382 for the whole server; here per session.
inline constexpr std::size_t max_prepared_statements = 16382;

// MySQL: names of databases, tables, columns and indexes are at most 64 characters long.
inline constexpr std::size_t max_name_length = 64;

// MySQL: DECIMAL goes to 65 digits.
inline constexpr unsigned max_decimal_digits = 65;
// DIFFERS: decimals are kept as scaled 64-bit integers, so 18 digits are the most.
inline constexpr unsigned max_kept_decimal_digits = 18;

// How deep expressions and subqueries may nest before the parser refuses them.
inline constexpr std::size_t max_nesting = 200;

// Translated statements that one connection keeps ready.
inline constexpr std::size_t plan_cache_entries = 256;

} // namespace diorama::rds::limits
