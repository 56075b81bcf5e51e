// The regular expressions of API models.
#pragma once

#include <string>
#include <string_view>

namespace diorama::aws {

// Whether all of `text` matches. True as well for an expression that is beyond this engine (Java
// classes, UTF-16 escapes): what cannot be checked is not refused.
bool matches_pattern(std::string_view pattern, const std::string& text);

} // namespace diorama::aws
