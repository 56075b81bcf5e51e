// Path patterns: which cache behavior a path belongs to, and which paths an invalidation names.
#pragma once

#include <string_view>

namespace diorama::cloudfront {

// Whether a cache behavior's path pattern covers a request path (without query). The leading slash
// of a pattern is optional.
bool path_matches(std::string_view pattern, std::string_view path);

// Whether an invalidation path ("/images/*") covers a cached object ("/images/a.png?size=1").
bool invalidation_matches(std::string_view invalidation_path, std::string_view object_path);

} // namespace diorama::cloudfront
