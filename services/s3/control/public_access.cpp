// Who owns what is written into a bucket, and blocks of public access. What they decide stands in
// data/access.cpp. See bucket_operations.hpp.
#include "services/s3/control/bucket_operations.hpp"
#include "services/s3/control/shapes.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/errors.hpp"

namespace diorama::s3 {

api::PutBucketOwnershipControlsOutput put_bucket_ownership_controls(
    Store& store,
    const Request&,
    const api::PutBucketOwnershipControlsRequest& input
) {
    if (input.ownership_controls.rules.size() != 1) throw malformed_xml();
    const auto ownership =
        parse_object_ownership(to_string(input.ownership_controls.rules.front().object_ownership));
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    const auto owner = canonical_user_id(bucket.account);
    // AWS: If your bucket ACL grants access to an external AWS account or any predefined group,
    // you must first migrate before lists are turned off.
    if (ownership == ObjectOwnership::bucket_owner_enforced && bucket.settings.acl != nullptr &&
        bucket.settings.acl->grants != canned("private", {owner, owner})->grants)
        throw aws::AWSError(
            "InvalidBucketAclWithObjectOwnership",
            400,
            "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"
        );
    bucket.settings.ownership = ownership;
    store.state->bucket_changed(bucket);
    return {};
}

api::GetBucketOwnershipControlsOutput get_bucket_ownership_controls(
    Store& store,
    const Request&,
    const api::GetBucketOwnershipControlsRequest& input
) {
    const std::lock_guard lock(store.state->mutex);
    const auto& bucket = bucket_of(*store.state, input.bucket);
    if (!bucket.settings.ownership)
        throw aws::AWSError(
            "OwnershipControlsNotFoundError",
            404,
            "The bucket ownership controls were not found"
        )
            .with("BucketName", bucket.name);
    api::GetBucketOwnershipControlsOutput output;
    output.ownership_controls.emplace().rules.emplace_back().object_ownership =
        *api::parse_object_ownership(name_of(*bucket.settings.ownership));
    return output;
}

api::DeleteBucketOwnershipControlsOutput delete_bucket_ownership_controls(
    Store& store,
    const Request&,
    const api::DeleteBucketOwnershipControlsRequest& input
) {
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    bucket.settings.ownership.reset();
    store.state->bucket_changed(bucket);
    return {};
}

api::PutPublicAccessBlockOutput put_public_access_block(
    Store& store,
    const Request&,
    const api::PutPublicAccessBlockRequest& input
) {
    const auto& given = input.public_access_block_configuration;
    const PublicAccessBlock block{
        given.block_public_acls.value_or(false),
        given.ignore_public_acls.value_or(false),
        given.block_public_policy.value_or(false),
        given.restrict_public_buckets.value_or(false)
    };
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    bucket.settings.public_access_block = block;
    store.state->bucket_changed(bucket);
    return {};
}

api::GetPublicAccessBlockOutput get_public_access_block(
    Store& store,
    const Request&,
    const api::GetPublicAccessBlockRequest& input
) {
    const std::lock_guard lock(store.state->mutex);
    const auto& bucket = bucket_of(*store.state, input.bucket);
    if (!bucket.settings.public_access_block)
        throw aws::AWSError(
            "NoSuchPublicAccessBlockConfiguration",
            404,
            "The public access block configuration was not found"
        )
            .with("BucketName", bucket.name);
    const auto& block = *bucket.settings.public_access_block;
    api::GetPublicAccessBlockOutput output;
    auto& shape = output.public_access_block_configuration.emplace();
    shape.block_public_acls = block.block_public_acls;
    shape.ignore_public_acls = block.ignore_public_acls;
    shape.block_public_policy = block.block_public_policy;
    shape.restrict_public_buckets = block.restrict_public_buckets;
    return output;
}

api::DeletePublicAccessBlockOutput delete_public_access_block(
    Store& store,
    const Request&,
    const api::DeletePublicAccessBlockRequest& input
) {
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    bucket.settings.public_access_block.reset();
    store.state->bucket_changed(bucket);
    return {};
}

} // namespace diorama::s3
