// See preconditions.hpp.
#include "services/s3/data/preconditions.hpp"

namespace diorama::s3 {

std::string_view unquoted(std::string_view e_tag) {
    if (e_tag.starts_with("W/")) e_tag.remove_prefix(2);
    if (e_tag.size() >= 2 && e_tag.front() == '"' && e_tag.back() == '"')
        return e_tag.substr(1, e_tag.size() - 2);
    return e_tag;
}

bool names_e_tag(std::string_view list, std::string_view e_tag) {
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        auto tag = list.substr(0, comma);
        list.remove_prefix(std::min(comma + 1, list.size()));
        while (!tag.empty() && tag.front() == ' ')
            tag.remove_prefix(1);
        while (!tag.empty() && tag.back() == ' ')
            tag.remove_suffix(1);
        if (tag == "*" || unquoted(tag) == e_tag) return true;
    }
    return false;
}

PreconditionVerdict
evaluate(const Preconditions& conditions, std::string_view e_tag, Timestamp last_modified) {
    // HTTP dates have no fraction, so neither has the side they are compared with.
    const auto modified = std::chrono::floor<std::chrono::seconds>(last_modified);
    // RFC 9110 13.2.2: If-Unmodified-Since counts only without If-Match, If-Modified-Since only
    // without If-None-Match.
    if (conditions.if_match) {
        if (!names_e_tag(*conditions.if_match, e_tag)) return PreconditionVerdict::match_failed;
    } else if (conditions.if_unmodified_since && modified > *conditions.if_unmodified_since) {
        return PreconditionVerdict::unmodified_failed;
    }
    if (conditions.if_none_match) {
        if (names_e_tag(*conditions.if_none_match, e_tag))
            return PreconditionVerdict::none_match_failed;
    } else if (conditions.if_modified_since && modified <= *conditions.if_modified_since) {
        return PreconditionVerdict::modified_failed;
    }
    return PreconditionVerdict::holds;
}

} // namespace diorama::s3
