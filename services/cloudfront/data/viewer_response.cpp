// See viewer_response.hpp.
#include "services/cloudfront/data/viewer_response.hpp"

#include "emulator/time/time.hpp"
#include "services/cloudfront/data/byte_range.hpp"
#include "services/cloudfront/data/error_page.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace diorama::cloudfront {

namespace {

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

std::string_view opaque_tag(std::string_view entity_tag) {
    return entity_tag.starts_with("W/") ? entity_tag.substr(2) : entity_tag;
}

// RFC 9110 13.1.2: weak comparison; "*" means any. Commas inside a quoted tag do not separate.
bool names_entity_tag(std::string_view list, std::string_view entity_tag) {
    if (trim(list) == "*") return true;
    if (entity_tag.empty()) return false;
    while (!list.empty()) {
        std::size_t end = 0;
        for (bool is_quoted = false; end < list.size() && (is_quoted || list[end] != ','); ++end) {
            if (list[end] == '"') is_quoted = !is_quoted;
        }
        if (opaque_tag(trim(list.substr(0, end))) == opaque_tag(entity_tag)) return true;
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

// RFC 9110 13.1.5: a strong entity tag that is the same, or the very same date.
bool if_range_holds(const http::RequestHead& request, const http::Headers& headers) {
    const auto* condition = request.headers.find("If-Range");
    if (condition == nullptr) return true;
    const auto value = trim(*condition);
    if (value.starts_with('"')) return value == headers.get("ETag");
    if (value.starts_with("W/")) return false;
    return value == headers.get("Last-Modified") && !value.empty();
}

void add_edge_headers(
    http::Headers& headers,
    CacheResult result,
    std::optional<Duration> age,
    const EdgeIdentity& identity
) {
    if (!headers.contains("Server")) headers.add("Server", "CloudFront");
    headers.set("X-Cache", fmt::format("{} from cloudfront", name_of(result)));
    const auto via = headers.joined("Via");
    headers.set("Via", via.empty() ? identity.via : via + ", " + identity.via);
    headers.set("X-Amz-Cf-Pop", identity.pop);
    headers.set("X-Amz-Cf-Id", identity.request_id);
    if (age) {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*age).count();
        headers.set("Age", std::to_string(seconds));
    }
}

// RFC 9110 15.4.5: a 304 carries what would change the stored response, and no description of a
// body.
void make_not_modified(ViewerResponse& response) {
    response.head.status = 304;
    response.sends_body = false;
    for (const auto* name : {"Content-Length", "Content-Type", "Content-Encoding", "Content-Range"})
        response.head.headers.remove(name);
}

void apply_range(
    ViewerResponse& response,
    const http::RequestHead& request,
    std::uint64_t body_length
) {
    auto& headers = response.head.headers;
    const auto* range = request.headers.find("Range");
    if (range == nullptr || !if_range_holds(request, headers)) return;
    const auto asked = parse_range(*range, body_length);
    if (asked.kind == ByteRange::Kind::whole) return;
    if (asked.kind == ByteRange::Kind::unsatisfiable) {
        response.head.status = 416;
        response.length = 0;
        headers.set("Content-Range", fmt::format("bytes */{}", body_length));
        headers.set("Content-Length", "0");
        return;
    }
    response.head.status = 206;
    response.offset = asked.offset;
    response.length = asked.length;
    const auto last = asked.offset + asked.length - 1;
    headers.set("Content-Range", fmt::format("bytes {}-{}/{}", asked.offset, last, body_length));
    headers.set("Content-Length", std::to_string(asked.length));
}

bool is_hop_by_hop(std::string_view name, std::string_view connection) {
    constexpr std::array<std::string_view, 9> fields{
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authentication-info",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    };
    if (std::find(fields.begin(), fields.end(), name) != fields.end()) return true;
    while (!connection.empty()) {
        const auto comma = std::min(connection.find(','), connection.size());
        if (http::equal_ignoring_case(trim(connection.substr(0, comma)), name)) return true;
        connection.remove_prefix(std::min(comma + 1, connection.size()));
    }
    return false;
}

// AWS: "CloudFront … Vary" is reduced to the headers it caches by, Accept-Encoding and Cookie.
std::string reduced_vary(std::string_view vary, const Behavior& behavior) {
    const auto& policy = behavior.cache_policy;
    std::string reduced;
    while (!vary.empty()) {
        const auto comma = std::min(vary.find(','), vary.size());
        const auto field = trim(vary.substr(0, comma));
        const auto name = http::lower_case(field);
        const bool stays = name == "*" || name == "accept-encoding" ||
                           (name == "cookie" && !policy.cookies.is_none()) ||
                           policy.headers.includes(name);
        if (stays && !field.empty()) {
            if (!reduced.empty()) reduced += ", ";
            reduced += field;
        }
        vary.remove_prefix(std::min(comma + 1, vary.size()));
    }
    return reduced;
}

} // namespace

bool is_not_modified(const http::RequestHead& request, const http::Headers& headers) {
    if (request.method != "GET" && request.method != "HEAD") return false;
    if (request.headers.contains("If-None-Match"))
        return names_entity_tag(request.headers.joined("If-None-Match"), headers.get("ETag"));
    const auto* since = request.headers.find("If-Modified-Since");
    if (since == nullptr) return false;
    const auto condition = parse_http_date(*since);
    const auto modified = parse_http_date(headers.get("Last-Modified"));
    return condition && modified && *modified <= *condition;
}

ViewerResponse viewer_response(
    const http::RequestHead& request,
    const Object& object,
    const EdgeIdentity& identity
) {
    ViewerResponse response;
    response.head.status = object.status;
    response.head.headers = object.headers;
    response.result = object.status >= 400 ? CacheResult::error : object.result;
    response.length = object.body_length;
    response.sends_body = request.method != "HEAD" && object.status != 204 && object.status != 304;
    add_edge_headers(response.head.headers, response.result, object.age, identity);
    if (object.status != 200) return response;
    if (is_not_modified(request, object.headers)) {
        make_not_modified(response);
        return response;
    }
    if (object.body_length && request.method == "GET") {
        response.head.headers.set("Accept-Ranges", "bytes");
        apply_range(response, request, *object.body_length);
    }
    return response;
}

ViewerResponse viewer_response(
    const http::RequestHead& request,
    const Entry& entry,
    std::optional<Duration> age,
    CacheResult result,
    const EdgeIdentity& identity
) {
    std::optional<std::uint64_t> length = entry.body->size();
    if (entry.page) length = error_page_body(*entry.page, identity.request_id).size();
    return viewer_response(
        request,
        Object{entry.status, entry.headers, length, result, age},
        identity
    );
}

PageResponse page_response(const ErrorPage& page, const EdgeIdentity& identity) {
    PageResponse page_response;
    auto& response = page_response.response;
    response.status = page.status;
    response.headers.add("Content-Type", "text/html");
    response.body = error_page_body(page, identity.request_id);
    add_edge_headers(response.headers, CacheResult::error, std::nullopt, identity);
    return page_response;
}

// AWS: "For GET and HEAD requests … CloudFront returns the HTTP status code 301"; for the others
// "307 (Temporary Redirect) … with the same method".
PageResponse redirect_to_https(const http::RequestHead& request, const EdgeIdentity& identity) {
    const int status = request.method == "GET" || request.method == "HEAD" ? 301 : 307;
    PageResponse redirect;
    redirect.result = CacheResult::redirect;
    auto& response = redirect.response;
    response.status = status;
    response.headers.add("Server", "CloudFront");
    response.headers.add("Content-Type", "text/html");
    std::string target(request.path());
    if (!request.query().empty()) target += "?" + std::string(request.query());
    // DIFFERS: AWS knows ports 80 and 443 only; a port that serves both schemes stays.
    auto authority = request.authority();
    if (authority.ends_with(":80")) authority.resize(authority.size() - 3);
    response.headers.add("Location", "https://" + authority + target);
    response.body = redirect_body(status);
    add_edge_headers(response.headers, CacheResult::redirect, std::nullopt, identity);
    return redirect;
}

// AWS: Trailer, Upgrade and the like are removed; Set-Cookie is removed "unless" cookies are
// forwarded.
http::Headers viewer_headers(const http::Headers& origin_headers, const Behavior& behavior) {
    const auto connection = origin_headers.joined("Connection");
    const bool keeps_cookies = !behavior.cache_policy.cookies.is_none() ||
                               !behavior.origin_request_policy.cookies.is_none() ||
                               !behavior.cache_policy.caches();
    http::Headers headers;
    for (const auto& header : origin_headers) {
        const auto name = http::lower_case(header.name);
        if (is_hop_by_hop(name, connection)) continue;
        if (name == "set-cookie" && !keeps_cookies) continue;
        if (name == "vary") continue;
        headers.add(header.name, header.value);
    }
    if (const auto vary = reduced_vary(origin_headers.joined("Vary"), behavior); !vary.empty())
        headers.add("Vary", vary);
    return headers;
}

} // namespace diorama::cloudfront
