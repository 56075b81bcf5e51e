// Versions of a key: which one a request means, how answers name it, and what writing and deleting
// do in a bucket with or without versioning.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
#pragma once

#include "services/s3/data/request.hpp"
#include "services/s3/state.hpp"

#include <optional>
#include <string>

namespace diorama::s3 {

// A version id as a client writes it, in the state's words: "null" becomes the empty string. Throws
// aws::AWSError for what can be no version id.
std::string read_version_id(const std::string& text, std::string_view argument = "versionId");
// The request's own; nothing without.
std::optional<std::string> read_version_id(const Request& request);

// As clients see it.
std::string shown_version_id(const Object& object);

// AWS: buckets that never had versioning do not speak of versions.
void add_version_header(http::Headers& headers, const Bucket& bucket, const Object& object);

// The version a request is about: the one with this id, or the current one. Throws aws::AWSError
// when there is none or it is a delete marker, in which case the answer says so in its headers.
ObjectRef readable_version(
    const Request& request,
    const Bucket& bucket,
    const std::string& key,
    const std::optional<std::string>& version_id
);

// Makes a new object the current version of its key: gives it a version id, and the bucket's
// default retention if it has none of its own. Returns what it has replaced, to be let go after the
// lock.
[[nodiscard]] ObjectRef
add_version(State& state, Bucket& bucket, std::shared_ptr<Object> object, Random& chance);

// What became of a DELETE.
struct Deletion {
    ObjectRef removed; // to be let go after the lock
    ObjectRef marker;  // the delete marker that was put, or removed
};

// AWS: If the DELETE request does not specify a version id, S3 inserts a delete marker; in a
// bucket without versioning the object goes.
Deletion
delete_current(State& state, Bucket& bucket, const std::string& key, Random& chance, Timestamp now);

// Who deletes a version, and whether a governance lock may be passed over.
struct VersionRemoval {
    std::string key;
    std::string version_id;
    bool bypasses_governance = false;
    Timestamp now;
};

// For good. Throws aws::AWSError where a lock forbids it. Nothing to remove is no error.
Deletion delete_version(State& state, Bucket& bucket, const VersionRemoval& removal);

} // namespace diorama::s3
