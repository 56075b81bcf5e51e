// CopyObject and UploadPartCopy. A copy that need not look at the bytes shares the blob of its
// source. See operations.hpp.
#include "services/s3/control/operations.hpp"
#include "services/s3/control/shapes.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/copy_source.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/expected_body.hpp"
#include "services/s3/data/intake.hpp"
#include "services/s3/data/object_headers.hpp"
#include "services/s3/data/preconditions.hpp"
#include "services/s3/data/range.hpp"
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
    if (!source->version_id.empty() && source->version_id != "null")
        throw invalid_argument(
            "Invalid version id specified",
            "x-amz-copy-source",
            source->version_id
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

ObjectRef find_source(Store& store, const CopySource& source) {
    const std::lock_guard lock(store.state->mutex);
    auto object = find_object(bucket_of(*store.state, source.bucket), source.key);
    if (object == nullptr) throw no_such_key(source.key);
    return object;
}

void check_changes_something(const Request& request, const api::CopyObjectRequest& input) {
    if (input.metadata_directive == api::MetadataDirective::REPLACE) return;
    for (const auto header : {
             "x-amz-storage-class",
             "x-amz-website-redirect-location",
             "x-amz-server-side-encryption",
         }) {
        if (request.headers().contains(header)) return;
    }
    throw invalid_request(
        "This copy request is illegal because it is trying to copy an object to itself without "
        "changing the object's metadata, storage class, website redirect location or encryption "
        "attributes."
    );
}

// AWS: metadata is copied or replaced as a whole; storage class and redirect never come from the
// source.
ObjectHeaders
headers_of_copy(const Request& request, const api::CopyObjectRequest& input, const Object& source) {
    auto given = read_object_headers(request);
    auto headers =
        input.metadata_directive == api::MetadataDirective::REPLACE ? given : source.headers;
    headers.storage_class = given.storage_class;
    headers.website_redirect_location = given.website_redirect_location;
    headers.tags = input.tagging_directive == api::TaggingDirective::REPLACE ? given.tags
                                                                             : source.headers.tags;
    return headers;
}

// The bytes of a copy: the source's own part when its entity tag and checksum are the copy's too,
// else written anew.
Part part_of_copy(Store& store, const Object& source, std::optional<ChecksumAlgorithm> algorithm) {
    const bool can_share = !source.is_multipart && source.checksum &&
                           (!algorithm || source.checksum->algorithm == *algorithm);
    if (can_share) return source.parts.front();
    auto body = rewrite(
        source.parts,
        {0, source.size},
        algorithm.value_or(
            source.checksum ? source.checksum->algorithm : ChecksumAlgorithm::crc64nvme
        ),
        *store.blobs
    );
    Part part;
    part.number = 1;
    part.e_tag = aws::hex(body.md5);
    part.checksum = body.checksum;
    part.size = body.blob->size();
    part.blob = std::move(body.blob);
    return part;
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
    const auto conditions = read_write_conditions(request);
    std::optional<ChecksumAlgorithm> algorithm;
    if (input.checksum_algorithm) {
        algorithm = parse_checksum_algorithm(to_string(*input.checksum_algorithm));
        if (!algorithm) throw unsupported_checksum_algorithm();
    }
    const auto source = find_source(store, source_name);
    check_source(input, *source);
    if (source_name.bucket == input.bucket && source_name.key == input.key)
        check_changes_something(request, input);
    if (source->size > limits::upload_bytes_max)
        throw invalid_request("The specified copy source is larger than the maximum allowable size "
                              "for a copy source: 5368709120");

    auto object = std::make_shared<Object>();
    object->key = input.key;
    object->headers = headers_of_copy(request, input, *source);
    object->last_modified = std::chrono::floor<std::chrono::seconds>(request.call.now);
    object->parts.push_back(part_of_copy(store, *source, algorithm));
    auto& part = object->parts.front();
    part.last_modified = object->last_modified;
    object->e_tag = part.e_tag;
    object->size = part.size;
    object->checksum = part.checksum;
    ObjectRef replaced; // its bytes go after the lock
    {
        const std::lock_guard lock(store.state->mutex);
        auto& bucket = bucket_of(*store.state, input.bucket);
        replaced = find_object(bucket, input.key);
        check_write(conditions, replaced, input.key);
        store.state->put_object(bucket, object);
    }
    api::CopyObjectOutput output;
    output.server_side_encryption = api::ServerSideEncryption::AES256;
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
    std::optional<ChecksumAlgorithm> algorithm;
    {
        const std::lock_guard lock(store.state->mutex);
        const auto& bucket = bucket_of(*store.state, input.bucket);
        const auto found = bucket.uploads.find(upload_key);
        if (found == bucket.uploads.end()) throw no_such_upload(input.upload_id);
        algorithm = found->second.checksum_algorithm;
    }
    const auto source = find_source(store, source_of(request));
    check_source(input, *source);
    auto body = rewrite(
        source->parts,
        range_of_copy(input.copy_source_range, *source),
        algorithm.value_or(ChecksumAlgorithm::crc64nvme),
        *store.blobs
    );
    auto part = std::make_shared<Part>();
    part->number = input.part_number;
    part->e_tag = aws::hex(body.md5);
    part->last_modified = std::chrono::floor<std::chrono::seconds>(request.call.now);
    part->checksum = body.checksum;
    part->size = body.blob->size();
    part->blob = std::move(body.blob);
    {
        const std::lock_guard lock(store.state->mutex);
        auto& bucket = bucket_of(*store.state, input.bucket);
        const auto found = bucket.uploads.find(upload_key);
        if (found == bucket.uploads.end()) throw no_such_upload(input.upload_id);
        store.state->put_part(bucket, found->second, part);
    }
    api::UploadPartCopyOutput output;
    output.server_side_encryption = api::ServerSideEncryption::AES256;
    auto& result = output.copy_part_result.emplace();
    result.e_tag = s3::quoted(part->e_tag);
    result.last_modified = part->last_modified;
    if (algorithm) checksum_member(result, *algorithm) = part->checksum->value;
    return output;
}

} // namespace diorama::s3
