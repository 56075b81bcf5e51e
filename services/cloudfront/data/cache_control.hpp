// The Cache-Control response header, parsed (RFC 9111 5.2).
#pragma once

#include "emulator/time/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::cloudfront {

struct CacheControl {
    bool no_store = false;
    bool no_cache = false;   // without field names
    bool is_private = false; // without field names
    bool must_revalidate = false;
    bool proxy_revalidate = false;
    bool is_public = false;
    std::optional<Duration> max_age;
    std::optional<Duration> s_maxage;
    std::optional<Duration> stale_while_revalidate;
    std::optional<Duration> stale_if_error;
    // Field names of no-cache="..." and private="...", in lower case.
    std::vector<std::string> unshared_fields;
};

// Never fails: what cannot be read is left out, and a number that is none counts as zero.
CacheControl parse_cache_control(std::string_view value);

// RFC 9111 1.2.2: delta-seconds; nothing for what is not a whole number, capped at 100 years.
std::optional<Duration> parse_delta_seconds(std::string_view text);

} // namespace diorama::cloudfront
