// CopyObject and UploadPartCopy. A copy that need not look at the bytes shares the blob of its
// source. See operations.hpp.
#include "services/s3/control/operations.hpp"
#include "services/s3/control/shapes.hpp"
#include "services/s3/data/archive.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/copy_source.hpp"
#include "services/s3/data/customer_key.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/expected_body.hpp"
#include "services/s3/data/intake.hpp"
#include "services/s3/data/managed_key.hpp"
#include "services/s3/data/object_events.hpp"
#include "services/s3/data/object_headers.hpp"
#include "services/s3/data/object_lock.hpp"
#include "services/s3/data/objects.hpp"
#include "services/s3/data/preconditions.hpp"
#include "services/s3/data/range.hpp"
#include "services/s3/data/versions.hpp"
#include "services/s3/limits.hpp"

namespace diorama::s3 {

namespace {

CopySource source_of(const Request& request) {
    const auto header = request.header("x-amz-copy-source");
    auto source = parse_copy_source(header);
    if (!source)
        throw invalid_argument(
            "Invalid copy source object key",
            "x-amz-copy-source",
            "x-amz-copy-source"
        );
    return *source;
}

template <class Input>
void check_source(const Input& input, const Object& source) {
    Preconditions conditions;
    conditions.if_match = input.copy_source_if_match;
    conditions.if_none_match = input.copy_source_if_none_match;
    conditions.if_modified_since = input.copy_source_if_modified_since;
    conditions.if_unmodified_since = input.copy_source_if_unmodified_since;
    switch (evaluate(conditions, source.e_tag, source.last_modified)) {
    case PreconditionVerdict::holds:
        return;
    case PreconditionVerdict::match_failed:
        throw precondition_failed("x-amz-copy-source-If-Match");
    case PreconditionVerdict::unmodified_failed:
        throw precondition_failed("x-amz-copy-source-If-Unmodified-Since");
    case PreconditionVerdict::none_match_failed:
        throw precondition_failed("x-amz-copy-source-If-None-Match");
    case PreconditionVerdict::modified_failed:
        throw precondition_failed("x-amz-copy-source-If-Modified-Since");
    }
}

struct FoundSource {
    ObjectRef object;
    std::optional<std::string> version_id; // as it is shown
    std::string customer_key;              // raw
};

FoundSource find_source(Store& store, const Request& request, const CopySource& source) {
    std::optional<std::string> version_id;
    if (!source.version_id.empty())
        version_id = read_version_id(source.version_id, "x-amz-copy-source");
    const auto key = read_source_customer_key(request);
    FoundSource found;
    {
        const std::lock_guard lock(store.state->mutex);
        const auto& bucket = bucket_of(*store.state, source.bucket);
        found.object = version_id ? find_version(bucket, source.key, *version_id)
                                  : find_object(bucket, source.key);
        if (found.object == nullptr) {
            if (version_id) throw no_such_version(source.key, source.version_id);
            throw no_such_key(source.key);
        }
        if (bucket.versioning != Versioning::never)
            found.version_id = shown_version_id(*found.object);
    }
    if (found.object->is_delete_marker)
        throw invalid_request("The source of a copy request may not specifically refer to a delete "
                              "marker by version id.");
    check_customer_key(*found.object, key);
    check_readable(*found.object, request.call.now);
    if (key) found.customer_key = key->key;
    return found;
}

void check_changes_something(const Request& request, const api::CopyObjectRequest& input) {
    if (input.metadata_directive == api::MetadataDirective::REPLACE) return;
    for (const auto header : {
             "x-amz-storage-class",
             "x-amz-website-redirect-location",
             "x-amz-server-side-encryption",
             "x-amz-server-side-encryption-customer-algorithm",
         }) {
        if (request.headers().contains(header)) return;
    }
    throw invalid_request(
        "This copy request is illegal because it is trying to copy an object to itself without "
        "changing the object's metadata, storage class, website redirect location or encryption "
        "attributes."
    );
}

// AWS: metadata is copied or replaced as a whole; storage class, redirect, key and access control
// list never come from the source.
ObjectHeaders
headers_of_copy(const Request& request, const api::CopyObjectRequest& input, const Object& source) {
    auto given = read_object_headers(request);
    auto headers =
        input.metadata_directive == api::MetadataDirective::REPLACE ? given : *source.headers;
    headers.storage_class = given.storage_class;
    headers.acl = given.acl;
    headers.managed_key = given.managed_key;
    headers.website_redirect_location = given.website_redirect_location;
    headers.tags = input.tagging_directive == api::TaggingDirective::REPLACE ? given.tags
                                                                             : source.headers->tags;
    return headers;
}

std::string arn_of(const ObjectHeaders& headers) {
    return headers.managed_key ? headers.managed_key->arn : std::string();
}

// The bytes of a copy: the source's own part when its entity tag and checksum are the copy's too,
// else written anew.
Part part_of_copy(
    Store& store,
    const Object& source,
    ByteRange range,
    std::optional<ChecksumAlgorithm> algorithm,
    const CopyKeys& keys
) {
    const bool is_whole = range.offset == 0 && range.length == source.size;
    const bool can_share = is_whole && !source.is_multipart && source.checksum &&
                           keys.source.empty() && keys.target.empty() &&
                           keys.managed == arn_of(*source.headers) &&
                           (!algorithm || source.checksum->algorithm == *algorithm);
    if (can_share) return source.parts.front();
    auto body = rewrite(
        source.parts,
        range,
        algorithm.value_or(
            source.checksum ? source.checksum->algorithm : ChecksumAlgorithm::crc64nvme
        ),
        keys,
        *store.blobs
    );
    Part part;
    part.number = 1;
    part.e_tag = aws::hex(body.e_tag);
    part.nonce = body.nonce;
    part.checksum = body.checksum;
    part.size = body.blob->size();
    part.blob = std::move(body.blob);
    return part;
}

CopyKeys keys_of_copy(
    const Request& request,
    const FoundSource& source,
    const std::optional<GivenKey>& target,
    const ObjectHeaders& headers
) {
    CopyKeys keys;
    keys.source = source.customer_key;
    keys.managed = arn_of(headers);
    if (target) {
        keys.target = target->key;
        keys.nonce = new_nonce(request.call.random);
    }
    return keys;
}

template <class Output>
void say_encryption(
    Output& output,
    const std::optional<GivenKey>& key,
    const std::optional<ManagedKey>& managed
) {
    if (!key) return say_managed_key(output, managed);
    output.sse_customer_algorithm = "AES256";
    output.sse_customer_key_md5 = key->md5;
}

ByteRange range_of_copy(const std::optional<std::string>& text, const Object& source) {
    constexpr std::string_view name = "x-amz-copy-source-range";
    if (!text) return {0, source.size};
    const auto range = parse_copy_range(*text);
    if (!range)
        throw invalid_argument(
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first "
            "and last are the zero-based offsets of the first and last bytes to copy",
            name,
            *text
        );
    if (range->first >= source.size)
        throw invalid_request("The specified copy range is invalid for the source object size");
    if (range->last >= source.size)
        throw invalid_argument(
            fmt::format("Range specified is not valid for source object of size: {}", source.size),
            name,
            *text
        );
    return {range->first, range->last - range->first + 1};
}

} // namespace

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
api::CopyObjectOutput
copy_object(Store& store, const Request& request, const api::CopyObjectRequest& input) {
    const auto source_name = source_of(request);
    check_key(input.key);
    const auto conditions = read_write_conditions(request);
    std::optional<ChecksumAlgorithm> algorithm;
    if (input.checksum_algorithm) {
        algorithm = parse_checksum_algorithm(to_string(*input.checksum_algorithm));
        if (!algorithm) throw unsupported_checksum_algorithm();
    }
    const auto found = find_source(store, request, source_name);
    const auto& source = found.object;
    check_source(input, *source);
    // An older version may become the current one again.
    if (source_name.bucket == input.bucket && source_name.key == input.key &&
        source_name.version_id.empty())
        check_changes_something(request, input);
    if (source->size > limits::upload_bytes_max)
        throw invalid_request("The specified copy source is larger than the maximum allowable size "
                              "for a copy source: 5368709120");

    auto object = std::make_shared<Object>();
    object->key = input.key;
    object->headers = headers_of_copy(request, input, *source);
    object->last_modified = std::chrono::floor<std::chrono::seconds>(request.call.now);
    object->lock = read_object_lock(request);
    const auto customer_key = read_customer_key(request);
    const auto keys = keys_of_copy(request, found, customer_key, *object->headers);
    if (customer_key) object->customer_key = remember(*customer_key, request.call.random);
    object->parts.push_back(part_of_copy(store, *source, {0, source->size}, algorithm, keys));
    auto& part = object->parts.front();
    part.last_modified = object->last_modified;
    object->e_tag = part.e_tag;
    object->size = part.size;
    object->checksum = part.checksum;
    ObjectRef replaced; // its bytes go after the lock
    {
        const std::lock_guard lock(store.state->mutex);
        auto& bucket = bucket_of(*store.state, input.bucket);
        check_lock_possible(bucket, object->lock);
        check_write(conditions, find_object(bucket, input.key), input.key);
        replaced = add_version(*store.state, bucket, object, request.call.random);
        tell_created(request, bucket, *object, "Copy");
    }
    api::CopyObjectOutput output;
    say_encryption(output, customer_key, object->headers->managed_key);
    output.copy_source_version_id = found.version_id;
    if (!object->version_id.empty()) output.version_id = object->version_id;
    auto& result = output.copy_object_result.emplace();
    result.e_tag = s3::quoted(object->e_tag);
    result.last_modified = object->last_modified;
    checksum_member(result, object->checksum->algorithm) = object->checksum->value;
    result.checksum_type = shape_of(object->checksum->type);
    return output;
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
api::UploadPartCopyOutput
upload_part_copy(Store& store, const Request& request, const api::UploadPartCopyRequest& input) {
    if (input.part_number < 1 || input.part_number > limits::part_number_max)
        throw invalid_part_number(std::to_string(input.part_number));
    const UploadKey upload_key(input.key, input.upload_id);
    const auto customer_key = read_customer_key(request);
    std::optional<ChecksumAlgorithm> algorithm;
    ObjectHeaders upload_headers;
    {
        const std::lock_guard lock(store.state->mutex);
        const auto& bucket = bucket_of(*store.state, input.bucket);
        const auto found = bucket.uploads.find(upload_key);
        if (found == bucket.uploads.end()) throw no_such_upload(input.upload_id);
        check_part_key(found->second, customer_key);
        algorithm = found->second.checksum_algorithm;
        upload_headers = found->second.headers;
    }
    const auto source_found = find_source(store, request, source_of(request));
    const auto& source = source_found.object;
    check_source(input, *source);
    const auto part = std::make_shared<Part>(part_of_copy(
        store,
        *source,
        range_of_copy(input.copy_source_range, *source),
        algorithm.value_or(ChecksumAlgorithm::crc64nvme),
        keys_of_copy(request, source_found, customer_key, upload_headers)
    ));
    part->number = input.part_number;
    part->last_modified = std::chrono::floor<std::chrono::seconds>(request.call.now);
    {
        const std::lock_guard lock(store.state->mutex);
        auto& bucket = bucket_of(*store.state, input.bucket);
        const auto found = bucket.uploads.find(upload_key);
        if (found == bucket.uploads.end()) throw no_such_upload(input.upload_id);
        store.state->put_part(bucket, found->second, part);
    }
    api::UploadPartCopyOutput output;
    say_encryption(output, customer_key, upload_headers.managed_key);
    output.copy_source_version_id = source_found.version_id;
    auto& result = output.copy_part_result.emplace();
    result.e_tag = s3::quoted(part->e_tag);
    result.last_modified = part->last_modified;
    if (algorithm) checksum_member(result, *algorithm) = part->checksum->value;
    return output;
}

} // namespace diorama::s3
