// Tags of buckets and of objects. See operations.hpp.
#include "services/s3/control/operations.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/object_events.hpp"
#include "services/s3/data/object_headers.hpp"
#include "services/s3/data/versions.hpp"
#include "services/s3/limits.hpp"

namespace diorama::s3 {

namespace {

// The tags of a document: no two of the same key, at most so many.
Tags tags_of(const std::vector<api::Tag>& tag_set, std::size_t most, std::string_view too_many) {
    Tags tags;
    for (const auto& tag : tag_set) {
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
    if (tags.size() > most) throw aws::AWSError("BadRequest", 400, std::string(too_many));
    return tags;
}

// The object whose tags a request is about; with the lock held.
template <class Input>
ObjectRef tagged_object(const Request& request, const Bucket& bucket, const Input& input) {
    std::optional<std::string> version_id;
    if (input.version_id) version_id = read_version_id(*input.version_id);
    return readable_version(request, bucket, input.key, version_id);
}

std::optional<std::string> version_id_of(const Bucket& bucket, const Object& object) {
    if (bucket.versioning == Versioning::never) return std::nullopt;
    return shown_version_id(object);
}

// AWS: tags change without changing the object: its bytes, entity tag and date stay.
void retag(Store& store, Bucket& bucket, const Object& object, Tags tags) {
    auto retagged = std::make_shared<Object>(object);
    retagged->headers.edit().tags = std::move(tags);
    store.state->change_version(bucket, std::move(retagged));
}

} // namespace

api::PutBucketTaggingOutput
put_bucket_tagging(Store& store, const Request&, const api::PutBucketTaggingRequest& input) {
    auto tags = tags_of(
        input.tagging.tag_set,
        limits::bucket_tags_max,
        "Bucket tag count cannot be greater than 50"
    );
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

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html
api::PutObjectTaggingOutput put_object_tagging(
    Store& store,
    const Request& request,
    const api::PutObjectTaggingRequest& input
) {
    auto tags = tags_of(
        input.tagging.tag_set,
        limits::object_tags_max,
        "Object tags cannot be greater than 10"
    );
    ObjectRef object; // what is replaced goes after the lock
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    object = tagged_object(request, bucket, input);
    retag(store, bucket, *object, std::move(tags));
    tell_changed(request, *object, "ObjectTagging:Put");
    api::PutObjectTaggingOutput output;
    output.version_id = version_id_of(bucket, *object);
    return output;
}

api::GetObjectTaggingOutput get_object_tagging(
    Store& store,
    const Request& request,
    const api::GetObjectTaggingRequest& input
) {
    const std::lock_guard lock(store.state->mutex);
    const auto& bucket = bucket_of(*store.state, input.bucket);
    api::GetObjectTaggingOutput output;
    const auto object = tagged_object(request, bucket, input);
    output.version_id = version_id_of(bucket, *object);
    for (const auto& [key, value] : object->headers->tags)
        output.tag_set.push_back({key, value});
    return output;
}

api::DeleteObjectTaggingOutput delete_object_tagging(
    Store& store,
    const Request& request,
    const api::DeleteObjectTaggingRequest& input
) {
    ObjectRef object;
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    object = tagged_object(request, bucket, input);
    retag(store, bucket, *object, {});
    tell_changed(request, *object, "ObjectTagging:Delete");
    api::DeleteObjectTaggingOutput output;
    output.version_id = version_id_of(bucket, *object);
    return output;
}

} // namespace diorama::s3
