// GetObjectAttributes, and RestoreObject for archived objects. See operations.hpp.
#include "services/s3/control/operations.hpp"
#include "services/s3/control/shapes.hpp"
#include "services/s3/data/archive.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/customer_key.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/versions.hpp"
#include "services/s3/limits.hpp"

#include <algorithm>

namespace diorama::s3 {

namespace {

std::optional<std::string> version_of(const std::optional<std::string>& text) {
    return text ? std::optional(read_version_id(*text)) : std::nullopt;
}

api::Checksum checksum_of(const Checksum& checksum) {
    api::Checksum shape;
    auto value = checksum.value;
    // The number of parts behind a composite checksum is not part of it here.
    if (checksum.type == ChecksumType::composite) value = value.substr(0, value.rfind('-'));
    checksum_member(shape, checksum.algorithm) = value;
    shape.checksum_type = shape_of(checksum.type);
    return shape;
}

// AWS: the list of parts comes only for objects whose parts have checksums of their own.
api::GetObjectAttributesParts
parts_of(const Object& object, const api::GetObjectAttributesRequest& input) {
    api::GetObjectAttributesParts shape;
    shape.total_parts_count = static_cast<std::int32_t>(object.parts.size());
    if (!object.checksum || object.checksum->type != ChecksumType::composite) return shape;
    const int max =
        std::min(input.max_parts.value_or(limits::list_parts_max), limits::list_parts_max);
    shape.part_number_marker = input.part_number_marker.value_or(0);
    shape.max_parts = max;
    shape.is_truncated = false;
    shape.next_part_number_marker = 0;
    for (const auto& part : object.parts) {
        if (part.number <= *shape.part_number_marker) continue;
        if (shape.parts.size() >= static_cast<std::size_t>(std::max(max, 0))) {
            shape.is_truncated = true;
            break;
        }
        auto& listed = shape.parts.emplace_back();
        listed.part_number = part.number;
        listed.size = static_cast<std::int64_t>(part.size);
        if (part.checksum) checksum_member(listed, part.checksum->algorithm) = part.checksum->value;
        shape.next_part_number_marker = part.number;
    }
    return shape;
}

RetrievalTier tier_of(const api::RestoreRequest& input) {
    const auto tier = input.glacier_job_parameters
                          ? std::optional(input.glacier_job_parameters->tier)
                          : input.tier;
    if (!tier || *tier == api::Tier::Standard) return RetrievalTier::standard;
    return *tier == api::Tier::Bulk ? RetrievalTier::bulk : RetrievalTier::expedited;
}

void check_restore_request(const api::RestoreRequest& input) {
    if (input.type || input.select_parameters || input.output_location)
        throw aws::AWSError("NotImplemented", 501, "Restoring with SELECT is not emulated.");
    if (!input.days) throw malformed_xml();
    if (*input.days < 1)
        throw invalid_argument(
            "restoration days should be at least 1",
            "Days",
            std::to_string(*input.days)
        );
}

} // namespace

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
api::GetObjectAttributesOutput get_object_attributes(
    Store& store,
    const Request& request,
    const api::GetObjectAttributesRequest& input
) {
    if (input.object_attributes.empty())
        throw invalid_argument(
            "The x-amz-object-attributes header specifying the attributes to be retrieved is "
            "either missing or empty",
            "x-amz-object-attributes",
            ""
        );
    const auto key = read_customer_key(request);
    const std::lock_guard lock(store.state->mutex);
    const auto& bucket = bucket_of(*store.state, input.bucket);
    const auto object = readable_version(request, bucket, input.key, version_of(input.version_id));
    check_customer_key(*object, key);
    const auto wants = [&](api::ObjectAttributes attribute) {
        const auto& wanted = input.object_attributes;
        return std::find(wanted.begin(), wanted.end(), attribute) != wanted.end();
    };
    api::GetObjectAttributesOutput output;
    output.last_modified = object->last_modified;
    if (bucket.versioning != Versioning::never) output.version_id = shown_version_id(*object);
    // AWS: this entity tag has no quotes.
    if (wants(api::ObjectAttributes::ETag)) output.e_tag = object->e_tag;
    if (wants(api::ObjectAttributes::Checksum) && object->checksum)
        output.checksum = checksum_of(*object->checksum);
    if (wants(api::ObjectAttributes::ObjectParts) && object->is_multipart)
        output.object_parts = parts_of(*object, input);
    if (wants(api::ObjectAttributes::StorageClass))
        output.storage_class = api::parse_storage_class(object->headers->storage_class);
    if (wants(api::ObjectAttributes::ObjectSize))
        output.object_size = static_cast<std::int64_t>(object->size);
    return output;
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
api::RestoreObjectOutput
restore_object(Store& store, const Request& request, const api::RestoreObjectRequest& input) {
    if (!input.restore_request) throw malformed_xml();
    check_restore_request(*input.restore_request);
    const auto now = request.call.now;
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    const auto object = readable_version(request, bucket, input.key, version_of(input.version_id));
    const auto& storage_class = object->headers->storage_class;
    if (!is_archived(storage_class))
        throw aws::AWSError(
            "InvalidObjectState",
            403,
            "Restore is not allowed for the object's current storage class"
        )
            .with("StorageClass", storage_class);
    const auto state = restoration_state(*object, now);
    if (state == RestorationState::under_way)
        throw aws::AWSError(
            "RestoreAlreadyInProgress",
            409,
            "Object restore is already in progress"
        );
    const auto takes = restoration_time(storage_class, tier_of(*input.restore_request));
    if (!takes)
        throw invalid_argument(
            "Expedited retrievals are not available for the DEEP_ARCHIVE storage class",
            "Tier",
            "Expedited"
        );
    auto restored = std::make_shared<Object>(*object);
    // AWS: If the object is previously restored, S3 returns 200 OK, and only its expiry changes.
    const bool is_there = state == RestorationState::done;
    const auto available = is_there ? object->restoration->available : now + *takes;
    // AWS: "rounding the resulting time to the next day midnight UTC".
    const auto end = (is_there ? now : available) + std::chrono::days(*input.restore_request->days);
    restored->restoration = Restoration{available, std::chrono::ceil<std::chrono::days>(end)};
    store.state->change_version(bucket, std::move(restored));
    request.success_status = is_there ? 200 : 202;
    return {};
}

} // namespace diorama::s3
