// The metrics that S3 emits (namespace AWS/S3), once a day for every bucket.
#pragma once

namespace diorama::s3::metrics {

inline constexpr auto name_space = "AWS/S3";

// Bytes of all objects and of the parts of unfinished uploads; dimensions BucketName,
// StorageType=StandardStorage.
inline constexpr auto bucket_size_bytes = "BucketSizeBytes";
// Objects and parts of unfinished uploads; dimensions BucketName, StorageType=AllStorageTypes.
inline constexpr auto number_of_objects = "NumberOfObjects";

} // namespace diorama::s3::metrics
