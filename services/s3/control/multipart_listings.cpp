// ListParts and ListMultipartUploads. See operations.hpp.
#include "services/s3/control/operations.hpp"
#include "services/s3/control/shapes.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/listing.hpp"
#include "services/s3/limits.hpp"

#include <algorithm>

namespace diorama::s3 {

namespace {

int checked_max(const std::optional<std::int32_t>& max, std::string_view parameter, int limit) {
    const int wanted = max.value_or(limit);
    if (wanted < 0)
        throw invalid_argument(
            fmt::format("Argument {} must be an integer between 0 and 2147483647", parameter),
            parameter,
            std::to_string(wanted)
        );
    return std::min(wanted, limit);
}

api::Initiator initiator_of(const MultipartUpload& upload, const std::string& account) {
    api::Initiator initiator;
    initiator.id = upload.initiator.empty() ? canonical_user_id(account) : upload.initiator;
    return initiator;
}

// Of the object to be: its list says so where lists are in use.
api::Owner owner_of(const MultipartUpload& upload, const std::string& account) {
    auto owner = s3::owner_of(account);
    if (const auto& list = upload.headers.acl) owner.id = list->owner;
    return owner;
}

api::Part shape_of_part(const Part& part, bool with_checksum) {
    api::Part shape;
    shape.part_number = part.number;
    shape.last_modified = part.last_modified;
    shape.e_tag = s3::quoted(part.e_tag);
    shape.size = static_cast<std::int64_t>(part.size);
    if (with_checksum && part.checksum)
        checksum_member(shape, part.checksum->algorithm) = part.checksum->value;
    return shape;
}

api::MultipartUpload shape_of_upload(
    const MultipartUpload& upload,
    const std::string& account,
    const std::optional<api::EncodingType>& encoding
) {
    api::MultipartUpload shape;
    shape.upload_id = upload.id;
    shape.key = encoded(upload.key, encoding);
    shape.initiated = upload.initiated;
    shape.storage_class = api::parse_storage_class(upload.headers.storage_class);
    shape.owner = owner_of(upload, account);
    shape.initiator = initiator_of(upload, account);
    if (upload.checksum_algorithm) {
        shape.checksum_algorithm = shape_of(*upload.checksum_algorithm);
        shape.checksum_type = shape_of(upload.checksum_type);
    }
    return shape;
}

// Where the page begins.
std::map<UploadKey, MultipartUpload>::const_iterator
start_of(const Bucket& bucket, const api::ListMultipartUploadsRequest& input) {
    const auto key = input.key_marker.value_or("");
    if (key.empty()) return bucket.uploads.begin(); // an upload id alone is ignored
    const auto upload_id = input.upload_id_marker.value_or("");
    if (upload_id.empty()) return bucket.uploads.lower_bound({key + '\0', ""});
    const auto found = bucket.uploads.find({key, upload_id});
    if (found == bucket.uploads.end())
        throw invalid_argument("Invalid uploadId marker", "upload-id-marker", upload_id);
    return std::next(found);
}

} // namespace

api::ListPartsOutput list_parts(Store& store, const Request&, const api::ListPartsRequest& input) {
    const int max = checked_max(input.max_parts, "max-parts", limits::list_parts_max);
    const std::lock_guard lock(store.state->mutex);
    const auto& bucket = bucket_of(*store.state, input.bucket);
    const auto found = bucket.uploads.find({input.key, input.upload_id});
    if (found == bucket.uploads.end()) throw no_such_upload(input.upload_id);
    const auto& upload = found->second;

    api::ListPartsOutput output;
    output.bucket = input.bucket;
    output.key = input.key;
    output.upload_id = input.upload_id;
    output.part_number_marker = input.part_number_marker.value_or(0);
    output.max_parts = max;
    output.is_truncated = false;
    output.next_part_number_marker = 0;
    auto next = upload.parts.upper_bound(*output.part_number_marker);
    for (; next != upload.parts.end() && max != 0; ++next) {
        if (output.parts.size() == static_cast<std::size_t>(max)) {
            output.is_truncated = true;
            break;
        }
        output.parts.push_back(shape_of_part(*next->second, upload.checksum_algorithm.has_value()));
        output.next_part_number_marker = next->first;
    }
    output.owner = owner_of(upload, bucket.account);
    output.initiator = initiator_of(upload, bucket.account);
    output.storage_class = api::parse_storage_class(upload.headers.storage_class);
    if (upload.checksum_algorithm) {
        output.checksum_algorithm = shape_of(*upload.checksum_algorithm);
        output.checksum_type = shape_of(upload.checksum_type);
    }
    return output;
}

api::ListMultipartUploadsOutput list_multipart_uploads(
    Store& store,
    const Request&,
    const api::ListMultipartUploadsRequest& input
) {
    const int max = checked_max(input.max_uploads, "max-uploads", limits::list_keys_max);
    const auto& encoding = input.encoding_type;
    ListQuery query;
    query.prefix = input.prefix.value_or("");
    query.delimiter = input.delimiter.value_or("");

    api::ListMultipartUploadsOutput output;
    const std::lock_guard lock(store.state->mutex);
    const auto& bucket = bucket_of(*store.state, input.bucket);
    std::string last_prefix;
    if (!query.delimiter.empty() && input.key_marker.value_or("").ends_with(query.delimiter))
        last_prefix = *input.key_marker;
    std::string last_key;
    std::string last_id;
    output.is_truncated = false;
    for (auto next = start_of(bucket, input); next != bucket.uploads.end(); ++next) {
        const auto& [key, id] = next->first;
        if (!key.starts_with(query.prefix)) continue;
        const auto rolled_up = common_prefix_of(key, query);
        if (rolled_up && *rolled_up == last_prefix) continue;
        const auto count = output.uploads.size() + output.common_prefixes.size();
        if (count == static_cast<std::size_t>(max)) {
            output.is_truncated = max != 0;
            break;
        }
        if (rolled_up) {
            last_prefix = last_key = *rolled_up;
            last_id.clear();
            output.common_prefixes.push_back({encoded(last_prefix, encoding)});
        } else {
            last_key = key;
            last_id = id;
            output.uploads.push_back(shape_of_upload(next->second, bucket.account, encoding));
        }
    }
    output.bucket = input.bucket;
    output.key_marker = encoded(input.key_marker.value_or(""), encoding);
    output.upload_id_marker = input.upload_id_marker.value_or("");
    output.next_key_marker = encoded(last_key, encoding);
    output.next_upload_id_marker = last_id;
    if (!query.prefix.empty()) output.prefix = encoded(query.prefix, encoding);
    if (!query.delimiter.empty()) output.delimiter = encoded(query.delimiter, encoding);
    output.max_uploads = max;
    output.encoding_type = encoding;
    return output;
}

} // namespace diorama::s3
