// Tags of buckets. See operations.hpp.
#include "services/s3/control/operations.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/object_headers.hpp"
#include "services/s3/errors.hpp"
#include "services/s3/limits.hpp"

namespace diorama::s3 {

api::PutBucketTaggingOutput
put_bucket_tagging(Store& store, const Request&, const api::PutBucketTaggingRequest& input) {
    Tags tags;
    for (const auto& tag : input.tagging.tag_set) {
        if (tag.key.starts_with("aws:"))
            throw aws::AWSError(
                "InvalidTag",
                400,
                "System tags cannot be added/updated by requester"
            )
                .with("TagKey", tag.key);
        check_tag(tag.key, tag.value);
        if (!tags.emplace(tag.key, tag.value).second)
            throw aws::AWSError("InvalidTag", 400, "Cannot provide multiple Tags with the same key")
                .with("TagKey", tag.key);
    }
    if (tags.size() > limits::bucket_tags_max)
        throw aws::AWSError("BadRequest", 400, "Bucket tag count cannot be greater than 50");
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    bucket.tags = std::move(tags);
    store.state->bucket_changed(bucket);
    return {};
}

api::GetBucketTaggingOutput
get_bucket_tagging(Store& store, const Request&, const api::GetBucketTaggingRequest& input) {
    const std::lock_guard lock(store.state->mutex);
    const auto& bucket = bucket_of(*store.state, input.bucket);
    if (bucket.tags.empty())
        throw aws::AWSError("NoSuchTagSet", 404, "The TagSet does not exist")
            .with("BucketName", bucket.name);
    api::GetBucketTaggingOutput output;
    for (const auto& [key, value] : bucket.tags)
        output.tag_set.push_back({key, value});
    return output;
}

api::DeleteBucketTaggingOutput
delete_bucket_tagging(Store& store, const Request&, const api::DeleteBucketTaggingRequest& input) {
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    bucket.tags.clear();
    store.state->bucket_changed(bucket);
    return {};
}

} // namespace diorama::s3
