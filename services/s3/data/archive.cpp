// See archive.hpp.
#include "services/s3/data/archive.hpp"

#include "services/s3/data/errors.hpp"
#include "services/s3/limits.hpp"

namespace diorama::s3 {

bool is_archived(std::string_view storage_class) {
    return storage_class == "GLACIER" || storage_class == "DEEP_ARCHIVE";
}

std::optional<Duration> restoration_time(std::string_view storage_class, RetrievalTier tier) {
    const bool is_deep = storage_class == "DEEP_ARCHIVE";
    switch (tier) {
    case RetrievalTier::expedited:
        // AWS: Expedited is not available for objects in the S3 Glacier Deep Archive class.
        if (is_deep) return std::nullopt;
        return limits::restore_expedited;
    case RetrievalTier::standard:
        return is_deep ? limits::restore_standard_deep : limits::restore_standard;
    case RetrievalTier::bulk:
        return is_deep ? limits::restore_bulk_deep : limits::restore_bulk;
    }
    return std::nullopt;
}

RestorationState restoration_state(const Object& object, Timestamp now) {
    const auto& restoration = object.restoration;
    if (!restoration || now >= restoration->expires) return RestorationState::none;
    return now < restoration->available ? RestorationState::under_way : RestorationState::done;
}

void check_readable(const Object& object, Timestamp now) {
    const auto& storage_class = object.headers->storage_class;
    if (!is_archived(storage_class)) return;
    if (restoration_state(object, now) == RestorationState::done) return;
    throw aws::AWSError(
        "InvalidObjectState",
        403,
        "The operation is not valid for the object's storage class"
    )
        .with("StorageClass", storage_class);
}

void add_restore_header(http::Headers& headers, const Object& object, Timestamp now) {
    switch (restoration_state(object, now)) {
    case RestorationState::none:
        return;
    case RestorationState::under_way:
        headers.add("x-amz-restore", "ongoing-request=\"true\"");
        return;
    case RestorationState::done:
        headers.add(
            "x-amz-restore",
            fmt::format(
                "ongoing-request=\"false\", expiry-date=\"{}\"",
                http_date(object.restoration->expires)
            )
        );
    }
}

} // namespace diorama::s3
