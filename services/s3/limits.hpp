// The numbers of S3, each with its source, and our own bounds.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace diorama::s3::limits {

// AWS: Maximum part size 5 GiB, Maximum object size 5 GiB in a single upload.
inline constexpr std::uint64_t upload_bytes_max = 5ull << 30;
// AWS: "Maximum object size 5 TiB" (of a multipart upload).
inline constexpr std::uint64_t object_bytes_max = 5ull << 40;
// AWS: "Part size: 5 MiB to 5 GiB. There is no minimum size limit on the last part".
inline constexpr std::uint64_t part_bytes_min = 5ull << 20;
// AWS: "Part numbers: 1 to 10,000 (inclusive)".
inline constexpr int part_number_max = 10000;
// AWS: The key name can be up to 1,024 bytes long.
inline constexpr std::size_t key_bytes_max = 1024;
// AWS: "the user-defined metadata is limited to 2 KB in size".
inline constexpr std::size_t metadata_bytes_max = 2048;
// AWS: "The PUT request header is limited to 8 KB in size"; so is that of every other request.
inline constexpr std::size_t header_bytes_max = 8192;
// AWS: "By default, the action returns up to 1,000 key names. The response […] will never contain
// more."
inline constexpr int list_keys_max = 1000;
// AWS: "The request can contain a list of up to 1,000 keys" (DeleteObjects).
inline constexpr std::size_t delete_keys_max = 1000;
// AWS: maximum parts returned: 1,000.
inline constexpr int list_parts_max = 1000;
// AWS: up to 10,000 buckets are listed in one page.
inline constexpr int list_buckets_max = 10000;
// AWS: "50 tags" for a bucket, "10 tags" for an object.
inline constexpr std::size_t bucket_tags_max = 50;
inline constexpr std::size_t object_tags_max = 10;
// AWS: limit of 50 routing rules per website configuration.
inline constexpr std::size_t routing_rules_max = 50;
// Version ids have 32 characters here; AWS: "no more than 1,024 bytes long".
inline constexpr std::size_t version_id_size = 32;
// AWS: "The maximum retention period is 100 years", 36,500 days.
inline constexpr int retention_days_max = 36500;
inline constexpr int retention_years_max = 100;
// AWS: expedited typically 1-5 minutes, standard "3-5 hours" (Deep Archive "within 12 hours"),
// bulk "5-12 hours" (Deep Archive "within 48 hours"). The slowest of each.
inline constexpr auto restore_expedited = std::chrono::minutes(5);
inline constexpr auto restore_standard = std::chrono::hours(5);
inline constexpr auto restore_standard_deep = std::chrono::hours(12);
inline constexpr auto restore_bulk = std::chrono::hours(12);
inline constexpr auto restore_bulk_deep = std::chrono::hours(48);
// AWS: "bucket policies are limited to 20 KB in size".
inline constexpr std::size_t policy_bytes_max = 20 * 1024;
// AWS: "up to 100 rules" in a CORS configuration.
inline constexpr std::size_t cors_rules_max = 100;
// AWS: "up to 1,000 rules" in a lifecycle configuration.
inline constexpr std::size_t lifecycle_rules_max = 1000;

// Ours. A document that is parsed as a whole: 10,000 parts of CompleteMultipartUpload fit well.
inline constexpr std::size_t document_bytes_max = 4 << 20;
// A body on its way to a disk: written when so much has gathered, paused when twice as much waits.
inline constexpr std::size_t write_bytes = 256 << 10;
// A response on its way from a disk: read and sent in such pieces.
inline constexpr std::size_t read_bytes = 256 << 10;

// AWS: logs are delivered "within a few hours"; ours sooner. What waits for delivery stays below
// this for each bucket.
inline constexpr auto log_delivery_interval = std::chrono::minutes(5);
inline constexpr std::size_t log_bytes_max = 8 << 20;
// AWS: the fields of a POST form before the file must not exceed 20 KB.
inline constexpr std::size_t form_fields_max = 20 * 1024;
// Keys that lifecycle rules are held against while the state is locked.
inline constexpr std::size_t lifecycle_keys_at_once = 1000;

// AWS: storage metrics "are reported once per day".
inline constexpr auto storage_metrics_interval = std::chrono::hours(24);

} // namespace diorama::s3::limits
