// The response that a viewer gets from what an edge location has: a cached object, an object that
// is just arriving, or a page of CloudFront's own. Conditions and ranges are decided here.
#pragma once

#include "services/cloudfront/data/entry.hpp"
#include "services/cloudfront/data/origin_request.hpp"

#include <optional>

namespace diorama::cloudfront {

struct ViewerResponse {
    http::ResponseHead head;
    bool sends_body = true;
    // The part of the object's body that is sent.
    std::uint64_t offset = 0;
    std::optional<std::uint64_t> length; // nothing: to the end, wherever that is
    CacheResult result = CacheResult::miss;
};

// What there is to answer with.
struct Object {
    int status = 200;
    const http::Headers& headers;
    std::optional<std::uint64_t> body_length; // nothing: not known yet
    CacheResult result = CacheResult::miss;
    std::optional<Duration> age;
};

ViewerResponse viewer_response(
    const http::RequestHead& request,
    const Object& object,
    const EdgeIdentity& identity
);

// The same for a cached object.
ViewerResponse viewer_response(
    const http::RequestHead& request,
    const Entry& entry,
    std::optional<Duration> age,
    CacheResult result,
    const EdgeIdentity& identity
);

// CloudFront's own pages.
struct PageResponse {
    http::Response response;
    CacheResult result = CacheResult::error;
};

PageResponse page_response(const ErrorPage& page, const EdgeIdentity& identity);
PageResponse redirect_to_https(const http::RequestHead& request, const EdgeIdentity& identity);

// The end-to-end fields of an origin's response as a behavior lets them through.
http::Headers viewer_headers(const http::Headers& origin_headers, const Behavior& behavior);

// RFC 9110 13.1: whether the viewer's conditions say that it has this object already.
bool is_not_modified(const http::RequestHead& request, const http::Headers& headers);

} // namespace diorama::cloudfront
