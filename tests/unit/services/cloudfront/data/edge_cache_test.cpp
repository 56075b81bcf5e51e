#include "tests/unit/services/cloudfront/data/edge_dialogue.hpp"

using namespace diorama;
using namespace diorama::cloudfront;
using std::chrono::seconds;

namespace {

http::Response ok(std::string cache_control, std::string body = "body", http::Headers more = {}) {
    http::Headers headers{{"Cache-Control", std::move(cache_control)}};
    for (const auto& header : more)
        headers.add(header.name, header.value);
    return EdgeDialogue::response(200, std::move(headers), std::move(body));
}

} // namespace

TEST_CASE("edge cache: the second request is a Hit with its Age and the bytes of the first") {
    EdgeDialogue edge;
    const auto first = edge.get("/a", ok("max-age=60", "hello"));
    CHECK(first.status == 200);
    CHECK(first.body == "hello");
    CHECK(first.x_cache() == "Miss from cloudfront");
    CHECK_FALSE(first.headers.contains("Age"));
    CHECK(first.headers.get("Via") == "1.1 0123.cloudfront.net (CloudFront)");
    CHECK(first.headers.get("X-Amz-Cf-Pop") == "FRA56-C2");
    CHECK(first.headers.get("Server") == "CloudFront");

    edge.pass(7);
    const auto second = edge.get_cached("/a");
    CHECK(second.status == 200);
    CHECK(second.body == "hello");
    CHECK(second.x_cache() == "Hit from cloudfront");
    CHECK(second.headers.get("Age") == "7");
    CHECK_FALSE(edge.asked);
}

TEST_CASE("edge cache: a stale entry is confirmed by its validators, and is a RefreshHit") {
    EdgeDialogue edge;
    edge.get("/a", ok("max-age=60", "hello", {{"ETag", "\"v1\""}}));
    edge.pass(60);
    const auto refreshed = edge.get(
        "/a",
        EdgeDialogue::response(304, {{"Cache-Control", "max-age=30"}, {"X-New", "1"}}, "")
    );
    CHECK(edge.asked->headers.get("If-None-Match") == "\"v1\"");
    CHECK(refreshed.status == 200);
    CHECK(refreshed.body == "hello");
    CHECK(refreshed.x_cache() == "RefreshHit from cloudfront");
    CHECK(refreshed.headers.get("X-New") == "1");
    edge.pass(29);
    CHECK(edge.get_cached("/a").headers.get("Age") == "29");
    edge.pass(1);
    CHECK(edge.get("/a", ok("max-age=1", "new")).body == "new");
}

TEST_CASE("edge cache: a changed object replaces the stale one") {
    EdgeDialogue edge;
    edge.get("/a", ok("max-age=60", "old", {{"Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT"}}));
    edge.pass(61);
    CHECK(edge.get("/a", ok("max-age=60", "new")).x_cache() == "Miss from cloudfront");
    CHECK(edge.asked->headers.contains("If-Modified-Since"));
    CHECK(edge.get_cached("/a").body == "new");
}

TEST_CASE("edge cache: ranges, conditions and HEAD are answered from the whole object") {
    EdgeDialogue edge;
    const auto part = edge.get(
        "/a",
        ok("max-age=60", "0123456789", {{"ETag", "\"v\""}}),
        {{"Range", "bytes=2-4"}}
    );
    CHECK_FALSE(edge.asked->headers.contains("Range"));
    CHECK(part.status == 206);
    CHECK(part.body == "234");
    CHECK(part.headers.get("Content-Range") == "bytes 2-4/10");

    CHECK(edge.get_cached("/a", {{"Range", "bytes=-1"}}).body == "9");
    CHECK(edge.get_cached("/a", {{"Range", "bytes=10-"}}).status == 416);
    CHECK(edge.get_cached("/a", {{"Range", "bytes=1-"}, {"If-Range", "\"other\""}}).status == 200);
    CHECK(edge.get_cached("/a", {{"Range", "bytes=1-"}, {"If-Range", "\"v\""}}).status == 206);

    const auto not_modified = edge.get_cached("/a", {{"If-None-Match", "\"x\", W/\"v\""}});
    CHECK(not_modified.status == 304);
    CHECK(not_modified.body.empty());
    CHECK(not_modified.headers.get("ETag") == "\"v\"");
    CHECK_FALSE(not_modified.headers.contains("Content-Length"));
    CHECK(edge.get_cached("/a", {{"If-None-Match", "\"x\""}}).status == 200);

    const auto head = edge.ask({"HEAD", "/a", 11, {}}, EdgeDialogue::response(500, {}, ""));
    CHECK(head.status == 200);
    CHECK(head.body.empty());
    CHECK(head.headers.get("Content-Length") == "10");
    CHECK(head.x_cache() == "Hit from cloudfront");
}

TEST_CASE("edge cache: concurrent requests for one object wait for one fetch") {
    EdgeDialogue edge;
    const http::RequestHead head{"GET", "/a", 11, {{"Host", "d111.cloudfront.net"}}};
    const ViewerRequest request{edge.distribution, head, edge.viewer};
    const auto first = edge.cache.begin(request, look_up(request), edge.identity, edge.now);
    const auto fetch = std::get<Fetch>(first).id;
    const auto second = edge.cache.begin(request, look_up(request), edge.identity, edge.now);
    CHECK(std::get<Wait>(second).behind == fetch);

    edge.concluded(
        head,
        fetch,
        edge.cache.origin_answered(
            fetch,
            {200, {}, {{"Cache-Control", "max-age=9"}}},
            edge.identity,
            edge.now
        ),
        "once"
    );
    CHECK_FALSE(edge.cache.is_in_flight(fetch));
    CHECK(edge.get_cached("/a").body == "once");
}

TEST_CASE("edge cache: a response that may not be cached frees those who waited for it") {
    EdgeDialogue edge;
    const http::RequestHead head{"GET", "/a", 11, {{"Host", "d111.cloudfront.net"}}};
    const ViewerRequest request{edge.distribution, head, edge.viewer};
    const auto fetch =
        std::get<Fetch>(edge.cache.begin(request, look_up(request), edge.identity, edge.now)).id;
    edge.cache
        .origin_answered(fetch, {200, {}, {{"Cache-Control", "private"}}}, edge.identity, edge.now);
    CHECK_FALSE(edge.cache.is_in_flight(fetch));
    const auto again =
        edge.cache.begin(request, look_up(request), edge.identity, edge.now, Collapsing::tried);
    CHECK(std::holds_alternative<Fetch>(again));
}

TEST_CASE("edge cache: no request collapsing when cookies are forwarded") {
    EdgeDialogue edge;
    edge.behavior().cache_policy.cookies = {ItemSelection::Behavior::all, {}};
    const http::RequestHead head{"GET", "/a", 11, {{"Host", "d111.cloudfront.net"}}};
    const ViewerRequest request{edge.distribution, head, edge.viewer};
    edge.cache.begin(request, look_up(request), edge.identity, edge.now);
    CHECK(std::holds_alternative<Fetch>(
        edge.cache.begin(request, look_up(request), edge.identity, edge.now)
    ));
}

TEST_CASE("edge cache: errors are replayed for ten seconds as Error") {
    EdgeDialogue edge;
    CHECK(
        edge.get("/a", EdgeDialogue::response(404, {}, "none")).x_cache() == "Error from cloudfront"
    );
    edge.pass(9);
    const auto replayed = edge.get("/a", ok("max-age=60"));
    CHECK(replayed.status == 404);
    CHECK(replayed.body == "none");
    CHECK(replayed.x_cache() == "Error from cloudfront");
    edge.pass(1);
    CHECK(edge.get("/a", ok("max-age=60")).status == 200);
}

TEST_CASE(
    "edge cache: an expired copy is served while the origin answers 5xx, not while it says 4xx"
) {
    EdgeDialogue edge;
    edge.get("/a", ok("max-age=60", "good"));
    edge.pass(100);
    const auto stale = edge.get("/a", EdgeDialogue::response(503, {}, "down"));
    CHECK(stale.status == 200);
    CHECK(stale.body == "good");
    CHECK(stale.headers.get("Age") == "100");
    edge.pass(9); // for the error caching minimum TTL the origin is left alone
    CHECK(edge.get_cached("/a").body == "good");
    CHECK_FALSE(edge.asked);
    edge.pass(1);
    CHECK(edge.get("/a", EdgeDialogue::response(404, {}, "gone")).status == 404);
}

TEST_CASE("edge cache: stale-if-error=0 and must-revalidate forbid the expired copy") {
    for (const auto* value : {"max-age=60, stale-if-error=0", "max-age=60, must-revalidate"}) {
        CAPTURE(value);
        EdgeDialogue edge;
        edge.get("/a", ok(value, "good"));
        edge.pass(100);
        CHECK(edge.get("/a", EdgeDialogue::response(503, {}, "down")).status == 503);
    }
}

TEST_CASE("edge cache: stale-while-revalidate answers at once and refreshes behind the viewer") {
    EdgeDialogue edge;
    edge.get("/a", ok("max-age=60, stale-while-revalidate=30", "old"));
    edge.pass(61);
    CHECK(edge.get("/a", ok("max-age=60", "new")).body == "old");
    CHECK(edge.asked);
    CHECK(edge.get_cached("/a").body == "new");
}

TEST_CASE("edge cache: an origin that cannot be reached is 502, one that is silent 504") {
    EdgeDialogue edge;
    const http::RequestHead head{"GET", "/a", 11, {}};
    for (const auto& [failure, status] :
         {std::pair{OriginFailure::unreachable, 502}, std::pair{OriginFailure::timed_out, 504}}) {
        const ViewerRequest request{edge.distribution, head, edge.viewer};
        const auto fetch =
            std::get<Fetch>(edge.cache.begin(request, look_up(request), edge.identity, edge.now))
                .id;
        const auto answer = edge.concluded(
            head,
            fetch,
            edge.cache.origin_failed(fetch, failure, edge.identity, edge.now),
            ""
        );
        CHECK(answer.status == status);
        CHECK(answer.x_cache() == "Error from cloudfront");
        CHECK(answer.body.find("The request could not be satisfied.") != std::string::npos);
        edge.pass(10);
    }
}

TEST_CASE("edge cache: a custom error response replaces the page and the status") {
    EdgeDialogue edge;
    edge.distribution->error_responses.push_back({404, "/index.html", 200, seconds(5)});
    const http::RequestHead head{"GET", "/app/settings", 11, {{"Host", "d111.cloudfront.net"}}};
    const ViewerRequest request{edge.distribution, head, edge.viewer};
    const auto fetch =
        std::get<Fetch>(edge.cache.begin(request, look_up(request), edge.identity, edge.now));
    auto verdict = edge.cache.origin_answered(fetch.id, {404, {}, {}}, edge.identity, edge.now);
    const auto page = std::get<Fetch>(verdict);
    CHECK(page.request.head.target == "/index.html");
    const auto answer = edge.answered(head, page, ok("max-age=60", "<app>"));
    CHECK(answer.status == 200);
    CHECK(answer.body == "<app>");
    CHECK(answer.x_cache() == "Error from cloudfront");
    edge.pass(4);
    CHECK(edge.get_cached("/app/settings").x_cache() == "Error from cloudfront");
    edge.pass(1);
    CHECK(edge.get("/app/settings", ok("max-age=60", "real")).body == "real");
}

TEST_CASE("edge cache: invalidation removes every variant, and what is under way is not kept") {
    EdgeDialogue edge;
    edge.behavior().cache_policy.headers = {
        ItemSelection::Behavior::whitelist,
        {"accept-language"}
    };
    edge.get("/a/1", ok("max-age=60", "de"), {{"Accept-Language", "de"}});
    edge.get("/a/1", ok("max-age=60", "en"), {{"Accept-Language", "en"}});
    edge.get("/b", ok("max-age=60", "b"));
    const http::RequestHead head{"GET", "/a/2", 11, {{"Host", "d111.cloudfront.net"}}};
    const ViewerRequest request{edge.distribution, head, edge.viewer};
    const auto fetch =
        std::get<Fetch>(edge.cache.begin(request, look_up(request), edge.identity, edge.now));

    CHECK(edge.cache.invalidate(*edge.distribution, "/a/*") == 2);
    edge.answered(head, fetch, ok("max-age=60", "old"));
    CHECK(edge.get("/a/2", ok("max-age=60", "new")).body == "new");
    CHECK(edge.get("/a/1", ok("max-age=60", "new")).body == "new");
    CHECK(edge.get_cached("/b").body == "b");

    cloudfront::Distribution other;
    other.id = "EOTHER";
    CHECK(edge.cache.invalidate(other, "/*") == 0);
}

TEST_CASE("edge cache: behaviors that do not cache ask every time and pass conditions along") {
    EdgeDialogue edge;
    edge.behavior().cache_policy.max_ttl = seconds(0);
    edge.get("/a", ok("max-age=60", "1"), {{"Range", "bytes=0-1"}});
    CHECK(edge.asked->headers.get("Range") == "bytes=0-1");
    CHECK(edge.get("/a", ok("max-age=60", "2")).body == "2");
}

TEST_CASE("edge cache: the default root object stands for / only, with the origin's path before it"
) {
    EdgeDialogue edge;
    edge.distribution->default_root_object = "index.html";
    edge.distribution->origins[0].path = "/production";
    edge.get("/", ok("max-age=60", "home"));
    CHECK(edge.asked->target == "/production/index.html");
    edge.get("/docs/", ok("max-age=60", "docs"));
    CHECK(edge.asked->target == "/production/docs/");
    CHECK(edge.get_cached("/index.html").body == "home");
}

TEST_CASE("edge cache: methods that are not allowed and GET with a body get CloudFront's own 403") {
    EdgeDialogue edge;
    edge.identity.request_id = std::string(54, 'x') + "==";
    const auto refused = edge.ask({"POST", "/", 11, {}}, {});
    CHECK(refused.status == 403);
    CHECK(refused.headers.get("Content-Type") == "text/html");
    CHECK(
        refused.body.find("The distribution supports only cachable requests.\n") !=
        std::string::npos
    );
    edge.viewer.has_body = true;
    const auto with_body = edge.get("/", {});
    CHECK(with_body.status == 403);
    CHECK(with_body.body.size() == 915);
    edge.viewer.has_body = false;
    CHECK(edge.get("/" + std::string(8'192, 'a'), {}).status == 413);
}

TEST_CASE("edge cache: the viewer protocol policy redirects to https or refuses") {
    EdgeDialogue edge;
    edge.behavior().viewer_protocol_policy = ViewerProtocolPolicy::redirect_to_https;
    const auto redirect = edge.get("/a?b=c", {});
    CHECK(redirect.status == 301);
    CHECK(redirect.headers.get("Location") == "https://d111.cloudfront.net/a?b=c");
    CHECK(redirect.x_cache() == "Redirect from cloudfront");
    CHECK(redirect.body.size() == 167);
    CHECK(edge.ask({"GET", "/", 10, {}}, {}).status == 403);

    edge.behavior().viewer_protocol_policy = ViewerProtocolPolicy::https_only;
    CHECK(edge.get("/a", {}).status == 403);
    edge.viewer.is_https = true;
    CHECK(edge.get("/a", ok("max-age=1")).status == 200);
}

TEST_CASE("edge cache: the least recently used objects leave when the store is full") {
    EdgeDialogue edge;
    const std::string large(400 * 1024, 'x');
    edge.get("/1", ok("max-age=60", large));
    edge.get("/2", ok("max-age=60", large));
    edge.get_cached("/1");
    edge.get("/3", ok("max-age=60", large));
    CHECK(edge.get_cached("/1").status == 200);
    CHECK(edge.get_cached("/3").status == 200);
    CHECK(edge.get("/2", ok("max-age=60", "again")).body == "again");
    CHECK(edge.cache.store().bytes() <= 1024 * 1024);
}

TEST_CASE("edge cache: an entry that was found is found again, and not once it has gone") {
    EdgeDialogue edge;
    edge.get("/a", ok("max-age=60", "hello"));
    edge.get("/b", ok("max-age=60", "other"));
    for (int i = 0; i < 3; ++i) {
        CHECK(edge.get_cached("/a").body == "hello");
        CHECK(edge.get_cached("/b").body == "other");
    }
    edge.cache.invalidate(*edge.distribution, "/a");
    CHECK(edge.get("/a", ok("max-age=60", "newer")).body == "newer");
    CHECK(edge.get_cached("/a").body == "newer");
    edge.pass(60);
    CHECK(edge.get("/a", ok("max-age=60", "newest")).body == "newest");
    CHECK(edge.get("/b", ok("max-age=60", "other")).body == "other");
}
