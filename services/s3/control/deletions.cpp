// DeleteObjects. See operations.hpp.
#include "services/s3/control/operations.hpp"
#include "services/s3/data/authorize.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/object_events.hpp"
#include "services/s3/data/preconditions.hpp"
#include "services/s3/data/versions.hpp"
#include "services/s3/limits.hpp"

namespace diorama::s3 {

namespace {

// Throws why this one is not deleted.
void check_identifier(
    const Bucket& bucket,
    const api::ObjectIdentifier& wanted,
    const std::optional<std::string>& version_id
) {
    if (wanted.last_modified_time || wanted.size)
        throw header_not_implemented(wanted.size ? "Size" : "LastModifiedTime");
    // AWS: If the object specified in the request isn't found, S3 confirms the deletion by
    // returning the result as deleted. Where there never were versions, none can be named.
    if (bucket.versioning == Versioning::never && version_id && !version_id->empty())
        throw no_such_version(wanted.key, *version_id);
    if (!wanted.e_tag) return;
    const auto named = version_id ? find_version(bucket, wanted.key, *version_id)
                                  : find_object(bucket, wanted.key);
    if (named == nullptr) throw no_such_key(wanted.key);
    if (!names_e_tag(*wanted.e_tag, named->e_tag)) throw precondition_failed("If-Match");
}

// AWS: a version id that could be none is answered like one that is not there.
std::optional<std::string> version_of(const api::ObjectIdentifier& wanted) {
    if (!wanted.version_id) return std::nullopt;
    try {
        return read_version_id(*wanted.version_id);
    } catch (const aws::AWSError&) {
        throw no_such_version(wanted.key, *wanted.version_id);
    }
}

api::DeletedObject
shape_of_deletion(const api::ObjectIdentifier& wanted, const Deletion& deletion) {
    api::DeletedObject shape;
    shape.key = wanted.key;
    shape.version_id = wanted.version_id;
    if (deletion.marker != nullptr) {
        shape.delete_marker = true;
        shape.delete_marker_version_id = shown_version_id(*deletion.marker);
    }
    return shape;
}

} // namespace

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
api::DeleteObjectsOutput
delete_objects(Store& store, const Request& request, const api::DeleteObjectsRequest& input) {
    const auto& wanted = input.delete_.objects;
    if (wanted.empty() || wanted.size() > limits::delete_keys_max) throw malformed_xml();
    if (input.mfa) throw header_not_implemented("x-amz-mfa");
    const bool bypasses = input.bypass_governance_retention.value_or(false);
    const auto now = request.call.now;
    api::DeleteObjectsOutput output;
    std::vector<Deletion> deletions; // their bytes go after the lock
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    for (const auto& object : wanted) {
        try {
            if (auto denial = find_denial(
                    *store.state,
                    bucket,
                    request,
                    "DeleteObject",
                    object.key,
                    object.version_id.value_or("")
                ))
                throw std::move(*denial);
            const auto version_id = version_of(object);
            check_identifier(bucket, object, version_id);
            auto& state = *store.state;
            deletions.push_back(
                version_id ? delete_version(state, bucket, {object.key, *version_id, bypasses, now})
                           : delete_current(state, bucket, object.key, request.call.random, now)
            );
            tell_removed(request, deletions.back(), version_id.has_value());
        } catch (const aws::AWSError& error) {
            auto& refused = output.errors.emplace_back();
            refused.key = object.key;
            refused.version_id = object.version_id;
            refused.code = error.code();
            refused.message = error.message();
            continue;
        }
        if (!input.delete_.quiet.value_or(false))
            output.deleted.push_back(shape_of_deletion(object, deletions.back()));
    }
    return output;
}

} // namespace diorama::s3
