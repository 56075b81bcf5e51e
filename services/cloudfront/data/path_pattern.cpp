// See path_pattern.hpp.
#include "services/cloudfront/data/path_pattern.hpp"

#include "emulator/aws/wildcard.hpp"

namespace diorama::cloudfront {

// AWS: "The path pattern … is case-sensitive … the leading / is optional."
bool path_matches(std::string_view pattern, std::string_view path) {
    if (pattern.starts_with('/')) pattern.remove_prefix(1);
    if (path.starts_with('/')) path.remove_prefix(1);
    return aws::matches_wildcard(pattern, path);
}

// AWS: "the * wildcard … must be the last character in the invalidation path."
bool invalidation_matches(std::string_view invalidation_path, std::string_view object_path) {
    if (!invalidation_path.ends_with('*')) return invalidation_path == object_path;
    invalidation_path.remove_suffix(1);
    return object_path.starts_with(invalidation_path);
}

} // namespace diorama::cloudfront
