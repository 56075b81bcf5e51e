// See objects.hpp. Downloads and websites stand in downloads.cpp.
#include "services/s3/data/objects.hpp"

#include "services/s3/data/answer.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/intake.hpp"
#include "services/s3/data/object_headers.hpp"
#include "services/s3/limits.hpp"

#include <charconv>
#include <utility>

namespace diorama::s3 {

namespace {

// Times of objects have whole seconds, as the headers that carry them.
Timestamp in_seconds(Timestamp when) {
    return std::chrono::floor<std::chrono::seconds>(when);
}

Part part_of(int number, const ReceivedBody& body, Timestamp now) {
    return {
        .number = number,
        .e_tag = aws::hex(body.md5),
        .last_modified = in_seconds(now),
        .checksum = body.checksum,
        .blob = body.blob,
        .size = body.blob->size(),
    };
}

void check_key(const std::string& key) {
    if (key.size() > limits::key_bytes_max)
        throw aws::AWSError("KeyTooLongError", 400, "Your key is too long")
            .with("Size", std::to_string(key.size()))
            .with("MaxSizeAllowed", std::to_string(limits::key_bytes_max));
}

http::Headers upload_headers(const std::string& e_tag, const std::optional<Checksum>& checksum) {
    http::Headers headers{
        {"ETag", "\"" + e_tag + "\""},
        {"x-amz-server-side-encryption", "AES256"}
    };
    if (checksum) add_checksum_headers(headers, *checksum);
    return headers;
}

void store_object(
    Store& store,
    const RequestRef& request,
    const WriteConditions& conditions,
    ObjectHeaders headers,
    const ReceivedBody& body
) {
    auto object = std::make_shared<Object>();
    object->key = request->target.key;
    object->parts.push_back(part_of(1, body, request->exchange->thread().clock().now()));
    const auto& part = object->parts.front();
    object->e_tag = part.e_tag;
    object->size = part.size;
    object->last_modified = part.last_modified;
    object->headers = std::move(headers);
    object->checksum = part.checksum;
    ObjectRef replaced; // its bytes go after the lock
    {
        const std::lock_guard lock(store.state->mutex);
        // The bucket may have gone, and the key come or gone, while the body came in.
        auto& bucket = bucket_of(*store.state, request->target.bucket);
        replaced = find_object(bucket, object->key);
        check_write(conditions, replaced, object->key);
        store.state->put_object(bucket, object);
    }
    when_durable(store, request, [request, object] {
        respond(*request, 200, upload_headers(object->e_tag, object->checksum));
    });
}

void store_part(Store& store, const RequestRef& request, int number, const ReceivedBody& body) {
    const auto part = std::make_shared<const Part>(
        part_of(number, body, request->exchange->thread().clock().now())
    );
    const auto upload_id = *find_parameter(request->query, "uploadId");
    std::shared_ptr<const Part> replaced;
    {
        const std::lock_guard lock(store.state->mutex);
        auto& bucket = bucket_of(*store.state, request->target.bucket);
        const auto found = bucket.uploads.find({request->target.key, upload_id});
        if (found == bucket.uploads.end()) throw no_such_upload(upload_id);
        auto& upload = found->second;
        if (const auto old = upload.parts.find(number); old != upload.parts.end())
            replaced = old->second;
        store.state->put_part(bucket, upload, part);
    }
    when_durable(store, request, [request, part] {
        auto headers = upload_headers(part->e_tag, {});
        headers.add(std::string(header_of(part->checksum->algorithm)), part->checksum->value);
        respond(*request, 200, std::move(headers));
    });
}

} // namespace

int read_part_number(const std::string& text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 1 ||
        number > limits::part_number_max)
        throw invalid_part_number(text);
    return number;
}

void check_version_id(const Request& request) {
    const auto* version_id = find_parameter(request.query, "versionId");
    if (version_id == nullptr || *version_id == "null") return;
    throw invalid_argument("Invalid version id specified", "versionId", *version_id);
}

void put_object(Store& store, const RequestRef& request) {
    check_key(request->target.key);
    auto expected = read_expected_body(*request);
    const auto conditions = read_write_conditions(*request);
    auto headers = read_object_headers(*request);
    {
        // What cannot be stored anyway need not be sent.
        const std::lock_guard lock(store.state->mutex);
        const auto& bucket = bucket_of(*store.state, request->target.bucket);
        check_write(conditions, find_object(bucket, request->target.key), request->target.key);
    }
    receive_body(
        request,
        std::move(expected),
        *store.blobs,
        store.run_blocking,
        [&store, request, conditions, headers = std::move(headers)](auto result) {
            answering_errors(request, [&] {
                if (auto* error = std::get_if<aws::AWSError>(&result)) throw std::move(*error);
                store_object(store, request, conditions, headers, std::get<ReceivedBody>(result));
            });
        }
    );
}

void upload_part(Store& store, const RequestRef& request) {
    const auto number = read_part_number(*find_parameter(request->query, "partNumber"));
    const auto& upload_id = *find_parameter(request->query, "uploadId");
    auto expected = read_expected_body(*request);
    check_unsupported_headers(*request);
    {
        const std::lock_guard lock(store.state->mutex);
        const auto& bucket = bucket_of(*store.state, request->target.bucket);
        const auto found = bucket.uploads.find({request->target.key, upload_id});
        if (found == bucket.uploads.end()) throw no_such_upload(upload_id);
        const auto wanted = found->second.checksum_algorithm;
        if (wanted && expected.algorithm && expected.algorithm != wanted)
            throw invalid_request(fmt::format(
                "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum "
                "Type: {}",
                lower_name_of(*wanted),
                lower_name_of(*expected.algorithm)
            ));
        if (!expected.algorithm) expected.algorithm = wanted;
    }
    receive_body(
        request,
        std::move(expected),
        *store.blobs,
        store.run_blocking,
        [&store, request, number](auto result) {
            answering_errors(request, [&] {
                if (auto* error = std::get_if<aws::AWSError>(&result)) throw std::move(*error);
                store_part(store, request, number, std::get<ReceivedBody>(result));
            });
        }
    );
}

void delete_object(Store& store, const RequestRef& request) {
    check_unsupported_headers(*request);
    check_version_id(*request);
    const auto conditions = read_write_conditions(*request);
    ObjectRef removed;
    {
        const std::lock_guard lock(store.state->mutex);
        auto& bucket = bucket_of(*store.state, request->target.bucket);
        removed = find_object(bucket, request->target.key);
        check_write(conditions, removed, request->target.key);
        store.state->remove_object(bucket, request->target.key);
    }
    // AWS: a key that does not exist is deleted as well.
    when_durable(store, request, [request] { respond(*request, 204, {}); });
}

} // namespace diorama::s3
