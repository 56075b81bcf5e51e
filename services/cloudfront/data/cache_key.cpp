// See cache_key.hpp. Parts of a key are separated by line feeds, which no part can contain.
#include "services/cloudfront/data/cache_key.hpp"

#include <algorithm>

namespace diorama::cloudfront {

namespace {

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

// Calls `each` with every piece of `text` between separators.
template <class Each>
void split(std::string_view text, char separator, Each each) {
    while (true) {
        const auto end = text.find(separator);
        each(text.substr(0, end));
        if (end == std::string_view::npos) return;
        text.remove_prefix(end + 1);
    }
}

// RFC 9110 12.4.2: a weight of zero means "not acceptable".
bool has_weight_zero(std::string_view parameters) {
    bool is_zero = false;
    split(parameters, ';', [&](std::string_view parameter) {
        parameter = trim(parameter);
        if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) return;
        is_zero = parameter.substr(2).find_first_not_of("0.") == std::string_view::npos;
    });
    return is_zero;
}

bool accepts(const http::Headers& headers, std::string_view coding) {
    bool is_accepted = false;
    split(headers.joined("Accept-Encoding"), ',', [&](std::string_view item) {
        const auto semicolon = item.find(';');
        const auto name = trim(item.substr(0, semicolon));
        if (!http::equal_ignoring_case(name, coding)) return;
        is_accepted =
            semicolon == std::string_view::npos || !has_weight_zero(item.substr(semicolon + 1));
    });
    return is_accepted;
}

void add_headers(
    std::string& key,
    const CachePolicy& policy,
    const http::RequestHead& request,
    const Viewer& viewer
) {
    const bool normalizes = policy.accepts_gzip || policy.accepts_brotli;
    if (normalizes) key += "\nae:" + normalized_accept_encoding(request.headers, policy);
    for (const auto& name : policy.headers.names) {
        if (normalizes && name == "accept-encoding") continue;
        auto value = cloudfront_header(name, viewer);
        if (value.empty()) value = request.headers.joined(name);
        key += "\nh:" + name + ":" + value;
    }
}

} // namespace

// AWS: "CloudFront … query strings … the order … and case" count; only '&' delimits.
std::string select_query(std::string_view query, const ItemSelection& selection) {
    if (query.empty() || selection.is_none()) return {};
    if (selection.behavior == ItemSelection::Behavior::all) return std::string(query);
    std::string selected;
    split(query, '&', [&](std::string_view parameter) {
        if (!selection.includes(parameter.substr(0, parameter.find('=')))) return;
        if (!selected.empty()) selected += '&';
        selected += parameter;
    });
    return selected;
}

// AWS: "CloudFront sorts the cookies … by cookie name before forwarding".
Cookies select_cookies(const http::Headers& headers, const ItemSelection& selection) {
    Cookies cookies;
    if (selection.is_none()) return cookies;
    for (const auto& header : headers) {
        if (!http::equal_ignoring_case(header.name, "Cookie")) continue;
        split(header.value, ';', [&](std::string_view pair) {
            pair = trim(pair);
            const auto equals = std::min(pair.find('='), pair.size());
            const auto name = pair.substr(0, equals);
            if (pair.empty() || !selection.includes(name)) return;
            cookies.emplace_back(name, pair.substr(equals));
        });
    }
    std::sort(cookies.begin(), cookies.end());
    return cookies;
}

std::string cookie_header(const Cookies& cookies) {
    std::string header;
    for (const auto& [name, value] : cookies) {
        if (!header.empty()) header += "; ";
        header += name;
        header += value; // with its '='
    }
    return header;
}

// AWS: with both enabled the header is normalised to "br,gzip", "br" or "gzip", or left out.
std::string normalized_accept_encoding(const http::Headers& headers, const CachePolicy& policy) {
    const bool brotli = policy.accepts_brotli && accepts(headers, "br");
    const bool gzip = policy.accepts_gzip && accepts(headers, "gzip");
    if (brotli && gzip) return "br,gzip";
    if (brotli) return "br";
    return gzip ? "gzip" : "";
}

std::string cloudfront_header(std::string_view name, const Viewer& viewer) {
    if (name == "cloudfront-forwarded-proto") return viewer.is_https ? "https" : "http";
    if (name == "cloudfront-viewer-address")
        return viewer.address + ":" + std::to_string(viewer.port);
    return {};
}

std::string cache_key(
    const Distribution& distribution,
    const Behavior& behavior,
    const http::RequestHead& request,
    std::string_view path,
    const Viewer& viewer
) {
    const auto& policy = behavior.cache_policy;
    std::string key = distribution.id;
    key += '\n';
    key += request.method;
    key += '\n';
    key += path;
    key += '?';
    key += select_query(request.query(), policy.query_strings);
    add_headers(key, policy, request, viewer);
    const auto cookies = select_cookies(request.headers, policy.cookies);
    if (!cookies.empty()) key += "\nc:" + cookie_header(cookies);
    return key;
}

} // namespace diorama::cloudfront
