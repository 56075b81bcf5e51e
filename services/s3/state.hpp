// What S3 remembers: buckets, their objects and multipart uploads, and what is always true of them.
// S3 answers on the edge threads, so one mutex guards it all; nothing under it waits for a disk.
// Objects and parts are immutable once they are in here: a change puts a new one in the place of
// the old, and whoever is still sending the old one goes on undisturbed.
#pragma once

#include "emulator/storage/blob_store.hpp"
#include "emulator/time/time.hpp"
#include "services/s3/background/persistence.hpp"
#include "services/s3/data/checksum.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace diorama::s3 {

// FULL_OBJECT: of all bytes. COMPOSITE: of the parts' checksums, written "value-N".
enum class ChecksumType { full_object, composite };

std::string_view name_of(ChecksumType type);

struct Checksum {
    ChecksumAlgorithm algorithm = ChecksumAlgorithm::crc32;
    ChecksumType type = ChecksumType::full_object;
    std::string value; // base64
    bool operator==(const Checksum&) const = default;
};

using Tags = std::map<std::string, std::string>;

// What a client says about an object when it uploads it, given back as it was.
struct ObjectHeaders {
    std::string content_type;
    std::string cache_control;
    std::string content_disposition;
    std::string content_encoding;
    std::string content_language;
    std::string expires;
    std::string website_redirect_location;
    std::string storage_class = "STANDARD";
    std::map<std::string, std::string> metadata; // x-amz-meta-*, without that prefix
    Tags tags;
    bool operator==(const ObjectHeaders&) const = default;
};

struct Part {
    int number = 0;
    std::string e_tag; // hex, without quotes
    Timestamp last_modified;
    std::optional<Checksum> checksum;
    // The stretch of the blob that is this part.
    std::shared_ptr<const storage::Blob> blob;
    std::uint64_t size = 0;
};

struct Object {
    std::string key;
    std::string e_tag; // hex, with "-N" after a multipart upload; without quotes
    std::uint64_t size = 0;
    Timestamp last_modified;
    ObjectHeaders headers;
    std::optional<Checksum> checksum;
    bool is_multipart = false;
    std::vector<Part> parts; // one unless is_multipart; their blobs follow one another
};

using ObjectRef = std::shared_ptr<const Object>;

struct MultipartUpload {
    std::string id;
    std::string key;
    Timestamp initiated;
    ObjectHeaders headers;
    std::optional<ChecksumAlgorithm> checksum_algorithm;
    ChecksumType checksum_type = ChecksumType::full_object;
    bool chose_checksum_type = false;
    std::map<int, std::shared_ptr<const Part>> parts;
};

struct RedirectAll {
    std::string host_name;
    std::string protocol; // empty: that of the request
};

struct RoutingRule {
    // Condition; both empty: always.
    std::string key_prefix_equals;
    std::string http_error_code_equals;
    // Redirect
    std::string host_name;
    std::string protocol;
    std::string http_redirect_code; // empty: 301
    std::optional<std::string> replace_key_prefix_with;
    std::optional<std::string> replace_key_with;
};

struct WebsiteConfiguration {
    std::string index_document; // the suffix
    std::string error_document; // a key
    std::optional<RedirectAll> redirect_all;
    std::vector<RoutingRule> routing_rules;
};

using Objects = std::map<std::string, ObjectRef>;
using UploadKey = std::pair<std::string, std::string>; // key, upload id: the order of listings

struct Bucket {
    std::string name;
    std::string account;
    std::string region;
    Timestamp created;
    Tags tags;
    std::optional<WebsiteConfiguration> website;
    std::string policy; // as it came; it decides nothing
    Objects objects;
    std::map<UploadKey, MultipartUpload> uploads;
};

// All functions are called with `mutex` held, unless they say otherwise.
class State {
public:
    // Loads what an earlier process left.
    State(Persistence& persistence, storage::BlobStore& blobs);

    mutable std::mutex mutex;

    Bucket* find_bucket(const std::string& name);

    const std::map<std::string, Bucket>& buckets() const { return buckets_; }

    Bucket& add_bucket(Bucket bucket);
    // After changing a bucket's own fields.
    void bucket_changed(const Bucket& bucket);
    // The bucket has no objects; its uploads go with it.
    void remove_bucket(const std::string& name);

    void put_object(Bucket& bucket, ObjectRef object);
    // False if there was none.
    bool remove_object(Bucket& bucket, const std::string& key);

    MultipartUpload& add_upload(Bucket& bucket, MultipartUpload upload);
    void put_part(Bucket& bucket, MultipartUpload& upload, std::shared_ptr<const Part> part);
    void remove_upload(Bucket& bucket, const UploadKey& key);

private:
    void load(storage::BlobStore& blobs);

    Persistence& persistence_;
    std::map<std::string, Bucket> buckets_;
};

} // namespace diorama::s3
