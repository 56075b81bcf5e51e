// See objects.hpp. Downloads and websites stand in downloads.cpp.
#include "services/s3/data/objects.hpp"

#include "services/s3/data/answer.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/customer_key.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/intake.hpp"
#include "services/s3/data/managed_key.hpp"
#include "services/s3/data/object_events.hpp"
#include "services/s3/data/object_headers.hpp"
#include "services/s3/data/object_lock.hpp"
#include "services/s3/data/versions.hpp"
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
        .e_tag = aws::hex(body.e_tag),
        .last_modified = in_seconds(now),
        .checksum = body.crc64nvme ? *body.crc64nvme : body.checksum,
        .blob = body.blob,
        .size = body.blob->size(),
        .nonce = body.nonce,
    };
}

http::Headers upload_headers(
    const std::string& e_tag,
    const std::optional<GivenKey>& customer_key,
    const std::optional<ManagedKey>& managed_key
) {
    http::Headers headers{{"ETag", "\"" + e_tag + "\""}};
    if (customer_key)
        add_customer_key(headers, *customer_key);
    else
        add_managed_key(headers, managed_key);
    return headers;
}

// What a PutObject says beside its bytes.
struct Upload {
    WriteConditions conditions;
    ObjectHeaders headers;
    ObjectLock lock;
    std::optional<GivenKey> customer_key;
};

// Under a customer's key the bytes are stored encrypted.
void encrypt_with(
    const std::optional<GivenKey>& key,
    const Request& request,
    ExpectedBody& expected
) {
    if (!key) return;
    expected.customer_key = key->key;
    expected.nonce = new_nonce(request.call.random);
}

void store_object(
    Store& store,
    const RequestRef& request,
    const Upload& upload,
    const ReceivedBody& body
) {
    auto object = std::make_shared<Object>();
    object->key = request->target.key;
    object->parts.push_back(part_of(1, body, request->exchange->thread().clock().now()));
    const auto& part = object->parts.front();
    object->e_tag = part.e_tag;
    object->size = part.size;
    object->last_modified = part.last_modified;
    object->headers = upload.headers;
    object->lock = upload.lock;
    object->checksum = part.checksum;
    if (upload.customer_key) object->customer_key = remember(*upload.customer_key, request->random);
    auto headers = upload_headers(object->e_tag, upload.customer_key, upload.headers.managed_key);
    add_checksum_headers(headers, *object->checksum);
    ObjectRef replaced; // its bytes go after the lock
    {
        const std::lock_guard lock(store.state->mutex);
        // The bucket may have gone, and the key come or gone, while the body came in.
        auto& bucket = bucket_of(*store.state, request->target.bucket);
        check_lock_possible(bucket, upload.lock);
        check_write(upload.conditions, find_object(bucket, object->key), object->key);
        replaced = add_version(*store.state, bucket, object, request->random);
        tell_created(*request, bucket, *object, "Put");
        if (!object->version_id.empty()) headers.add("x-amz-version-id", object->version_id);
    }
    when_durable(store, request, [request, headers = std::move(headers)] {
        respond(*request, 200, headers);
    });
}

void store_part(
    Store& store,
    const RequestRef& request,
    int number,
    const std::optional<GivenKey>& customer_key,
    const ReceivedBody& body
) {
    const auto part = std::make_shared<const Part>(
        part_of(number, body, request->exchange->thread().clock().now())
    );
    const auto upload_id = *find_parameter(request->query, "uploadId");
    std::shared_ptr<const Part> replaced;
    std::optional<ManagedKey> managed_key;
    {
        const std::lock_guard lock(store.state->mutex);
        auto& bucket = bucket_of(*store.state, request->target.bucket);
        const auto found = bucket.uploads.find({request->target.key, upload_id});
        if (found == bucket.uploads.end()) throw no_such_upload(upload_id);
        auto& upload = found->second;
        managed_key = upload.headers.managed_key;
        if (const auto old = upload.parts.find(number); old != upload.parts.end())
            replaced = old->second;
        store.state->put_part(bucket, upload, part);
    }
    auto headers = upload_headers(part->e_tag, customer_key, managed_key);
    headers.add(std::string(header_of(body.checksum.algorithm)), body.checksum.value);
    when_durable(store, request, [request, headers = std::move(headers)] {
        respond(*request, 200, headers);
    });
}

// The checksum of a part follows that of its upload.
void choose_part_checksum(const MultipartUpload& upload, ExpectedBody& expected) {
    const auto wanted = upload.checksum_algorithm;
    if (!wanted) {
        // AWS: an upload without an algorithm gets the CRC64NVME of the whole object.
        expected.needs_crc64nvme =
            expected.algorithm && *expected.algorithm != ChecksumAlgorithm::crc64nvme;
        return;
    }
    if (expected.algorithm && expected.algorithm != wanted)
        throw invalid_request(fmt::format(
            "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum "
            "Type: {}",
            lower_name_of(*wanted),
            lower_name_of(*expected.algorithm)
        ));
    expected.algorithm = wanted;
}

} // namespace

void check_key(const std::string& key) {
    if (key.size() > limits::key_bytes_max)
        throw aws::AWSError("KeyTooLongError", 400, "Your key is too long")
            .with("Size", std::to_string(key.size()))
            .with("MaxSizeAllowed", std::to_string(limits::key_bytes_max));
}

int read_part_number(const std::string& text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 1 ||
        number > limits::part_number_max)
        throw invalid_part_number(text);
    return number;
}

void put_object(Store& store, const RequestRef& request) {
    check_key(request->target.key);
    auto expected = read_expected_body(*request);
    Upload upload;
    upload.conditions = read_write_conditions(*request);
    upload.customer_key = read_customer_key(*request);
    upload.headers = read_object_headers(*request);
    upload.lock = read_object_lock(*request);
    encrypt_with(upload.customer_key, *request, expected);
    if (const auto& key = upload.headers.managed_key) expected.managed_key = key->arn;
    {
        // What cannot be stored anyway need not be sent.
        const std::lock_guard lock(store.state->mutex);
        const auto& bucket = bucket_of(*store.state, request->target.bucket);
        check_lock_possible(bucket, upload.lock);
        check_write(
            upload.conditions,
            find_object(bucket, request->target.key),
            request->target.key
        );
    }
    receive_body(
        request,
        std::move(expected),
        *store.blobs,
        store.run_blocking,
        [&store, request, upload = std::move(upload)](auto result) {
            answering_errors(request, [&] {
                if (auto* error = std::get_if<aws::AWSError>(&result)) throw std::move(*error);
                store_object(store, request, upload, std::get<ReceivedBody>(result));
            });
        }
    );
}

void upload_part(Store& store, const RequestRef& request) {
    const auto number = read_part_number(*find_parameter(request->query, "partNumber"));
    const auto& upload_id = *find_parameter(request->query, "uploadId");
    auto expected = read_expected_body(*request);
    check_unsupported_headers(*request);
    const auto customer_key = read_customer_key(*request);
    encrypt_with(customer_key, *request, expected);
    {
        const std::lock_guard lock(store.state->mutex);
        const auto& bucket = bucket_of(*store.state, request->target.bucket);
        const auto found = bucket.uploads.find({request->target.key, upload_id});
        if (found == bucket.uploads.end()) throw no_such_upload(upload_id);
        check_part_key(found->second, customer_key);
        choose_part_checksum(found->second, expected);
        if (const auto& key = found->second.headers.managed_key) expected.managed_key = key->arn;
    }
    receive_body(
        request,
        std::move(expected),
        *store.blobs,
        store.run_blocking,
        [&store, request, number, customer_key](auto result) {
            answering_errors(request, [&] {
                if (auto* error = std::get_if<aws::AWSError>(&result)) throw std::move(*error);
                const auto& body = std::get<ReceivedBody>(result);
                store_part(store, request, number, customer_key, body);
            });
        }
    );
}

namespace {

// With the lock held.
Deletion delete_named(
    State& state,
    Bucket& bucket,
    const Request& request,
    const std::optional<std::string>& version_id
) {
    const auto& key = request.target.key;
    const auto now = request.call.now;
    if (!version_id) return delete_current(state, bucket, key, request.call.random, now);
    // AWS: in a bucket that never had versioning there is no version to name.
    if (bucket.versioning == Versioning::never && !version_id->empty())
        throw invalid_argument("Invalid version id specified", "versionId", *version_id);
    return delete_version(state, bucket, {key, *version_id, bypasses_governance(request), now});
}

} // namespace

void delete_object(Store& store, const RequestRef& request) {
    check_unsupported_headers(*request);
    const auto version_id = read_version_id(*request);
    const auto conditions = read_write_conditions(*request, ConditionalOperation::removal);
    Deletion deletion; // its bytes go after the lock
    http::Headers headers;
    {
        const std::lock_guard lock(store.state->mutex);
        auto& bucket = bucket_of(*store.state, request->target.bucket);
        const auto& key = request->target.key;
        check_bypass_possible(*request, bucket);
        const auto named =
            version_id ? find_version(bucket, key, *version_id) : find_object(bucket, key);
        check_write(conditions, named, key);
        deletion = delete_named(*store.state, bucket, *request, version_id);
        tell_removed(*request, deletion, version_id.has_value());
        if (deletion.marker != nullptr) headers.add("x-amz-delete-marker", "true");
        if (bucket.versioning != Versioning::never) {
            const auto& id = version_id ? *version_id : deletion.marker->version_id;
            headers.add("x-amz-version-id", id.empty() ? "null" : id);
        }
    }
    // AWS: a key that does not exist is deleted as well.
    when_durable(store, request, [request, headers = std::move(headers)] {
        respond(*request, 204, headers);
    });
}

} // namespace diorama::s3
