// One page of a bucket's versions, as ListObjectVersions wants it: keys in byte order, the versions
// of each from the newest to the oldest, delete markers among them.
#pragma once

#include "services/s3/data/listing.hpp"
#include "services/s3/state.hpp"

#include <optional>
#include <string>
#include <vector>

namespace diorama::s3 {

struct VersionQuery {
    ListQuery keys; // its position: behind all versions of a key
    // The page begins within the key of that position, behind this version.
    std::optional<std::string> version_id_marker;
};

struct ListedVersion {
    ObjectRef version;
    bool is_latest = false;
};

struct VersionPage {
    std::vector<ListedVersion> versions;
    std::vector<std::string> common_prefixes;
    bool is_truncated = false;
    std::string last_key; // or common prefix
    std::optional<std::string> last_version_id;
};

VersionPage list_versions(const Bucket& bucket, const VersionQuery& query);

} // namespace diorama::s3
