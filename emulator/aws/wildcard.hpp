// Patterns with wildcards, as AWS's filters, path patterns and rule conditions have them: '*'
// stands for any characters (also none), '?' for exactly one.
#pragma once

#include <string_view>

namespace diorama::aws {

struct WildcardOptions {
    bool ignores_case = false; // of ASCII letters
    bool has_escapes = false;  // "\*" is a star, "\?" a question mark
};

// At most length times length steps, whatever the pattern.
bool matches_wildcard(
    std::string_view pattern,
    std::string_view text,
    WildcardOptions options = {}
);

} // namespace diorama::aws
