// DeleteObjects. See operations.hpp.
#include "services/s3/control/operations.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/preconditions.hpp"
#include "services/s3/limits.hpp"

namespace diorama::s3 {

namespace {

std::optional<aws::AWSError>
find_obstacle(const Bucket& bucket, const api::ObjectIdentifier& wanted) {
    if (wanted.version_id && *wanted.version_id != "null")
        return no_such_version(wanted.key, *wanted.version_id);
    if (wanted.last_modified_time || wanted.size)
        return header_not_implemented(wanted.size ? "Size" : "LastModifiedTime");
    if (!wanted.e_tag) return std::nullopt;
    const auto current = find_object(bucket, wanted.key);
    if (current == nullptr) return no_such_key(wanted.key);
    if (!names_e_tag(*wanted.e_tag, current->e_tag)) return precondition_failed("If-Match");
    return std::nullopt;
}

} // namespace

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
api::DeleteObjectsOutput
delete_objects(Store& store, const Request&, const api::DeleteObjectsRequest& input) {
    const auto& wanted = input.delete_.objects;
    if (wanted.empty() || wanted.size() > limits::delete_keys_max) throw malformed_xml();
    api::DeleteObjectsOutput output;
    std::vector<ObjectRef> removed; // their bytes go after the lock
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    for (const auto& object : wanted) {
        if (const auto error = find_obstacle(bucket, object)) {
            auto& refused = output.errors.emplace_back();
            refused.key = object.key;
            refused.version_id = object.version_id;
            refused.code = error->code();
            refused.message = error->message();
            continue;
        }
        removed.push_back(find_object(bucket, object.key));
        store.state->remove_object(bucket, object.key);
        if (!input.delete_.quiet.value_or(false)) output.deleted.emplace_back().key = object.key;
    }
    return output;
}

} // namespace diorama::s3
