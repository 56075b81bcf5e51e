// What origins and viewers say about caching, in whatever spelling: Cache-Control, Range,
// Accept-Encoding, Cookie, If-None-Match. Nothing may crash, and a range lies within its body.
#include "emulator/assert.hpp"
#include "services/cloudfront/data/byte_range.hpp"
#include "services/cloudfront/data/cache_control.hpp"
#include "services/cloudfront/data/cache_key.hpp"
#include "services/cloudfront/data/path_pattern.hpp"
#include "services/cloudfront/data/viewer_response.hpp"

#include <cstddef>
#include <cstdint>

using namespace diorama;
using namespace diorama::cloudfront;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(bytes), size);
    parse_cache_control(text);
    parse_delta_seconds(text);

    constexpr std::uint64_t body = 1000;
    const auto range = parse_range(text, body);
    ASSERT(range.offset + range.length <= body);

    CachePolicy policy;
    policy.accepts_gzip = policy.accepts_brotli = true;
    const http::Headers headers{{"Accept-Encoding", text}, {"Cookie", text}};
    normalized_accept_encoding(headers, policy);
    const ItemSelection selection{ItemSelection::Behavior::whitelist, {"a*", "?b"}};
    cookie_header(select_cookies(headers, selection));
    select_query(text, selection);

    const http::RequestHead
        request{"GET", "/", 11, {{"If-None-Match", text}, {"If-Modified-Since", text}}};
    is_not_modified(request, {{"ETag", "\"v\""}, {"Last-Modified", text}});
    path_matches(text.substr(0, size / 2), text.substr(size / 2));
    return 0;
}
