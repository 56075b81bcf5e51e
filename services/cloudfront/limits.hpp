// Every number of CloudFront that the emulator obeys, each with its source.
#pragma once

#include "emulator/time/pace.hpp"

#include <cstddef>

namespace diorama::cloudfront::limits {

using std::chrono::hours;
using std::chrono::seconds;

// AWS: "The maximum length of a request URL is 8192 bytes" (quotas, General quotas on
// distributions).
inline constexpr std::size_t max_url = 8'192;
// AWS: "Maximum length of a request, including headers and query strings, but not including the
// body content: 20,480 bytes".
inline constexpr std::size_t max_request_head = 20'480;
// AWS: ErrorCachingMinTTL, "The default is 10 seconds".
inline constexpr Duration error_caching_min_ttl = seconds(10);
// AWS: "max-age … 100 years" is the ceiling of what an origin may ask for.
inline constexpr Duration max_lifetime = hours(24) * 365 * 100;
// Defaults of a distribution's TTLs (API_CacheBehavior).
inline constexpr Duration default_ttl = seconds(86'400);
inline constexpr Duration max_ttl = seconds(31'536'000);

// Origin timeouts (API_CustomOriginConfig, API_Origin).
inline constexpr int origin_read_timeout = 30;
inline constexpr int origin_keepalive_timeout = 5;
inline constexpr int connection_timeout = 10;
inline constexpr int connection_attempts = 3;

// DIFFERS: AWS caches objects of up to 30 GB. Here the cache lives in memory, and a body over this
// many bytes passes through to the viewer uncached.
inline constexpr std::size_t max_cached_body = 32 * 1024 * 1024;
// All cached bytes of one edge location.
inline constexpr std::size_t edge_cache_bytes = 256 * 1024 * 1024;
// How far a slow viewer may fall behind its origin before the origin is made to wait.
inline constexpr std::size_t viewer_backlog = 1024 * 1024;

// Observed: AWS takes minutes to deploy a change, and about one to run an invalidation. DIFFERS: a
// brisk emulator is InProgress long enough to be seen, and not long enough to wait for.
inline constexpr PacedDuration deployment{std::chrono::milliseconds(300), std::chrono::minutes(3)};
inline constexpr PacedDuration invalidation{
    std::chrono::milliseconds(100),
    std::chrono::minutes(1)
};

// AWS: quotas on invalidations.
inline constexpr std::size_t invalidation_path_length = 4'000;
inline constexpr std::size_t invalidation_paths_in_progress = 3'000;
inline constexpr std::size_t invalidation_wildcards_in_progress = 15;
// AWS: path patterns are at most 255 characters.
inline constexpr std::size_t path_pattern_length = 255;
// AWS: "Distributions per AWS account: 500"; origins 100, cache behaviors 75, aliases 100.
inline constexpr std::size_t origins_per_distribution = 100;
inline constexpr std::size_t behaviors_per_distribution = 75;
inline constexpr std::size_t aliases_per_distribution = 100;

} // namespace diorama::cloudfront::limits
