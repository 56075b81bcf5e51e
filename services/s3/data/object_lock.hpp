// Object Lock: what keeps a version from being deleted, and who may loosen it.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
#pragma once

#include "services/s3/data/request.hpp"
#include "services/s3/state.hpp"

#include <optional>

namespace diorama::s3 {

// x-amz-object-lock-* of an upload. Throws aws::AWSError for what cannot be.
ObjectLock read_object_lock(const Request& request);
// Throws unless the bucket has Object Lock, or the upload asks for none.
void check_lock_possible(const Bucket& bucket, const ObjectLock& lock);
void require_object_lock(const Bucket& bucket);

// What a new object gets that says nothing itself.
std::optional<Retention> default_retention(const Bucket& bucket, Timestamp created);

// x-amz-bypass-governance-retention: true.
bool bypasses_governance(const Request& request);
// Throws when it is said of a bucket without Object Lock.
void check_bypass_possible(const Request& request, const Bucket& bucket);

// Throws AccessDenied while retention or legal hold protect a version.
void check_removable(const Object& version, bool bypasses_governance, Timestamp now);
// Throws AccessDenied where the change would weaken what protects a version.
void check_retention_change(
    const Object& version,
    const std::optional<Retention>& wanted,
    bool bypasses_governance,
    Timestamp now
);
// Throws unless it lies ahead.
void check_future(Timestamp until, Timestamp now, std::string_view argument);

// x-amz-object-lock-* of a download.
void add_lock_headers(http::Headers& headers, const ObjectLock& lock);

} // namespace diorama::s3
