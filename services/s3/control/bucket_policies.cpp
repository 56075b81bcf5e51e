// Policies of buckets: kept and given back. Nobody is refused anything here, so they decide
// nothing, which is reported. See operations.hpp.
#include "services/s3/control/operations.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/errors.hpp"

#include <nlohmann/json.hpp>

namespace diorama::s3 {

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
api::PutBucketPolicyOutput
put_bucket_policy(Store& store, const Request& request, const api::PutBucketPolicyRequest& input) {
    const auto document = nlohmann::json::parse(input.policy, nullptr, false);
    if (!document.is_object())
        throw aws::AWSError(
            "MalformedPolicy",
            400,
            "Policies must be valid JSON and the first byte must be '{'"
        );
    if (!document.contains("Statement"))
        throw aws::AWSError("MalformedPolicy", 400, "Missing required field Statement");
    request.call.ignored("Policy");
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    bucket.policy = input.policy;
    store.state->bucket_changed(bucket);
    return {};
}

api::GetBucketPolicyOutput
get_bucket_policy(Store& store, const Request&, const api::GetBucketPolicyRequest& input) {
    const std::lock_guard lock(store.state->mutex);
    const auto& bucket = bucket_of(*store.state, input.bucket);
    if (bucket.policy.empty())
        throw aws::AWSError("NoSuchBucketPolicy", 404, "The bucket policy does not exist")
            .with("BucketName", bucket.name);
    api::GetBucketPolicyOutput output;
    output.policy = bucket.policy;
    return output;
}

api::DeleteBucketPolicyOutput
delete_bucket_policy(Store& store, const Request&, const api::DeleteBucketPolicyRequest& input) {
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    bucket.policy.clear();
    store.state->bucket_changed(bucket);
    return {};
}

} // namespace diorama::s3
