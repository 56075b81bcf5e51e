// What S3 remembers: buckets, their objects and multipart uploads, and what is always true of them.
// S3 answers on the edge threads, so one mutex guards it all; nothing under it waits for a disk.
// Objects and parts are immutable once they are in here: a change puts a new one in the place of
// the old, and whoever is still sending the old one goes on undisturbed.
#pragma once

#include "emulator/random/random.hpp"
#include "emulator/storage/blob_store.hpp"
#include "emulator/time/time.hpp"
#include "services/s3/background/persistence.hpp"
#include "services/s3/data/bucket_settings.hpp"
#include "services/s3/data/checksum.hpp"
#include "services/s3/data/sparing.hpp"

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

// A key of KMS as headers name it (data/managed_key.hpp).
struct ManagedKey {
    std::string algorithm; // "aws:kms" or "aws:kms:dsse"
    std::string arn;
    bool has_bucket_key = false;
    bool operator==(const ManagedKey&) const = default;
};

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
    AccessControlListRef acl; // nothing: the bucket owner's own and private
    std::optional<ManagedKey> managed_key;
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
    std::string nonce; // with a customer's key: where its key stream begins
};

enum class RetentionMode { governance, compliance };

struct Retention {
    RetentionMode mode = RetentionMode::governance;
    Timestamp until;
    bool operator==(const Retention&) const = default;
};

// What keeps a version from being deleted.
struct ObjectLock {
    std::optional<Retention> retention;
    std::optional<bool> legal_hold; // nothing: never said
    bool operator==(const ObjectLock&) const = default;
};

// SSE-C. The key itself is never kept: only what tells whether a key is the right one.
struct CustomerKey {
    std::string salt; // raw
    std::string hash; // raw, of salt and key
    bool operator==(const CustomerKey&) const = default;
};

// A copy of an archived object that can be read for a while.
struct Restoration {
    Timestamp available;
    Timestamp expires;
};

// One version of a key; in a bucket without versioning, the object.
struct Object {
    std::string key;
    std::string version_id;  // empty: the null version
    std::uint64_t order = 0; // later versions have higher ones
    bool is_delete_marker = false;
    std::string e_tag; // hex, with "-N" after a multipart upload; without quotes
    std::uint64_t size = 0;
    Timestamp last_modified;
    Shared<ObjectHeaders> headers;
    ObjectLock lock;
    Rare<CustomerKey> customer_key;
    Rare<Restoration> restoration;
    std::optional<Checksum> checksum;
    bool is_multipart = false;
    std::string upload_id;   // of the multipart upload that made it
    std::vector<Part> parts; // one unless is_multipart; their blobs follow one another
};

using ObjectRef = std::shared_ptr<const Object>;

struct MultipartUpload {
    std::string id;
    std::string key;
    std::string initiator; // canonical user; empty (of an earlier version): the bucket's owner
    Timestamp initiated;
    ObjectHeaders headers;
    ObjectLock lock;
    Rare<CustomerKey> customer_key;
    // Whether the key was written or deleted since the upload began.
    bool has_key_changed = false;
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

enum class Versioning { never, enabled, suspended };

struct DefaultRetention {
    RetentionMode mode = RetentionMode::governance;
    int days = 0; // one of the two
    int years = 0;
};

// Object Lock of a bucket; once there, it stays.
struct BucketLock {
    std::optional<DefaultRetention> default_retention;
};

using Objects = std::map<std::string, ObjectRef>;
using Versions = std::map<std::string, std::vector<ObjectRef>>;
using UploadKey = std::pair<std::string, std::string>; // key, upload id: the order of listings

struct Bucket {
    std::string name;
    std::string account;
    std::string region;
    Timestamp created;
    Tags tags;
    std::optional<WebsiteConfiguration> website;
    std::string policy; // as it came; what it says stands in the settings
    BucketSettings settings;
    Versioning versioning = Versioning::never;
    std::optional<BucketLock> object_lock;
    // What a GET finds: the current version of each key, unless that is a delete marker.
    Objects objects;
    // All other versions, the newest last. A key that is only here has a delete marker as its
    // current version.
    Versions other_versions;
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

    // What an account blocks of public access to all its buckets.
    std::optional<PublicAccessBlock> account_block(const std::string& account) const;
    void set_account_block(const std::string& account, std::optional<PublicAccessBlock> block);

    Bucket& add_bucket(Bucket bucket);
    // After changing a bucket's own fields.
    void bucket_changed(const Bucket& bucket);
    // The bucket has no objects; its uploads go with it.
    void remove_bucket(const std::string& name);

    // What the next version in this bucket is called: a new id if it has versioning, else that of
    // the null version. `chance` makes ids that nobody guesses.
    std::string next_version_id(const Bucket& bucket, Random& chance);
    // Makes this version the current one of its key. The null version takes the place of an earlier
    // null version, which is returned: let it go after the lock, since its bytes go with it.
    [[nodiscard]] ObjectRef put_object(Bucket& bucket, std::shared_ptr<Object> object);
    // Puts a changed copy of a version in its place (tags, locks: what is not the object itself).
    void change_version(Bucket& bucket, ObjectRef changed);
    // Removes a version for good; returns it, or nothing if there was none.
    ObjectRef remove_version(Bucket& bucket, const std::string& key, const std::string& version_id);

    MultipartUpload& add_upload(Bucket& bucket, MultipartUpload upload);
    void put_part(Bucket& bucket, MultipartUpload& upload, std::shared_ptr<const Part> part);
    void remove_upload(Bucket& bucket, const UploadKey& key);

private:
    void load(storage::BlobStore& blobs);
    void load_versions(storage::BlobStore& blobs);
    void load_uploads(storage::BlobStore& blobs);
    void share_headers(Object& object);
    void record(const Bucket& bucket, ObjectRef object, ObjectRef replaced);
    void key_changed(Bucket& bucket, const std::string& key);
    void record(const Bucket& bucket, const MultipartUpload& upload);

    Persistence& persistence_;
    std::map<std::string, Bucket> buckets_;
    std::uint64_t last_order_ = 0;
    // Those of the object that came last: the next one's are mostly the same, and share them.
    Shared<ObjectHeaders> last_headers_;
    std::map<std::string, PublicAccessBlock> account_blocks_;
};

// The version of a key, delete markers included; nothing when there is none. The null version's id
// is empty.
ObjectRef find_version(const Bucket& bucket, const std::string& key, const std::string& version_id);
// The newest version, delete markers included.
ObjectRef find_newest(const Bucket& bucket, const std::string& key);

} // namespace diorama::s3
