// ListObjects and ListObjectsV2. See operations.hpp; the page itself is made in data/listing.hpp.
#include "services/s3/control/operations.hpp"
#include "services/s3/control/shapes.hpp"
#include "services/s3/data/archive.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/listing.hpp"
#include "services/s3/limits.hpp"

#include <algorithm>

namespace diorama::s3 {

namespace {

int checked_max_keys(const std::optional<std::int32_t>& max_keys) {
    const int wanted = max_keys.value_or(limits::list_keys_max);
    if (wanted < 0)
        throw invalid_argument(
            "Argument max-keys must be an integer between 0 and 2147483647",
            "max-keys",
            std::to_string(wanted)
        );
    return std::min(wanted, limits::list_keys_max);
}

ListPage<ObjectRef> page_of(Store& store, const std::string& bucket, const ListQuery& query) {
    const std::lock_guard lock(store.state->mutex);
    return list_page(bucket_of(*store.state, bucket).objects, query);
}

using Encoding = std::optional<api::EncodingType>;

// AWS: RestoreStatus says how the restoration of an object stands, if it has one.
std::optional<api::RestoreStatus> restore_status(const Object& object, Timestamp now) {
    const auto state = restoration_state(object, now);
    if (state == RestorationState::none) return std::nullopt;
    api::RestoreStatus status;
    status.is_restore_in_progress = state == RestorationState::under_way;
    if (state == RestorationState::done) status.restore_expiry_date = object.restoration->expires;
    return status;
}

template <class Input, class Output>
void write_page(
    const ListPage<ObjectRef>& page,
    const Input& input,
    Timestamp now,
    Output& output
) {
    const auto& encoding = input.encoding_type;
    for (const auto& object : page.records) {
        auto& listed = output.contents.emplace_back();
        listed.key = encoded(object->key, encoding);
        listed.last_modified = object->last_modified;
        listed.e_tag = s3::quoted(object->e_tag);
        listed.size = static_cast<std::int64_t>(object->size);
        listed.storage_class = api::parse_object_storage_class(object->headers->storage_class);
        if (!input.optional_object_attributes.empty())
            listed.restore_status = restore_status(*object, now);
        if (!object->checksum) continue;
        listed.checksum_algorithm.push_back(shape_of(object->checksum->algorithm));
        listed.checksum_type = shape_of(object->checksum->type);
    }
    for (const auto& prefix : page.common_prefixes)
        output.common_prefixes.push_back({encoded(prefix, encoding)});
    output.is_truncated = page.is_truncated;
}

std::optional<std::string>
encoded_if_any(const std::optional<std::string>& text, const Encoding& encoding) {
    if (!text || text->empty()) return std::nullopt;
    return encoded(*text, encoding);
}

} // namespace

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html
api::ListObjectsOutput
list_objects(Store& store, const Request& request, const api::ListObjectsRequest& input) {
    const int max_keys = checked_max_keys(input.max_keys);
    ListQuery query;
    query.prefix = input.prefix.value_or("");
    query.delimiter = input.delimiter.value_or("");
    query.position.after = input.marker.value_or("");
    // The marker of a page that ended with a common prefix is that prefix.
    query.position.is_common_prefix = !query.delimiter.empty() &&
                                      query.position.after.size() > query.prefix.size() &&
                                      query.position.after.ends_with(query.delimiter);
    query.max_keys = static_cast<std::size_t>(max_keys);
    const auto page = page_of(store, input.bucket, query);

    api::ListObjectsOutput output;
    write_page(page, input, request.call.now, output);
    for (auto& listed : output.contents)
        listed.owner = owner_of(request.call.account);
    output.name = input.bucket;
    // AWS: this version of the operation does not encode the prefix.
    output.prefix = query.prefix;
    output.marker = encoded(query.position.after, input.encoding_type);
    output.delimiter = encoded_if_any(input.delimiter, input.encoding_type);
    output.max_keys = max_keys;
    output.encoding_type = input.encoding_type;
    // AWS: "This element is returned only if you have the delimiter request parameter specified."
    if (page.is_truncated && !query.delimiter.empty())
        output.next_marker = encoded(page.last.after, input.encoding_type);
    return output;
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
api::ListObjectsV2Output
list_objects_v2(Store& store, const Request& request, const api::ListObjectsV2Request& input) {
    const int max_keys = checked_max_keys(input.max_keys);
    ListQuery query;
    query.prefix = input.prefix.value_or("");
    query.delimiter = input.delimiter.value_or("");
    query.position.after = input.start_after.value_or("");
    query.max_keys = static_cast<std::size_t>(max_keys);
    if (input.continuation_token) {
        const auto position = decode_token(*input.continuation_token);
        if (!position)
            throw invalid_argument(
                "The continuation token provided is incorrect",
                "continuation-token",
                *input.continuation_token
            );
        query.position = *position;
    }
    const auto page = page_of(store, input.bucket, query);

    api::ListObjectsV2Output output;
    write_page(page, input, request.call.now, output);
    if (input.fetch_owner.value_or(false)) {
        for (auto& listed : output.contents)
            listed.owner = owner_of(request.call.account);
    }
    output.name = input.bucket;
    output.prefix = encoded(query.prefix, input.encoding_type);
    output.delimiter = encoded_if_any(input.delimiter, input.encoding_type);
    output.start_after = encoded_if_any(input.start_after, input.encoding_type);
    output.max_keys = max_keys;
    output.key_count = static_cast<std::int32_t>(page.records.size() + page.common_prefixes.size());
    output.encoding_type = input.encoding_type;
    output.continuation_token = input.continuation_token;
    if (page.is_truncated) output.next_continuation_token = encode_token(page.last);
    return output;
}

} // namespace diorama::s3
