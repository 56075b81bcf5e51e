// How long a response may be kept and reused: RFC 9111 section 4.2 within the TTLs of a cache
// policy.
#pragma once

#include "emulator/http/message.hpp"
#include "services/cloudfront/data/distribution.hpp"

#include <optional>
#include <vector>

namespace diorama::cloudfront {

struct Freshness {
    bool is_storable = false;
    Duration initial_age{}; // RFC 9111 4.2.3: what the origin's Age said on arrival
    Duration lifetime{};    // fresh for this long after arrival
    Duration stale_while_revalidate{};
    // Nothing: the origin did not say, CloudFront's own rule applies.
    std::optional<Duration> stale_if_error;
    bool forbids_stale = false;
    // Header fields that may not be stored with the response (lower case).
    std::vector<std::string> unshared_fields;
};

// `error` is the distribution's custom error response for this status, if it has one.
Freshness freshness_of(
    const http::ResponseHead& response,
    const CachePolicy& policy,
    const ErrorResponse* error,
    Timestamp now
);

} // namespace diorama::cloudfront
