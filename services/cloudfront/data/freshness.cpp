// See freshness.hpp. The rules are those of "Manage how long content stays in the cache
// (expiration)" and "How CloudFront caches HTTP 4xx and 5xx status codes" in the CloudFront guide.
#include "services/cloudfront/data/freshness.hpp"

#include "services/cloudfront/data/cache_control.hpp"

#include <algorithm>

namespace diorama::cloudfront {

namespace {

constexpr Duration zero = Duration::zero();

enum class ErrorCaching { not_an_error, always, when_asked };

// AWS: "CloudFront always caches the following HTTP status codes returned by the origin: 404, 414,
// 500, 501, 502, 503, 504"; others only with "Cache-Control max-age or … s-maxage".
// UNKNOWN: statuses in neither list (401, 410, 429 …); they are taken for the second kind.
ErrorCaching error_caching(int status) {
    if (status < 400) return ErrorCaching::not_an_error;
    if (status == 404 || status == 414) return ErrorCaching::always;
    if (status >= 500 && status <= 504) return ErrorCaching::always;
    return ErrorCaching::when_asked;
}

// DIFFERS: RFC 9111 4.2.3 also compares Date with the cache's own clock; origins outside the
// emulator have another clock when its time is scaled, so only Age counts.
Duration initial_age_of(const http::Headers& headers) {
    auto text = headers.get("Age");
    text = text.substr(0, text.find(','));
    return parse_delta_seconds(text).value_or(zero);
}

// AWS: s-maxage beats max-age beats Expires.
// RFC 9111 5.3: "A cache recipient MUST interpret invalid date formats, especially the value "0",
// as representing a time in the past".
std::optional<Duration>
lifetime_asked_for(const CacheControl& control, const http::Headers& headers, Timestamp now) {
    if (control.s_maxage) return control.s_maxage;
    if (control.max_age) return control.max_age;
    const auto* expires = headers.find("Expires");
    if (expires == nullptr) return std::nullopt;
    const auto expiry = parse_http_date(*expires);
    if (!expiry) return zero;
    const auto date = parse_http_date(headers.get("Date")).value_or(now);
    return std::max<Duration>(*expiry - date, zero);
}

Duration remaining(Duration asked, const CachePolicy& policy, Duration age) {
    return std::max(std::min(asked, policy.max_ttl) - age, zero);
}

void judge_error(
    Freshness& freshness,
    ErrorCaching caching,
    const CachePolicy& policy,
    const ErrorResponse* error,
    std::optional<Duration> asked
) {
    if (caching == ErrorCaching::when_asked && !asked && error == nullptr) return;
    const auto min_ttl = error != nullptr ? error->caching_min_ttl : limits::error_caching_min_ttl;
    const auto header = asked ? remaining(*asked, policy, freshness.initial_age) : zero;
    freshness.lifetime = std::max(min_ttl, header);
    freshness.is_storable = freshness.lifetime > zero;
}

void judge_success(
    Freshness& freshness,
    const CacheControl& control,
    const CachePolicy& policy,
    std::optional<Duration> asked
) {
    const bool refuses = control.no_store || control.is_private || control.no_cache;
    freshness.is_storable = true;
    if (policy.min_ttl > zero && refuses) {
        // AWS: with a minimum TTL over 0 and no-cache, no-store or private, "CloudFront caches
        // objects for the value of the CloudFront minimum TTL".
        freshness.lifetime = policy.min_ttl;
    } else if (control.no_store || control.is_private) {
        freshness.is_storable = false;
    } else if (control.no_cache) {
        freshness.lifetime = zero;
    } else if (asked) {
        const auto rest = remaining(*asked, policy, freshness.initial_age);
        freshness.lifetime = std::max(rest, policy.min_ttl);
    } else {
        freshness.lifetime = std::max(policy.min_ttl, policy.default_ttl);
    }
}

// AWS: "If you set the minimum TTL to 0 … Vary: * … CloudFront" asks the origin every time.
bool varies_on_everything(const http::Headers& headers) {
    return headers.joined("Vary").find('*') != std::string::npos;
}

} // namespace

Freshness freshness_of(
    const http::ResponseHead& response,
    const CachePolicy& policy,
    const ErrorResponse* error,
    Timestamp now
) {
    Freshness freshness;
    if (response.status < 200 || response.status == 206 || response.status == 304) return freshness;

    const auto control = parse_cache_control(response.headers.joined("Cache-Control"));
    const auto asked = lifetime_asked_for(control, response.headers, now);
    freshness.initial_age = initial_age_of(response.headers);
    freshness.unshared_fields = control.unshared_fields;
    freshness.forbids_stale = control.must_revalidate || control.proxy_revalidate;
    if (control.stale_while_revalidate)
        freshness.stale_while_revalidate =
            std::min(*control.stale_while_revalidate, policy.max_ttl);
    if (control.stale_if_error)
        freshness.stale_if_error = std::min(*control.stale_if_error, policy.max_ttl);

    const auto caching = error_caching(response.status);
    if (caching != ErrorCaching::not_an_error) {
        judge_error(freshness, caching, policy, error, asked);
        return freshness;
    }
    if (!policy.caches()) return freshness;
    if (policy.min_ttl == zero && varies_on_everything(response.headers)) return freshness;
    judge_success(freshness, control, policy, asked);
    return freshness;
}

} // namespace diorama::cloudfront
