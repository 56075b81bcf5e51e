// See access.hpp.
#include "services/s3/data/access.hpp"

#include "emulator/http/message.hpp"

#include <algorithm>
#include <array>

namespace diorama::s3 {

namespace {

using aws::policy::Condition;
using aws::policy::Statement;
using aws::policy::Verdict;

bool is_own_policy_action(std::string_view action) {
    return action == "s3:GetBucketPolicy" || action == "s3:PutBucketPolicy" ||
           action == "s3:DeleteBucketPolicy";
}

// AWS: the keys whose fixed values make a statement for everybody not public.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
bool is_narrowing_key(const std::string& key) {
    constexpr std::array<std::string_view, 15> keys{
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalarn",
        "aws:principalaccount",
        "aws:sourcearn",
        "aws:sourceaccount",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "s3:dataaccesspointarn",
        "s3:dataaccesspointaccount",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "aws:sourceip",
        "aws:sourceorgid",
    };
    return std::find(keys.begin(), keys.end(), http::lower_case(key)) != keys.end();
}

// A range of addresses is fixed unless it is nearly everybody.
bool is_broad_range(const std::string& range) {
    const auto slash = range.find('/');
    if (slash == std::string::npos) return false;
    const bool is_v6 = range.find(':') != std::string::npos;
    const auto bits = std::atoi(range.c_str() + slash + 1);
    return bits < (is_v6 ? 32 : 8);
}

// AWS: A fixed value is a value that doesn't contain a wildcard (*) or an IAM policy variable.
bool is_fixed(const Condition& condition) {
    if (condition.test.find("Not") != std::string::npos || condition.test == "Null") return false;
    if (condition.if_exists || !is_narrowing_key(condition.key)) return false;
    const auto key = http::lower_case(condition.key);
    return std::all_of(condition.values.begin(), condition.values.end(), [&](const auto& value) {
        if (condition.test == "IpAddress") return !is_broad_range(value);
        // An ARN of a given account or organization may have wildcards behind.
        const bool may_have_wildcards = key == "aws:sourcearn" || key == "aws:principalarn" ||
                                        key == "aws:principalorgpaths" || key == "aws:userid";
        const auto wildcard = value.find_first_of("*?$");
        return wildcard == std::string::npos || (may_have_wildcards && wildcard >= 12);
    });
}

bool is_public(const Statement& statement) {
    if (!statement.allows || !statement.principals) return false;
    const auto& principals = *statement.principals;
    if (!principals.is_everyone && !principals.is_negated) return false;
    return std::none_of(statement.conditions.begin(), statement.conditions.end(), is_fixed);
}

bool is_granted(
    const Guarded& guarded,
    const AccessQuestion& question,
    const PublicAccessBlock& block
) {
    // AWS: with "Bucket owner enforced" access control lists no longer affect permissions.
    if (!guarded.settings.has_lists()) return false;
    const auto& user = question.request.principal.canonical_user;
    const auto may = [&](const AccessControlList* list, std::optional<Permission> permission) {
        return list != nullptr && permission &&
               grants(*list, user, *permission, block.ignore_public_acls);
    };
    return may(guarded.object_list, question.of_object) ||
           may(guarded.settings.acl.get(), question.of_bucket);
}

} // namespace

bool is_public(const aws::policy::Document& policy) {
    return std::any_of(
        policy.statements.begin(),
        policy.statements.end(),
        [](const auto& statement) { return is_public(statement); }
    );
}

Access decide(const Guarded& guarded, const AccessQuestion& question) {
    const auto& principal = question.request.principal;
    const auto& policy = guarded.settings.policy;
    const bool is_owner = principal.account == guarded.account;
    // AWS: the root principal in the bucket owner's AWS account can perform the GetBucketPolicy,
    // PutBucketPolicy, and DeleteBucketPolicy API actions, even if their bucket policy explicitly
    // denies the root principal's access.
    if (is_owner && is_own_policy_action(question.request.action)) return Access::allowed;
    const auto verdict = policy == nullptr ? Verdict::none : evaluate(*policy, question.request);
    if (verdict == Verdict::denied) return Access::explicitly_denied;

    const auto block = combined(guarded.settings.public_access_block, guarded.account_block);
    // AWS: what somebody else wrote belongs to the writer, and the bucket's policy has no say in
    // it, unless the bucket's owner owns all that is in it.
    const bool is_others_object = guarded.settings.has_lists() && guarded.object_list != nullptr &&
                                  question.of_object &&
                                  guarded.object_list->owner != canonical_user_id(guarded.account);
    if (is_owner && !is_others_object) return Access::allowed;
    if (is_others_object && !principal.canonical_user.empty() &&
        guarded.object_list->owner == principal.canonical_user)
        return Access::allowed;
    if (verdict == Verdict::allowed && !is_others_object) {
        // AWS: RestrictPublicBuckets restricts access to a bucket with a public policy to only AWS
        // service principals and authorized users within the bucket owner's account.
        const bool is_let_in =
            !block.restrict_public_buckets || !principal.service.empty() || !is_public(*policy);
        if (is_let_in) return Access::allowed;
    }
    return is_granted(guarded, question, block) ? Access::allowed : Access::denied;
}

} // namespace diorama::s3
