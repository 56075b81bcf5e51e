// See path_pattern.hpp. The matcher remembers the last '*' only, so it needs no recursion and at
// most length times length steps whatever the pattern.
#include "services/cloudfront/data/path_pattern.hpp"

#include <cstddef>

namespace diorama::cloudfront {

bool matches_wildcards(std::string_view pattern, std::string_view text) {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

// AWS: "The path pattern … is case-sensitive … the leading / is optional."
bool path_matches(std::string_view pattern, std::string_view path) {
    if (pattern.starts_with('/')) pattern.remove_prefix(1);
    if (path.starts_with('/')) path.remove_prefix(1);
    return matches_wildcards(pattern, path);
}

// AWS: "the * wildcard … must be the last character in the invalidation path."
bool invalidation_matches(std::string_view invalidation_path, std::string_view object_path) {
    if (!invalidation_path.ends_with('*')) return invalidation_path == object_path;
    invalidation_path.remove_suffix(1);
    return object_path.starts_with(invalidation_path);
}

} // namespace diorama::cloudfront
