// Policies of buckets. What they decide stands in data/access.cpp. See bucket_operations.hpp.
#include "services/s3/control/bucket_operations.hpp"
#include "services/s3/control/operations.hpp"
#include "services/s3/data/authorize.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/limits.hpp"

#include <algorithm>

namespace diorama::s3 {

namespace {

using aws::policy::Document;
using aws::policy::Statement;

aws::AWSError malformed_policy(std::string sentence) {
    return aws::AWSError("MalformedPolicy", 400, std::move(sentence));
}

bool is_account(std::string_view text) {
    return text.size() == 12 && text.find_first_not_of("0123456789") == text.npos;
}

// AWS: a principal is an account, an ARN of IAM or STS, a service, a canonical user or "*".
void check_principals(const aws::policy::Principals& principals) {
    for (const auto& name : principals.aws) {
        const bool is_arn = name.starts_with("arn:aws:iam::") || name.starts_with("arn:aws:sts::");
        // AWS: "You cannot use a wildcard to match part of a principal name or ARN."
        if ((!is_account(name) && !is_arn) || name.find('*') != name.npos)
            throw malformed_policy("Invalid principal in policy").with("Detail", name);
    }
    for (const auto& name : principals.canonical_users) {
        if (!is_canonical_user(name))
            throw malformed_policy("Invalid principal in policy").with("Detail", name);
    }
}

// AWS refuses a statement that allows everybody but those named.
void check_no_exception(const Statement& statement) {
    if (statement.principals->is_negated && statement.allows)
        throw malformed_policy("Allow with NotPrincipal is not allowed");
}

void check_actions(const Statement& statement) {
    for (const auto& action : statement.actions.values) {
        if (action != "*" && !action.starts_with("s3:") && !action.starts_with("S3:"))
            throw malformed_policy("Policy has invalid action").with("Detail", action);
    }
}

// AWS: a bucket's policy speaks of that bucket and its objects only.
void check_resources(const Statement& statement, const std::string& bucket) {
    const auto arn = bucket_arn(bucket);
    for (const auto& resource : statement.resources.values) {
        const bool is_own = resource == arn || resource.starts_with(arn + "/");
        const auto wildcard = std::min(resource.find_first_of("*?"), resource.size());
        const bool may_be_own =
            wildcard < resource.size() &&
            std::string_view(arn + "/").starts_with(resource.substr(0, wildcard));
        if (!is_own && !may_be_own)
            throw malformed_policy("Policy has invalid resource").with("Detail", resource);
    }
}

Document document_of(const std::string& text, const std::string& bucket) {
    if (text.size() > limits::policy_bytes_max)
        throw aws::AWSError(
            "PolicyTooLarge",
            400,
            "Policy exceeds the maximum allowed document size."
        );
    auto parsed = aws::policy::parse_document(text, true);
    if (parsed.error) throw malformed_policy(std::move(*parsed.error));
    for (const auto& statement : parsed.document.statements) {
        check_principals(*statement.principals);
        check_no_exception(statement);
        check_actions(statement);
        check_resources(statement, bucket);
    }
    return std::move(parsed.document);
}

aws::AWSError no_such_policy(const Bucket& bucket) {
    return aws::AWSError("NoSuchBucketPolicy", 404, "The bucket policy does not exist")
        .with("BucketName", bucket.name);
}

} // namespace

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
api::PutBucketPolicyOutput
put_bucket_policy(Store& store, const Request& request, const api::PutBucketPolicyRequest& input) {
    auto document = document_of(input.policy, input.bucket);
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    // AWS: BlockPublicPolicy "causes Amazon S3 to reject calls to PUT Bucket policy if the
    // specified bucket policy allows public access".
    if (is_public(document) && block_of(*store.state, bucket).block_public_policy)
        throw aws::AWSError(
            "AccessDenied",
            403,
            fmt::format(
                "User: arn:aws:iam::{}:root is not authorized to perform: s3:PutBucketPolicy on "
                "resource: \"{}\" because public policies are prevented by the BlockPublicPolicy "
                "setting in S3 Block Public Access.",
                request.call.account,
                bucket_arn(bucket.name)
            )
        );
    bucket.policy = input.policy;
    bucket.settings.policy = std::make_shared<const Document>(std::move(document));
    store.state->bucket_changed(bucket);
    return {};
}

api::GetBucketPolicyOutput
get_bucket_policy(Store& store, const Request&, const api::GetBucketPolicyRequest& input) {
    const std::lock_guard lock(store.state->mutex);
    const auto& bucket = bucket_of(*store.state, input.bucket);
    if (bucket.policy.empty()) throw no_such_policy(bucket);
    api::GetBucketPolicyOutput output;
    output.policy = bucket.policy;
    return output;
}

api::DeleteBucketPolicyOutput
delete_bucket_policy(Store& store, const Request&, const api::DeleteBucketPolicyRequest& input) {
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    bucket.policy.clear();
    bucket.settings.policy = nullptr;
    store.state->bucket_changed(bucket);
    return {};
}

api::GetBucketPolicyStatusOutput get_bucket_policy_status(
    Store& store,
    const Request&,
    const api::GetBucketPolicyStatusRequest& input
) {
    const std::lock_guard lock(store.state->mutex);
    const auto& bucket = bucket_of(*store.state, input.bucket);
    if (bucket.settings.policy == nullptr) throw no_such_policy(bucket);
    api::GetBucketPolicyStatusOutput output;
    output.policy_status.emplace().is_public = is_public(*bucket.settings.policy);
    return output;
}

} // namespace diorama::s3
