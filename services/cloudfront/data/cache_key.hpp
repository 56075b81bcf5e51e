// The cache key: what tells one cached object from another, and the selections of query strings,
// cookies and headers it is made of.
#pragma once

#include "emulator/http/message.hpp"
#include "services/cloudfront/data/distribution.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace diorama::cloudfront {

// What an edge location knows of the viewer besides the request head.
struct Viewer {
    std::string address; // "203.0.113.7"
    std::uint16_t port = 0;
    bool is_https = false;
    bool has_body = false;
};

// The parameters of `query` that are selected, joined by '&', in the viewer's order and spelling.
std::string select_query(std::string_view query, const ItemSelection& selection);

// Cookies by name, sorted by name.
using Cookies = std::vector<std::pair<std::string, std::string>>;
Cookies select_cookies(const http::Headers& headers, const ItemSelection& selection);
std::string cookie_header(const Cookies& cookies);

// "br,gzip", "br", "gzip" or empty: what the viewer accepts of what the policy caches.
std::string normalized_accept_encoding(const http::Headers& headers, const CachePolicy& policy);

// The value of a header that CloudFront itself adds ("cloudfront-forwarded-proto"), lower-case
// name; empty for every other.
std::string cloudfront_header(std::string_view name, const Viewer& viewer);

// `path` is the path asked for, after the default root object was put in.
std::string cache_key(
    const Distribution& distribution,
    const Behavior& behavior,
    const http::RequestHead& request,
    std::string_view path,
    const Viewer& viewer
);

} // namespace diorama::cloudfront
