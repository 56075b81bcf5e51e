// If-Match and its relatives on reads (RFC 9110 13) and on copy sources. Conditional writes have
// rules of their own (state.hpp).
#pragma once

#include "emulator/time/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace diorama::s3 {

struct Preconditions {
    std::optional<std::string> if_match;
    std::optional<std::string> if_none_match;
    std::optional<Timestamp> if_modified_since;
    std::optional<Timestamp> if_unmodified_since;
};

enum class PreconditionVerdict {
    holds,
    match_failed,      // 412, If-Match
    unmodified_failed, // 412, If-Unmodified-Since
    none_match_failed, // If-None-Match (304 for a read, 412 for a copy)
    modified_failed,   // If-Modified-Since (likewise)
};

// `e_tag` without quotes.
PreconditionVerdict
evaluate(const Preconditions& conditions, std::string_view e_tag, Timestamp last_modified);

// Whether an entity tag list ("*", "\"a\", W/\"b\"", or a bare tag) names this one.
bool names_e_tag(std::string_view list, std::string_view e_tag);

// Without the quotes around it, if there are any.
std::string_view unquoted(std::string_view e_tag);

} // namespace diorama::s3
