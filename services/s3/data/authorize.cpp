// See authorize.hpp.
#include "services/s3/data/authorize.hpp"

#include "services/s3/data/actions.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/copy_source.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/managed_key.hpp"
#include "services/s3/data/object_lock.hpp"
#include "services/s3/data/policy_context.hpp"
#include "services/s3/data/requested_list.hpp"

#include <algorithm>
#include <array>

namespace diorama::s3 {

namespace {

// One thing asked of one bucket, with all that is known about it.
struct Asked {
    const State& state;
    const Bucket& bucket;
    const Request& request;
    std::string key;
    ObjectRef object; // that is there
};

Guarded guarded(const Asked& asked) {
    return {
        asked.bucket.account,
        asked.bucket.settings,
        asked.state.account_block(asked.bucket.account),
        asked.object == nullptr ? nullptr : asked.object->headers->acl.get()
    };
}

// The owner of a bucket that nobody has restricted: most requests, so nothing is looked up.
bool is_plain_owner(const Asked& asked) {
    const auto& caller = asked.request.caller;
    const auto& settings = asked.bucket.settings;
    return caller.service.empty() && !caller.access_key.empty() &&
           caller.account == asked.bucket.account && settings.policy == nullptr &&
           !settings.has_lists();
}

Access ask(const Asked& asked, const NeededAction& needed, std::string_view action) {
    if (is_plain_owner(asked)) return Access::allowed;
    AccessQuestion question;
    question.request.principal = principal_of(asked.request);
    question.request.action = action;
    question.request.resource = bucket_arn(asked.bucket.name);
    if (needed.is_on_object) question.request.resource += "/" + asked.key;
    question.request.context = context_of(asked.request, asked.bucket, asked.object.get());
    question.of_object = needed.of_object;
    question.of_bucket = needed.of_bucket;
    return decide(guarded(asked), question);
}

bool may(const Asked& asked, std::string_view operation) {
    const auto& needed = *find_needed_action(operation);
    return ask(asked, needed, needed.action) == Access::allowed;
}

// AWS: within an account the sentence says what was refused, and why.
aws::AWSError denial_of(const Asked& asked, const NeededAction& needed, std::string_view action) {
    const auto principal = principal_of(asked.request);
    if (principal.account != asked.bucket.account) return access_denied();
    auto resource = bucket_arn(asked.bucket.name);
    if (needed.is_on_object) resource += "/" + asked.key;
    return aws::AWSError(
        "AccessDenied",
        403,
        fmt::format(
            "User: {} is not authorized to perform: {} on resource: \"{}\" with an explicit deny "
            "in a resource-based policy",
            principal.arn,
            action,
            resource
        )
    );
}

// AWS: "By default, the bucket owner and the initiator of the multipart upload are allowed to
// perform" AbortMultipartUpload, and to list the parts of the upload.
bool is_initiator(const Asked& asked, const NeededAction& needed) {
    if (needed.action != "s3:AbortMultipartUpload" &&
        needed.action != "s3:ListMultipartUploadParts")
        return false;
    const auto* id = find_parameter(asked.request.query, "uploadId");
    if (id == nullptr || asked.request.caller.access_key.empty()) return false;
    const auto upload = asked.bucket.uploads.find({asked.key, *id});
    return upload != asked.bucket.uploads.end() &&
           upload->second.initiator == writer_of(asked.request);
}

std::optional<aws::AWSError>
find_denial(const Asked& asked, const NeededAction& needed, std::string_view action) {
    const auto access = ask(asked, needed, action);
    if (access == Access::allowed) return std::nullopt;
    if (access == Access::denied && is_initiator(asked, needed)) return std::nullopt;
    return denial_of(asked, needed, action);
}

// The version with this id as clients write it, or the current one.
ObjectRef object_of(const Bucket& bucket, const std::string& key, const std::string& version_id) {
    if (version_id.empty()) return find_object(bucket, key);
    return find_version(bucket, key, version_id == "null" ? std::string() : version_id);
}

bool is_write(std::string_view operation) {
    constexpr std::array<std::string_view, 4>
        writes{"PutObject", "PostObject", "CopyObject", "CreateMultipartUpload"};
    return std::find(writes.begin(), writes.end(), operation) != writes.end();
}

// AWS: "you must have the s3:BypassGovernanceRetention permission" to ask for it.
bool wants_bypass(const Request& request, std::string_view operation) {
    if (operation != "DeleteObject" && operation != "PutObjectRetention") return false;
    return request.exchange != nullptr && bypasses_governance(request);
}

bool has_list_headers(const Request& request) {
    for (const auto& [name, value] : request.headers()) {
        const auto lower = http::lower_case(name);
        if (lower == "x-amz-acl" || lower.starts_with("x-amz-grant-")) return true;
    }
    return false;
}

// AWS: "bucket owner enforced" takes only lists that say that the bucket's owner has full control.
bool is_owner_full_control(
    const Request& request,
    const AccessControlList& list,
    const Owners& own
) {
    if (request.headers().contains("x-amz-acl"))
        return request.headers().get("x-amz-acl") == "bucket-owner-full-control";
    return list.grants == std::vector<Grant>{{own.bucket_owner, Permission::full_control}};
}

// The list of the object that is about to be written; nothing: the bucket owner's and private.
AccessControlListRef list_of_new_object(const Asked& asked) {
    const auto& settings = asked.bucket.settings;
    const Owners owners{writer_of(asked.request), canonical_user_id(asked.bucket.account)};
    const auto wanted = requested_list(asked.request.headers(), owners);
    if (!settings.has_lists()) {
        if (wanted && !is_owner_full_control(asked.request, *wanted, owners))
            throw lists_not_supported();
        return nullptr;
    }
    if (!wanted) {
        if (owners.owner == owners.bucket_owner) return nullptr;
        return std::make_shared<const AccessControlList>(*canned("private", owners));
    }
    if (is_public(*wanted) && block_of(asked.state, asked.bucket).block_public_acls)
        throw access_denied();
    // AWS: If you use Bucket owner preferred and the bucket-owner-full-control canned ACL, you
    // own all new objects.
    if (settings.ownership == ObjectOwnership::bucket_owner_preferred &&
        asked.request.headers().get("x-amz-acl") == "bucket-owner-full-control")
        return nullptr;
    return std::make_shared<const AccessControlList>(*wanted);
}

void check_write(const Asked& asked) {
    asked.request.object_list = list_of_new_object(asked);
    asked.request.managed_key = managed_key_of(asked.request, asked.bucket);
    constexpr NeededAction acl{"", "s3:PutObjectAcl", {}, true, {}, Permission::write};
    constexpr NeededAction tags{"", "s3:PutObjectTagging", {}, true, {}, Permission::write};
    if (has_list_headers(asked.request)) {
        if (auto denial = find_denial(asked, acl, acl.action)) throw std::move(*denial);
    }
    if (asked.request.headers().contains("x-amz-tagging")) {
        if (auto denial = find_denial(asked, tags, tags.action)) throw std::move(*denial);
    }
}

void check_copy_source(State& state, const Request& request) {
    const auto source = parse_copy_source(request.header("x-amz-copy-source"));
    if (!source) return; // the operation says so
    const auto* bucket = state.find_bucket(source->bucket);
    if (bucket == nullptr) return;
    if (auto denial =
            find_denial(state, *bucket, request, "GetObject", source->key, source->version_id))
        throw std::move(*denial);
}

// Operations of which no bucket's policy speaks.
void check_signed(const Request& request, std::string_view operation) {
    if (operation != "ListBuckets" && operation != "CreateBucket") return;
    if (request.caller.access_key.empty()) throw access_denied();
}

// AWS: If you have PutBucketPolicy permissions but you're not using an identity that belongs to
// the bucket owner's account, Amazon S3 returns a 405 Method Not Allowed error.
void check_policy_owner(const Request& request, const Bucket& bucket, std::string_view operation) {
    if (!operation.ends_with("BucketPolicy") || request.caller.account == bucket.account) return;
    throw aws::AWSError(
        "MethodNotAllowed",
        405,
        "The specified method is not allowed against this resource."
    )
        .with("Method", request.head().method)
        .with("ResourceType", "BUCKETPOLICY");
}

// AWS: "Anonymous access […] is not allowed" where the requester pays, and others say that they
// know.
void check_payer(const Request& request, const Bucket& bucket) {
    const auto* payment = bucket.settings.document("requestPayment");
    if (payment == nullptr || payment->find("Requester") == std::string::npos) return;
    if (!request.caller.access_key.empty() && request.caller.account == bucket.account) return;
    const auto* parameter = find_parameter(request.query, "x-amz-request-payer");
    const auto said = parameter != nullptr ? *parameter : request.header("x-amz-request-payer");
    if (request.caller.access_key.empty() || said != "requester") throw access_denied();
}

} // namespace

std::string bucket_arn(std::string_view bucket) {
    return "arn:aws:s3:::" + std::string(bucket);
}

std::string writer_of(const Request& request) {
    return request.caller.access_key.empty() ? std::string(anonymous_user)
                                             : canonical_user_id(request.caller.account);
}

aws::AWSError access_denied() {
    return aws::AWSError("AccessDenied", 403, "Access Denied");
}

aws::AWSError lists_not_supported() {
    return aws::AWSError("AccessControlListNotSupported", 400, "The bucket does not allow ACLs");
}

bool has_versioning(const Bucket& bucket) {
    return bucket.versioning == Versioning::enabled;
}

PublicAccessBlock block_of(const State& state, const Bucket& bucket) {
    return combined(bucket.settings.public_access_block, state.account_block(bucket.account));
}

bool may_write(
    const State& state,
    const Bucket& bucket,
    const std::string& key,
    const std::string& service,
    const Bucket& on_behalf_of
) {
    AccessQuestion question;
    question.request.principal.service = service;
    question.request.action = "s3:PutObject";
    question.request.resource = bucket_arn(bucket.name) + "/" + key;
    question.request.context = {
        {"aws:sourcearn", {bucket_arn(on_behalf_of.name)}},
        {"aws:sourceaccount", {on_behalf_of.account}},
        {"aws:securetransport", {"true"}},
    };
    const Guarded what{bucket.account, bucket.settings, state.account_block(bucket.account)};
    if (decide(what, question) == Access::allowed) return true;
    const auto& list = bucket.settings.acl;
    return bucket.settings.has_lists() && list != nullptr &&
           std::any_of(list->grants.begin(), list->grants.end(), [](const Grant& grant) {
               return grant.grantee == groups::log_delivery &&
                      (grant.permission == Permission::write ||
                       grant.permission == Permission::full_control);
           });
}

std::optional<aws::AWSError> find_denial(
    const State& state,
    const Bucket& bucket,
    const Request& request,
    std::string_view operation,
    const std::string& key,
    const std::string& version_id
) {
    const auto* needed = find_needed_action(operation);
    if (needed == nullptr) return std::nullopt;
    const Asked asked{
        state,
        bucket,
        request,
        key,
        needed->is_on_object ? object_of(bucket, key, version_id) : nullptr
    };
    const bool is_of_version = !version_id.empty() && !needed->version_action.empty();
    const auto action = is_of_version ? needed->version_action : needed->action;
    // AWS: "If the object you request doesn't exist, the error that Amazon S3 returns depends on
    // whether you also have the s3:ListBucket permission": 404 with it, 403 without.
    const bool is_read = operation == "GetObject" || operation == "HeadObject";
    if (is_read && !is_of_version && asked.object == nullptr) {
        if (ask(asked, *needed, action) == Access::explicitly_denied)
            return denial_of(asked, *needed, action);
        if (may(asked, "ListObjects")) return std::nullopt;
        return access_denied();
    }
    if (auto denial = find_denial(asked, *needed, action)) return denial;
    if (wants_bypass(request, operation)) {
        constexpr NeededAction bypass{"", "s3:BypassGovernanceRetention", {}, true};
        if (auto denial = find_denial(asked, bypass, bypass.action)) return denial;
    }
    return std::nullopt;
}

void authorize(Store& store, const Request& request, std::string_view operation) {
    check_signed(request, operation);
    const std::lock_guard lock(store.state->mutex);
    const auto* bucket = store.state->find_bucket(request.target.bucket);
    if (bucket == nullptr || operation == "CreateBucket") return;
    const auto* version_id = find_parameter(request.query, "versionId");
    if (auto denial = find_denial(
            *store.state,
            *bucket,
            request,
            operation,
            request.target.key,
            version_id == nullptr ? std::string() : *version_id
        ))
        throw std::move(*denial);
    check_policy_owner(request, *bucket, operation);
    check_payer(request, *bucket);
    if (is_write(operation))
        check_write({*store.state, *bucket, request, request.target.key, nullptr});
    if (operation == "CopyObject" || operation == "UploadPartCopy")
        check_copy_source(*store.state, request);
}

} // namespace diorama::s3
