// x-amz-copy-source: which object a copy reads.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace diorama::s3 {

struct CopySource {
    std::string bucket;
    std::string key;
    std::string version_id; // empty: the current one
    bool operator==(const CopySource&) const = default;
};

// "/bucket/key%20name?versionId=…", with or without the first slash; also the bucket as ARN
// ("arn:aws:s3:::bucket"). Nothing without bucket or key.
std::optional<CopySource> parse_copy_source(std::string_view header);

} // namespace diorama::s3
