// The metrics that S3 emits (namespace AWS/S3): two once a day for every bucket, the others for
// requests to buckets that ask for them.
#pragma once

namespace diorama::s3::metrics {

inline constexpr auto name_space = "AWS/S3";

// Bytes of all objects and of the parts of unfinished uploads; dimensions BucketName,
// StorageType=StandardStorage.
inline constexpr auto bucket_size_bytes = "BucketSizeBytes";
// Objects and parts of unfinished uploads; dimensions BucketName, StorageType=AllStorageTypes.
inline constexpr auto number_of_objects = "NumberOfObjects";

// Of buckets with a metrics configuration, for each request that its filter is about; dimensions
// BucketName, FilterId.
inline constexpr auto all_requests = "AllRequests";
inline constexpr auto get_requests = "GetRequests";
inline constexpr auto put_requests = "PutRequests";
inline constexpr auto delete_requests = "DeleteRequests";
inline constexpr auto head_requests = "HeadRequests";
inline constexpr auto post_requests = "PostRequests";
inline constexpr auto list_requests = "ListRequests";
inline constexpr auto select_requests = "SelectRequests";
inline constexpr auto bytes_downloaded = "BytesDownloaded";
inline constexpr auto bytes_uploaded = "BytesUploaded";
inline constexpr auto client_errors = "4xxErrors";
inline constexpr auto server_errors = "5xxErrors";
inline constexpr auto first_byte_latency = "FirstByteLatency";
inline constexpr auto total_request_latency = "TotalRequestLatency";

} // namespace diorama::s3::metrics
