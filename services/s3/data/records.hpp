// How S3's state is written down: one JSON record per bucket, object, upload and part.
#pragma once

#include "services/s3/state.hpp"

#include <string>
#include <string_view>

namespace diorama::s3 {

std::string encode_bucket(const Bucket& bucket); // without its objects and uploads
std::string encode_object(const Object& object);
std::string encode_upload(const MultipartUpload& upload); // without its parts
std::string encode_part(const Part& part);

// Throw std::exception on records that are not ours. Blobs that are gone make it false.
Bucket decode_bucket(std::string_view bytes);
bool decode_object(std::string_view bytes, storage::BlobStore& blobs, Object& object);
MultipartUpload decode_upload(std::string_view bytes);
bool decode_part(std::string_view bytes, storage::BlobStore& blobs, Part& part);

// Keys of records: the names of what they belong to, one after another, told apart by a zero byte,
// which no bucket name has.
std::string object_record_key(const std::string& bucket, const std::string& key);
std::string version_record_key(const std::string& bucket, const std::string& version_id);
std::string upload_record_key(const std::string& bucket, const std::string& upload_id);
std::string part_record_key(const std::string& bucket, const std::string& upload_id, int number);

} // namespace diorama::s3
