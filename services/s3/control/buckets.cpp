// Buckets: made, found, listed and removed. See operations.hpp.
#include "services/s3/control/operations.hpp"
#include "services/s3/control/shapes.hpp"
#include "services/s3/data/answer.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/requested_list.hpp"
#include "services/s3/limits.hpp"

#include <algorithm>

namespace diorama::s3 {

namespace {

constexpr std::string_view home_region = "us-east-1";

aws::AWSError incompatible_location(std::string_view location) {
    return aws::AWSError(
        "IllegalLocationConstraintException",
        400,
        fmt::format(
            "The {} location constraint is incompatible for the region specific endpoint this "
            "request was sent to.",
            location
        )
    );
}

// The region of a new bucket. us-east-1 makes buckets everywhere, all others only at home.
std::string region_of_new_bucket(const Request& request, const api::CreateBucketRequest& input) {
    std::string constraint;
    if (input.create_bucket_configuration) {
        const auto& configuration = *input.create_bucket_configuration;
        if (configuration.location || configuration.bucket)
            throw aws::AWSError("NotImplemented", 501, "Directory buckets are not emulated.");
        if (configuration.location_constraint)
            constraint = to_string(*configuration.location_constraint);
    }
    const auto& endpoint = request.call.region;
    if (endpoint == home_region) return constraint.empty() ? endpoint : constraint;
    if (constraint.empty()) throw incompatible_location("unspecified");
    if (constraint != endpoint) throw incompatible_location(constraint);
    return constraint;
}

// Who may use a new bucket, as its headers ask.
BucketSettings
settings_of_new_bucket(const Request& request, const api::CreateBucketRequest& input) {
    BucketSettings settings;
    if (input.object_ownership)
        settings.ownership = parse_object_ownership(to_string(*input.object_ownership));
    if (request.exchange == nullptr) return settings;
    // AWS takes the list that every bucket has anyway, but lets it have lists then, as was found at
    // https://github.com/versity/versitygw/issues/1869; rclone sends it with every bucket and
    // object.
    if (!input.object_ownership && request.header("x-amz-acl") == "private")
        settings.ownership = ObjectOwnership::bucket_owner_preferred;
    const auto owner = canonical_user_id(request.call.account);
    const auto list = requested_list(request.headers(), {owner, owner});
    if (!list || list->grants == canned("private", {owner, owner})->grants) return settings;
    if (!settings.has_lists())
        throw aws::AWSError(
            "InvalidBucketAclWithObjectOwnership",
            400,
            "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"
        );
    // AWS: a new bucket blocks public access, also by its own list.
    if (is_public(*list))
        throw aws::AWSError(
            "InvalidBucketAclWithBlockPublicAccessError",
            400,
            "Bucket cannot have public ACLs set with BlockPublicAccess enabled"
        );
    settings.acl = std::make_shared<const AccessControlList>(*list);
    return settings;
}

} // namespace

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
api::CreateBucketOutput
create_bucket(Store& store, const Request& request, const api::CreateBucketRequest& input) {
    if (!is_valid_bucket_name(input.bucket))
        throw aws::AWSError("InvalidBucketName", 400, "The specified bucket is not valid.")
            .with("BucketName", input.bucket);
    const auto settings = settings_of_new_bucket(request, input);
    const auto region = region_of_new_bucket(request, input);

    const std::lock_guard lock(store.state->mutex);
    if (const auto* existing = store.state->find_bucket(input.bucket)) {
        if (existing->account != request.call.account)
            throw api::BucketAlreadyExists(
                "The requested bucket name is not available. The bucket namespace is shared by "
                "all users of the system. Please select a different name and try again."
            )
                .with("BucketName", input.bucket);
        // AWS: Amazon S3 returns this error in all AWS Regions except US East (N. Virginia). For
        // legacy compatibility, if you re-create an existing bucket that you already own in US East
        // (N. Virginia), Amazon S3 returns 200 OK.
        if (request.call.region != home_region || region != existing->region)
            throw api::BucketAlreadyOwnedByYou("Your previous request to create the named bucket "
                                               "succeeded and you already own it.")
                .with("BucketName", input.bucket);
    } else {
        Bucket bucket;
        bucket.name = input.bucket;
        bucket.account = request.call.account;
        bucket.region = region;
        bucket.settings = settings;
        bucket.created = std::chrono::floor<std::chrono::seconds>(request.call.now);
        // AWS: Versioning is automatically enabled when you enable Object Lock.
        if (input.object_lock_enabled_for_bucket.value_or(false)) {
            bucket.object_lock.emplace();
            bucket.versioning = Versioning::enabled;
        }
        if (input.create_bucket_configuration) {
            for (const auto& tag : input.create_bucket_configuration->tags)
                bucket.tags.emplace(tag.key, tag.value);
        }
        store.state->add_bucket(std::move(bucket));
    }
    api::CreateBucketOutput output;
    output.location = region == home_region
                          ? "/" + input.bucket
                          : fmt::format("http://{}.s3.amazonaws.com/", input.bucket);
    return output;
}

api::HeadBucketOutput
head_bucket(Store& store, const Request&, const api::HeadBucketRequest& input) {
    const std::lock_guard lock(store.state->mutex);
    const auto& bucket = bucket_of(*store.state, input.bucket);
    api::HeadBucketOutput output;
    output.bucket_region = bucket.region;
    output.access_point_alias = false;
    return output;
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
api::ListBucketsOutput
list_buckets(Store& store, const Request& request, const api::ListBucketsRequest& input) {
    const auto max = std::clamp(
        input.max_buckets.value_or(limits::list_buckets_max),
        1,
        limits::list_buckets_max
    );
    std::string after;
    if (input.continuation_token) {
        const auto token = bytes_of_hex(*input.continuation_token);
        if (!token)
            throw invalid_argument(
                "The continuation token provided is incorrect",
                "continuation-token",
                *input.continuation_token
            );
        after = *token;
    }
    // AWS: ARN and region come with the paginated form only.
    const bool is_paginated = input.max_buckets.has_value() || input.prefix ||
                              input.bucket_region || input.continuation_token;
    api::ListBucketsOutput output;
    output.owner = owner_of(request.call.account);
    output.prefix = input.prefix;
    const std::lock_guard lock(store.state->mutex);
    for (const auto& [name, bucket] : store.state->buckets()) {
        if (bucket.account != request.call.account || name <= after) continue;
        if (input.prefix && !name.starts_with(*input.prefix)) continue;
        if (input.bucket_region && bucket.region != *input.bucket_region) continue;
        if (output.buckets.size() == static_cast<std::size_t>(max)) {
            output.continuation_token = aws::hex(*output.buckets.back().name);
            break;
        }
        auto& listed = output.buckets.emplace_back();
        listed.name = name;
        listed.creation_date = bucket.created;
        if (!is_paginated) continue;
        listed.bucket_region = bucket.region;
        listed.bucket_arn = "arn:aws:s3:::" + name;
    }
    return output;
}

api::DeleteBucketOutput
delete_bucket(Store& store, const Request&, const api::DeleteBucketRequest& input) {
    const std::lock_guard lock(store.state->mutex);
    const auto& bucket = bucket_of(*store.state, input.bucket);
    if (!bucket.objects.empty() || !bucket.other_versions.empty())
        throw aws::AWSError(
            "BucketNotEmpty",
            409,
            bucket.versioning == Versioning::never
                ? "The bucket you tried to delete is not empty"
                : "The bucket you tried to delete is not empty. You must delete all versions in "
                  "the bucket."
        )
            .with("BucketName", input.bucket);
    store.state->remove_bucket(input.bucket);
    return {};
}

std::string get_bucket_location(Store& store, const std::string& name) {
    constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    constexpr std::string_view xmlns = "http://s3.amazonaws.com/doc/2006-03-01/";
    const std::lock_guard lock(store.state->mutex);
    const auto& bucket = bucket_of(*store.state, name);
    // AWS: "Buckets in Region us-east-1 have a LocationConstraint of null."
    if (bucket.region == home_region)
        return fmt::format("{}<LocationConstraint xmlns=\"{}\"/>", declaration, xmlns);
    return fmt::format(
        "{}<LocationConstraint xmlns=\"{}\">{}</LocationConstraint>",
        declaration,
        xmlns,
        xml_escaped(bucket.region)
    );
}

} // namespace diorama::s3
