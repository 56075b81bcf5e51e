// SSE-KMS as clients see it: which key an object is said to be encrypted with, in headers and in
// documents. Nothing is encrypted with it and nobody is asked for it, since there is no KMS here: a
// key id that has the right form and region is taken.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
#pragma once

#include "services/s3/api.hpp"
#include "services/s3/data/request.hpp"
#include "services/s3/state.hpp"

#include <optional>
#include <string>

namespace diorama::s3 {

// The ARN of a key as requests name it: by ARN, id or alias; empty: the account's own `aws/s3`.
// Throws aws::AWSError.
std::string key_arn(const std::string& named, const Bucket& bucket);

// What a new object in this bucket is encrypted with: as its request says, else by the bucket's
// default; nothing: S3's own keys, or a customer's. Throws aws::AWSError.
std::optional<ManagedKey> managed_key_of(const Request& request, const Bucket& bucket);

// Reading does not say how, and with a key of KMS it is signed in version 4. Throws aws::AWSError.
void check_reading(const Request& request, const Object& object);

// x-amz-server-side-encryption and what belongs to it.
void add_managed_key(http::Headers& headers, const std::optional<ManagedKey>& key);

// The same in an API shape.
template <class Output>
void say_managed_key(Output& output, const std::optional<ManagedKey>& key) {
    output.server_side_encryption = api::ServerSideEncryption::AES256;
    if (!key) return;
    output.server_side_encryption = key->algorithm == "aws:kms"
                                        ? api::ServerSideEncryption::aws_kms
                                        : api::ServerSideEncryption::aws_kms_dsse;
    output.ssekms_key_id = key->arn;
    if (key->has_bucket_key) output.bucket_key_enabled = true;
}

} // namespace diorama::s3
