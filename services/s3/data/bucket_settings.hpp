// What a bucket's owner has set about it beside its name and tags: who may use it, and the
// configurations of its other features as the JSON documents they were given in.
#pragma once

#include "emulator/aws/policy/document.hpp"
#include "services/s3/data/access_control_list.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace diorama::s3 {

enum class ObjectOwnership { bucket_owner_enforced, bucket_owner_preferred, object_writer };

std::string_view name_of(ObjectOwnership ownership);
std::optional<ObjectOwnership> parse_object_ownership(std::string_view name);

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
struct PublicAccessBlock {
    bool block_public_acls = false;
    bool ignore_public_acls = false;
    bool block_public_policy = false;
    bool restrict_public_buckets = false;
    bool operator==(const PublicAccessBlock&) const = default;
};

// AWS: "S3 applies the most restrictive combination" of the bucket's and the account's settings.
PublicAccessBlock
combined(const std::optional<PublicAccessBlock>& a, const std::optional<PublicAccessBlock>& b);

struct BucketSettings {
    // AWS: "By default, new buckets […] have ACLs disabled" and block public access.
    std::optional<ObjectOwnership> ownership = ObjectOwnership::bucket_owner_enforced;
    std::optional<PublicAccessBlock> public_access_block =
        PublicAccessBlock{true, true, true, true};
    AccessControlListRef acl; // nothing: private
    // Of Bucket::policy; nothing without one.
    std::shared_ptr<const aws::policy::Document> policy;
    // By subresource ("cors"), or subresource and id ("metrics/EntireBucket"): the configuration as
    // JSON with the model's names.
    std::map<std::string, std::string, std::less<>> documents;

    const std::string* document(std::string_view name) const {
        const auto found = documents.find(name);
        return found == documents.end() ? nullptr : &found->second;
    }

    // AWS: without ownership controls the object writer owns what it writes.
    bool has_lists() const { return ownership != ObjectOwnership::bucket_owner_enforced; }
};

// As JSON, without the policy.
std::string encode_settings(const BucketSettings& settings);
BucketSettings decode_settings(std::string_view json);
std::string encode_list(const AccessControlList& list);
AccessControlListRef decode_list(std::string_view json);
std::string encode_block(const PublicAccessBlock& block);
PublicAccessBlock decode_block(std::string_view json);

} // namespace diorama::s3
