// The request that an edge location sends to an origin in place of the viewer's.
#pragma once

#include "services/cloudfront/data/cache_key.hpp"

namespace diorama::cloudfront {

struct OriginRequest {
    http::RequestHead head;
    const Origin* origin = nullptr; // of the distribution the request belongs to
    bool is_https = false;
};

// What this edge location calls itself and this request.
struct EdgeIdentity {
    std::string via;        // "1.1 0123….cloudfront.net (CloudFront)"
    std::string pop;        // "FRA56-C2"
    std::string request_id; // 56 characters
};

// How the request relates to the cache.
enum class OriginRequestPurpose {
    fill, // the answer may be cached: whole object, unconditionally
    relay // for this viewer only: the viewer's Range and conditions go along
};

// A viewer's request as the distribution's settings see it.
struct RequestContext {
    const Distribution& distribution;
    const Behavior& behavior;
    const http::RequestHead& request;
    const Viewer& viewer;
    const EdgeIdentity& identity;
};

// `path` is the path asked for, after the default root object was put in.
OriginRequest
origin_request(const RequestContext& context, std::string_view path, OriginRequestPurpose purpose);

} // namespace diorama::cloudfront
