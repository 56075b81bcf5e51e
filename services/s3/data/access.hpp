// May somebody do something with a bucket or an object: what the bucket's policy, the access
// control lists, object ownership and the blocks of public access say together. Pure.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-s3-evaluates-access-control.html
#pragma once

#include "emulator/aws/policy/evaluation.hpp"
#include "services/s3/data/bucket_settings.hpp"

#include <optional>
#include <string>

namespace diorama::s3 {

// What is asked for. The resource is the bucket's or the object's ARN.
struct AccessQuestion {
    aws::policy::Request request;
    // What a list would have to grant; nothing: no list can.
    std::optional<Permission> of_object;
    std::optional<Permission> of_bucket;
};

// What it is asked of.
struct Guarded {
    std::string account; // the bucket's owner
    const BucketSettings& settings;
    std::optional<PublicAccessBlock> account_block;
    // The list of the object that is there; nullptr: none is, or it is the bucket owner's own and
    // private.
    const AccessControlList* object_list = nullptr;
};

enum class Access { allowed, denied, explicitly_denied };

Access decide(const Guarded& guarded, const AccessQuestion& question);

// AWS: a bucket policy is public unless everybody it lets in is named, or held to a fixed value
// of a condition.
bool is_public(const aws::policy::Document& policy);

} // namespace diorama::s3
