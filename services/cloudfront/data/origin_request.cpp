// See origin_request.hpp.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
#include "services/cloudfront/data/origin_request.hpp"

#include <algorithm>
#include <array>

namespace diorama::cloudfront {

namespace {

template <std::size_t Count>
bool is_one_of(std::string_view name, const std::array<std::string_view, Count>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// Hop-by-hop fields (RFC 9110 7.6.1) and those that "CloudFront removes" whatever the settings.
bool is_always_removed(std::string_view name) {
    constexpr std::array<std::string_view, 13> removed{
        "connection",
        "keep-alive",
        "expect",
        "te",
        "trailer",
        "upgrade",
        "transfer-encoding",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "x-http-method-override",
        "x-real-ip",
        "x-forwarded-proto",
    };
    return is_one_of(name, removed) || name.starts_with("x-edge-") || name.starts_with("x-amz-cf-");
}

// Fields that origin_request() writes itself, or takes over under rules of their own.
bool has_own_rule(std::string_view name) {
    constexpr std::array<std::string_view, 9> own{
        "host",
        "cookie",
        "accept-encoding",
        "via",
        "x-forwarded-for",
        "user-agent",
        "content-length",
        "range",
        "if-range"
    };
    return is_one_of(name, own) || name.starts_with("if-");
}

// AWS, legacy cache settings: "CloudFront removes the header" unless it is whitelisted.
bool is_removed_unless_forwarded(std::string_view name, std::string_view method) {
    constexpr std::array<std::string_view, 4>
        removed{"accept", "accept-charset", "accept-language", "referer"};
    if (is_one_of(name, removed) || name.starts_with("cloudfront-")) return true;
    return name == "authorization" && (method == "GET" || method == "HEAD");
}

bool is_forwarded(const RequestContext& context, std::string_view name) {
    const auto& behavior = context.behavior;
    if (behavior.cache_policy.headers.includes(name)) return true;
    if (behavior.origin_request_policy.headers.includes(name)) return true;
    return behavior.origin_request_policy.forwards_unlisted_headers &&
           !is_removed_unless_forwarded(name, context.request.method);
}

// What is named explicitly, so that Host or User-Agent of the viewer goes to the origin.
bool is_chosen(const RequestContext& context, std::string_view name) {
    return context.behavior.cache_policy.headers.includes(name) ||
           context.behavior.origin_request_policy.headers.includes(name);
}

void add_viewer_headers(http::Headers& headers, const RequestContext& context) {
    for (const auto& header : context.request.headers) {
        const auto name = http::lower_case(header.name);
        if (is_always_removed(name) || has_own_rule(name)) continue;
        if (is_forwarded(context, name)) headers.add(header.name, header.value);
    }
    for (const std::string_view name :
         {"CloudFront-Forwarded-Proto", "CloudFront-Viewer-Address"}) {
        const auto lower = http::lower_case(name);
        if (is_chosen(context, lower)) headers.set(name, cloudfront_header(lower, context.viewer));
    }
}

void add_conditions(http::Headers& headers, const RequestContext& context) {
    for (const auto& header : context.request.headers) {
        const auto name = http::lower_case(header.name);
        if (name == "range" || name.starts_with("if-")) headers.add(header.name, header.value);
    }
}

// AWS: "CloudFront … compression support enabled": the normalised header; without a common coding
// "identity"; with both disabled an ordinary header.
void add_accept_encoding(http::Headers& headers, const RequestContext& context) {
    const auto& policy = context.behavior.cache_policy;
    if (policy.accepts_gzip || policy.accepts_brotli) {
        const auto normalized = normalized_accept_encoding(context.request.headers, policy);
        headers.add("Accept-Encoding", normalized.empty() ? "identity" : normalized);
        return;
    }
    const auto* sent = context.request.headers.find("Accept-Encoding");
    if (sent != nullptr && is_chosen(context, "accept-encoding"))
        headers.add("Accept-Encoding", *sent);
}

void add_cookies(http::Headers& headers, const RequestContext& context) {
    const auto& policy = context.behavior;
    const auto& request = context.request.headers;
    auto cookies = select_cookies(request, policy.origin_request_policy.cookies);
    for (auto& cookie : select_cookies(request, policy.cache_policy.cookies)) {
        if (std::find(cookies.begin(), cookies.end(), cookie) == cookies.end())
            cookies.push_back(std::move(cookie));
    }
    std::sort(cookies.begin(), cookies.end());
    if (!cookies.empty()) headers.add("Cookie", cookie_header(cookies));
}

// Query strings of the cache key and of the origin request policy, each parameter once, in the
// viewer's order.
std::string forwarded_query(const RequestContext& context) {
    const auto& keyed = context.behavior.cache_policy.query_strings;
    const auto& forwarded = context.behavior.origin_request_policy.query_strings;
    const auto query = context.request.query();
    if (keyed.is_none()) return select_query(query, forwarded);
    if (forwarded.is_none()) return select_query(query, keyed);
    if (forwarded.behavior == ItemSelection::Behavior::all) return std::string(query);
    auto both = keyed;
    if (both.behavior == ItemSelection::Behavior::whitelist &&
        forwarded.behavior == ItemSelection::Behavior::whitelist) {
        both.names.insert(both.names.end(), forwarded.names.begin(), forwarded.names.end());
        return select_query(query, both);
    }
    return std::string(query);
}

bool uses_https(const Origin& origin, const Viewer& viewer) {
    if (origin.protocol_policy == OriginProtocolPolicy::match_viewer) return viewer.is_https;
    return origin.protocol_policy == OriginProtocolPolicy::https_only;
}

} // namespace

OriginRequest
origin_request(const RequestContext& context, std::string_view path, OriginRequestPurpose purpose) {
    const auto& origin = context.distribution.origins[context.behavior.origin];
    const auto& viewer_headers = context.request.headers;
    OriginRequest request;
    request.origin = &origin;
    request.is_https = uses_https(origin, context.viewer);
    request.head.method = context.request.method;
    request.head.target = origin.path + std::string(path);
    if (const auto query = forwarded_query(context); !query.empty())
        request.head.target += "?" + query;

    auto& headers = request.head.headers;
    const bool keeps_host = is_chosen(context, "host");
    headers.add("Host", keeps_host ? std::string(viewer_headers.get("Host")) : origin.domain_name);
    const auto* agent = viewer_headers.find("User-Agent");
    if (!is_chosen(context, "user-agent"))
        headers.add("User-Agent", "Amazon CloudFront");
    else if (agent != nullptr)
        headers.add("User-Agent", *agent);
    headers.add("Connection", "Keep-Alive");
    // AWS: "X-Forwarded-For: …,ip" (comma, no space).
    const auto forwarded_for = viewer_headers.joined("X-Forwarded-For");
    headers.add(
        "X-Forwarded-For",
        forwarded_for.empty() ? context.viewer.address
                              : forwarded_for + "," + context.viewer.address
    );
    const auto via = viewer_headers.joined("Via");
    headers.add("Via", via.empty() ? context.identity.via : via + ", " + context.identity.via);
    headers.add("X-Amz-Cf-Id", context.identity.request_id);
    add_accept_encoding(headers, context);
    add_cookies(headers, context);
    add_viewer_headers(headers, context);
    if (purpose == OriginRequestPurpose::relay) {
        add_conditions(headers, context);
        if (const auto* length = viewer_headers.find("Content-Length"))
            headers.add("Content-Length", *length);
        else if (context.viewer.has_body)
            headers.add("Transfer-Encoding", "chunked");
    }
    // AWS: "If the header … is already present in the viewer request, CloudFront overwrites" it.
    for (const auto& header : origin.custom_headers)
        headers.set(header.name, header.value);
    headers.remove("X-Diorama-CloudFront");
    // Stands for the SigV4 signature of an origin access control.
    if (origin.has_access_control) headers.add("X-Diorama-CloudFront", context.distribution.arn);
    return request;
}

} // namespace diorama::cloudfront
