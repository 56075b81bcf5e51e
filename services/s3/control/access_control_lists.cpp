// Access control lists of buckets and objects. What they decide stands in data/access.cpp. See
// bucket_operations.hpp.
#include "services/s3/control/bucket_operations.hpp"
#include "services/s3/control/shapes.hpp"
#include "services/s3/data/authorize.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/object_events.hpp"
#include "services/s3/data/requested_list.hpp"
#include "services/s3/data/versions.hpp"

namespace diorama::s3 {

namespace {

aws::AWSError malformed_list() {
    return aws::AWSError(
        "MalformedACLError",
        400,
        "The XML you provided was not well-formed or did not validate against our published schema"
    );
}

Grant grant_of(const api::Grant& given) {
    if (!given.grantee || !given.permission) throw malformed_list();
    const auto& grantee = *given.grantee;
    Grant grant;
    grant.permission = *parse_permission(to_string(*given.permission));
    switch (grantee.type) {
    case api::Type::Group:
        if (!grantee.uri) throw malformed_list();
        grant.grantee = *grantee.uri;
        check_grantee("uri", grant.grantee);
        break;
    case api::Type::AmazonCustomerByEmail:
        if (!grantee.email_address) throw malformed_list();
        check_grantee("emailAddress", *grantee.email_address);
        break;
    case api::Type::CanonicalUser:
        if (!grantee.id) throw malformed_list();
        // AWS: "CanonicalUser/ID".
        if (!is_canonical_user(*grantee.id))
            throw invalid_argument("Invalid id", "CanonicalUser/ID", *grantee.id);
        grant.grantee = *grantee.id;
        break;
    }
    return grant;
}

// The list of the document, of the headers, or both missing.
template <class Input>
AccessControlList list_of(const Request& request, const Input& input, const Owners& owners) {
    http::Headers headers;
    if (request.exchange != nullptr) headers = request.headers();
    if (request.exchange == nullptr && input.acl)
        headers.add("x-amz-acl", std::string(to_string(*input.acl)));
    auto list = requested_list(headers, owners);
    const auto& document = input.access_control_policy;
    if (list && document)
        throw aws::AWSError("UnexpectedContent", 400, "This request does not support content");
    if (list) return *list;
    if (!document)
        throw aws::AWSError(
            "MissingSecurityHeader",
            400,
            "Your request was missing a required header"
        )
            .with("MissingHeaderName", "x-amz-acl");
    if (!document->owner || !document->owner->id) throw malformed_list();
    // AWS: the owner of a bucket or an object cannot be changed by its list.
    if (*document->owner->id != owners.owner) throw access_denied();
    AccessControlList given{owners.owner, {}};
    for (const auto& grant : document->grants)
        given.grants.push_back(grant_of(grant));
    return given;
}

void check_list(const State& state, const Bucket& bucket, const AccessControlList& list) {
    if (is_public(list) && block_of(state, bucket).block_public_acls) throw access_denied();
}

AccessControlList private_list(const std::string& owner) {
    return *canned("private", {owner, owner});
}

// AWS: with "bucket owner enforced" lists are taken only if they say that the bucket's owner has
// full control, by that canned name or in so many words; "private" is refused.
template <class Input>
void check_without_lists(
    const Input& input,
    const AccessControlList& list,
    const std::string& owner
) {
    const bool is_taken = input.acl ? to_string(*input.acl) == "bucket-owner-full-control"
                                    : list.grants == private_list(owner).grants;
    if (!is_taken) throw lists_not_supported();
}

template <class Output>
Output written(const AccessControlList& list) {
    Output output;
    output.owner.emplace().id = list.owner;
    for (const auto& grant : list.grants) {
        auto& shape = output.grants.emplace_back();
        auto& grantee = shape.grantee.emplace();
        grantee.type = grant.is_to_group() ? api::Type::Group : api::Type::CanonicalUser;
        (grant.is_to_group() ? grantee.uri : grantee.id) = grant.grantee;
        shape.permission = api::parse_permission(name_of(grant.permission));
    }
    return output;
}

// The version whose list a request is about; with the lock held.
template <class Input>
ObjectRef listed_object(const Request& request, const Bucket& bucket, const Input& input) {
    std::optional<std::string> version_id;
    if (input.version_id) version_id = read_version_id(*input.version_id);
    return readable_version(request, bucket, input.key, version_id);
}

} // namespace

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html
api::PutBucketAclOutput
put_bucket_acl(Store& store, const Request& request, const api::PutBucketAclRequest& input) {
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    const auto owner = canonical_user_id(bucket.account);
    auto list = list_of(request, input, {owner, owner});
    if (!bucket.settings.has_lists()) {
        check_without_lists(input, list, owner);
        return {};
    }
    check_list(*store.state, bucket, list);
    bucket.settings.acl = std::make_shared<const AccessControlList>(std::move(list));
    store.state->bucket_changed(bucket);
    return {};
}

api::GetBucketAclOutput
get_bucket_acl(Store& store, const Request&, const api::GetBucketAclRequest& input) {
    const std::lock_guard lock(store.state->mutex);
    const auto& bucket = bucket_of(*store.state, input.bucket);
    const auto& list = bucket.settings.acl;
    if (list == nullptr || !bucket.settings.has_lists())
        return written<api::GetBucketAclOutput>(private_list(canonical_user_id(bucket.account)));
    return written<api::GetBucketAclOutput>(*list);
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectAcl.html
api::PutObjectAclOutput
put_object_acl(Store& store, const Request& request, const api::PutObjectAclRequest& input) {
    ObjectRef object; // what is replaced goes after the lock
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    object = listed_object(request, bucket, input);
    const auto bucket_owner = canonical_user_id(bucket.account);
    const auto& old = object->headers->acl;
    const auto owner = old != nullptr && bucket.settings.has_lists() ? old->owner : bucket_owner;
    auto list = list_of(request, input, {owner, bucket_owner});
    if (!bucket.settings.has_lists()) {
        check_without_lists(input, list, bucket_owner);
        return {};
    }
    check_list(*store.state, bucket, list);
    auto changed = std::make_shared<Object>(*object);
    changed->headers.edit().acl = std::make_shared<const AccessControlList>(std::move(list));
    store.state->change_version(bucket, std::move(changed));
    tell_changed(request, *object, "ObjectAcl:Put");
    return {};
}

api::GetObjectAclOutput
get_object_acl(Store& store, const Request& request, const api::GetObjectAclRequest& input) {
    const std::lock_guard lock(store.state->mutex);
    const auto& bucket = bucket_of(*store.state, input.bucket);
    const auto list = listed_object(request, bucket, input)->headers->acl;
    if (list == nullptr || !bucket.settings.has_lists())
        return written<api::GetObjectAclOutput>(private_list(canonical_user_id(bucket.account)));
    return written<api::GetObjectAclOutput>(*list);
}

} // namespace diorama::s3
