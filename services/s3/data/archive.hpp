// Archived objects: those of the storage classes that are read only after they have been restored.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects.html
#pragma once

#include "services/s3/data/request.hpp"
#include "services/s3/state.hpp"

#include <optional>
#include <string_view>

namespace diorama::s3 {

enum class RetrievalTier { standard, bulk, expedited };

bool is_archived(std::string_view storage_class);
// How long a restoration takes; nothing for a tier that the class does not have.
std::optional<Duration> restoration_time(std::string_view storage_class, RetrievalTier tier);

enum class RestorationState { none, under_way, done };

RestorationState restoration_state(const Object& object, Timestamp now);

// Throws InvalidObjectState for an archived object that cannot be read now.
void check_readable(const Object& object, Timestamp now);
// x-amz-restore of a download.
void add_restore_header(http::Headers& headers, const Object& object, Timestamp now);

} // namespace diorama::s3
