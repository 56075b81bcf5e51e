// Multipart uploads: begun, completed, aborted. See operations.hpp; parts come in by
// data/objects.cpp, the rules of completion stand in data/multipart.cpp.
#include "services/s3/control/operations.hpp"
#include "services/s3/control/shapes.hpp"
#include "services/s3/data/authorize.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/customer_key.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/expected_body.hpp"
#include "services/s3/data/managed_key.hpp"
#include "services/s3/data/multipart.hpp"
#include "services/s3/data/object_events.hpp"
#include "services/s3/data/object_headers.hpp"
#include "services/s3/data/object_lock.hpp"
#include "services/s3/data/objects.hpp"
#include "services/s3/data/preconditions.hpp"
#include "services/s3/data/versions.hpp"
#include "services/s3/limits.hpp"

#include <algorithm>

namespace diorama::s3 {

namespace {

std::optional<ChecksumType> type_of(const std::optional<api::ChecksumType>& type) {
    if (!type) return std::nullopt;
    return *type == api::ChecksumType::COMPOSITE ? ChecksumType::composite
                                                 : ChecksumType::full_object;
}

MultipartUpload& upload_of(Bucket& bucket, const std::string& key, const std::string& upload_id) {
    const auto found = bucket.uploads.find({key, upload_id});
    if (found == bucket.uploads.end()) throw no_such_upload(upload_id);
    return found->second;
}

std::vector<NamedPart>
named_parts(const api::CompleteMultipartUploadRequest& input, const MultipartUpload& upload) {
    std::vector<NamedPart> named;
    if (!input.multipart_upload) return named;
    for (const auto& part : input.multipart_upload->parts) {
        if (!part.part_number || !part.e_tag) throw malformed_xml();
        auto& entry = named.emplace_back();
        entry.number = *part.part_number;
        entry.e_tag = *part.e_tag;
        if (upload.checksum_algorithm)
            entry.checksum = checksum_member(part, *upload.checksum_algorithm).value_or("");
    }
    return named;
}

void check_announced(
    const api::CompleteMultipartUploadRequest& input,
    const MultipartUpload& upload,
    const Object& object
) {
    const auto type = type_of(input.checksum_type);
    if (type && (!upload.checksum_algorithm || *type != upload.checksum_type))
        throw invalid_request(fmt::format(
            "The upload was created using the {} checksum mode. The complete request must use "
            "the same checksum mode.",
            upload.checksum_algorithm ? name_of(upload.checksum_type) : "null"
        ));
    if (input.mpu_object_size && static_cast<std::uint64_t>(*input.mpu_object_size) != object.size)
        throw invalid_request(fmt::format(
            "The provided 'x-amz-mp-object-size' header value {} does not match what was "
            "computed: {}",
            *input.mpu_object_size,
            object.size
        ));
    if (!object.checksum) return;
    const auto& announced = checksum_member(input, object.checksum->algorithm);
    if (announced && *announced != object.checksum->value)
        throw aws::AWSError(
            "BadDigest",
            400,
            fmt::format(
                "The {} you specified did not match the calculated checksum.",
                lower_name_of(object.checksum->algorithm)
            )
        );
}

// The conditions of a plain write, and: the key must not have changed while the upload was under
// way.
void check_completion(
    const WriteConditions& conditions,
    const MultipartUpload& upload,
    const ObjectRef& current
) {
    const bool expects_none = conditions.if_none_exists && current == nullptr;
    const bool expects_one = !conditions.if_match.empty() && current != nullptr;
    if (upload.has_key_changed && (expects_none || expects_one))
        throw aws::AWSError(
            "ConditionalRequestConflict",
            409,
            "The conditional request cannot succeed due to a conflicting operation against this "
            "resource."
        )
            .with("Condition", expects_none ? "If-None-Match" : "If-Match")
            .with("Key", upload.key);
    check_write(conditions, current, upload.key);
}

// AWS: the customer's key "is required only when the object was created using a checksum
// algorithm"; if it is there, it has to be the right one.
void check_completion_key(const MultipartUpload& upload, const std::optional<GivenKey>& key) {
    if (key || upload.checksum_algorithm) check_part_key(upload, key);
}

api::CompleteMultipartUploadOutput output_of(
    const Request& request,
    const api::CompleteMultipartUploadRequest& input,
    const Object& object
) {
    api::CompleteMultipartUploadOutput output;
    output.location = fmt::format(
        "{}://{}/{}/{}",
        request.call.scheme,
        request.call.host,
        input.bucket,
        http::percent_encode(input.key)
    );
    output.bucket = input.bucket;
    output.key = input.key;
    output.e_tag = s3::quoted(object.e_tag);
    if (!object.customer_key) say_managed_key(output, object.headers->managed_key);
    if (object.checksum) {
        checksum_member(output, object.checksum->algorithm) = object.checksum->value;
        output.checksum_type = shape_of(object.checksum->type);
    }
    if (!object.version_id.empty()) output.version_id = object.version_id;
    return output;
}

// AWS: If the upload has been completed already with the same parts, completing it again answers
// the same. It is known as long as its object is there.
ObjectRef find_completed(const Bucket& bucket, const api::CompleteMultipartUploadRequest& input) {
    const auto is_it = [&](const ObjectRef& version) {
        return version->upload_id == input.upload_id;
    };
    ObjectRef completed;
    if (auto current = find_object(bucket, input.key); current != nullptr && is_it(current)) {
        completed = std::move(current);
    } else if (const auto others = bucket.other_versions.find(input.key);
               others != bucket.other_versions.end()) {
        const auto& versions = others->second;
        const auto found = std::find_if(versions.begin(), versions.end(), is_it);
        if (found != versions.end()) completed = *found;
    }
    if (completed == nullptr || !input.multipart_upload) return nullptr;
    std::vector<Part> named;
    for (const auto& part : input.multipart_upload->parts)
        named.emplace_back().e_tag = unquoted(part.e_tag.value_or(""));
    return multipart_e_tag(named) == completed->e_tag ? completed : nullptr;
}

// The object that an upload becomes.
std::shared_ptr<Object> object_of(
    const Request& request,
    const api::CompleteMultipartUploadRequest& input,
    const MultipartUpload& upload
) {
    auto object = std::make_shared<Object>();
    object->parts = choose_parts(upload, named_parts(input, upload));
    object->key = upload.key;
    object->upload_id = upload.id;
    object->headers = upload.headers;
    object->lock = upload.lock;
    object->customer_key = upload.customer_key;
    object->is_multipart = true;
    object->last_modified = std::chrono::floor<std::chrono::seconds>(request.call.now);
    object->e_tag = multipart_e_tag(object->parts);
    object->checksum = multipart_checksum(upload, object->parts);
    for (const auto& part : object->parts)
        object->size += part.size;
    if (object->size > limits::object_bytes_max)
        throw entity_too_large(object->size, limits::object_bytes_max);
    check_announced(input, upload, *object);
    return object;
}

} // namespace

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html
api::CreateMultipartUploadOutput create_multipart_upload(
    Store& store,
    const Request& request,
    const api::CreateMultipartUploadRequest& input
) {
    check_key(input.key);
    MultipartUpload upload;
    upload.headers = read_object_headers(request);
    upload.lock = read_object_lock(request);
    const auto customer_key = read_customer_key(request);
    if (customer_key) upload.customer_key = remember(*customer_key, request.call.random);
    std::optional<ChecksumAlgorithm> algorithm;
    if (input.checksum_algorithm) {
        algorithm = parse_checksum_algorithm(to_string(*input.checksum_algorithm));
        if (!algorithm) throw unsupported_checksum_algorithm();
    }
    choose_checksum(upload, algorithm, type_of(input.checksum_type));
    upload.key = input.key;
    upload.initiator = writer_of(request);
    upload.initiated = std::chrono::floor<std::chrono::seconds>(request.call.now);
    // Uploads of one key are listed in the order in which they began, which is that of their ids.
    upload.id = fmt::format("{:016x}", request.call.now.time_since_epoch().count()) +
                request.call.random.base62(48);

    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    check_lock_possible(bucket, upload.lock);
    const auto& added = store.state->add_upload(bucket, std::move(upload));
    api::CreateMultipartUploadOutput output;
    output.bucket = input.bucket;
    output.key = input.key;
    output.upload_id = added.id;
    if (customer_key) {
        output.sse_customer_algorithm = "AES256";
        output.sse_customer_key_md5 = customer_key->md5;
    } else {
        say_managed_key(output, added.headers.managed_key);
    }
    if (added.checksum_algorithm) {
        output.checksum_algorithm = shape_of(*added.checksum_algorithm);
        output.checksum_type = shape_of(added.checksum_type);
    }
    return output;
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
api::CompleteMultipartUploadOutput complete_multipart_upload(
    Store& store,
    const Request& request,
    const api::CompleteMultipartUploadRequest& input
) {
    const auto conditions = read_write_conditions(request);
    const auto customer_key = read_customer_key(request);
    ObjectRef replaced; // its bytes go after the lock, like those of parts that were not named
    std::map<int, std::shared_ptr<const Part>> parts;
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    if (!bucket.uploads.contains({input.key, input.upload_id})) {
        if (const auto completed = find_completed(bucket, input))
            return output_of(request, input, *completed);
    }
    const auto& upload = upload_of(bucket, input.key, input.upload_id);
    check_completion_key(upload, customer_key);
    const auto object = object_of(request, input, upload);
    check_completion(conditions, upload, find_object(bucket, upload.key));
    parts = upload.parts;
    store.state->remove_upload(bucket, {input.key, input.upload_id});
    replaced = add_version(*store.state, bucket, object, request.call.random);
    tell_created(request, bucket, *object, "CompleteMultipartUpload");
    return output_of(request, input, *object);
}

api::AbortMultipartUploadOutput abort_multipart_upload(
    Store& store,
    const Request&,
    const api::AbortMultipartUploadRequest& input
) {
    if (input.if_match_initiated_time)
        throw header_not_implemented("x-amz-if-match-initiated-time");
    std::map<int, std::shared_ptr<const Part>> parts; // their bytes go after the lock
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    parts = upload_of(bucket, input.key, input.upload_id).parts;
    store.state->remove_upload(bucket, {input.key, input.upload_id});
    return {};
}

} // namespace diorama::s3
