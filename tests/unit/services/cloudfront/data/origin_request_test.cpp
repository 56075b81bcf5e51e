#include "services/cloudfront/data/managed_policies.hpp"
#include "tests/unit/services/cloudfront/data/edge_dialogue.hpp"

using namespace diorama;
using namespace diorama::cloudfront;

namespace {

http::RequestHead asked_of_origin(EdgeDialogue& edge, http::RequestHead request) {
    edge.ask(std::move(request), EdgeDialogue::response(200, {}, ""));
    REQUIRE(edge.asked);
    return *edge.asked;
}

const http::Headers browser{
    {"Accept", "text/html"},
    {"Authorization", "Basic eA=="},
    {"Cookie", "b=1; a=2"},
    {"User-Agent", "curl"},
    {"X-Forwarded-For", "198.51.100.1"},
    {"X-Edge-Foo", "1"},
    {"X-Custom", "1"},
    {"Connection", "close"},
    {"TE", "trailers"},
};

} // namespace

TEST_CASE("origin request: by default only CloudFront's own headers go to the origin") {
    EdgeDialogue edge;
    edge.distribution->origins[0].custom_headers = {{"X-Secret", "s"}};
    const auto head = asked_of_origin(edge, {"GET", "/a?b=c", 11, browser});
    CHECK(head.target == "/a");
    CHECK(head.headers.get("Host") == "origin.example.com");
    CHECK(head.headers.get("User-Agent") == "Amazon CloudFront");
    CHECK(head.headers.get("X-Forwarded-For") == "198.51.100.1,203.0.113.7");
    CHECK(head.headers.get("Connection") == "Keep-Alive");
    CHECK(head.headers.get("X-Amz-Cf-Id") == "request-id");
    CHECK(head.headers.get("X-Secret") == "s");
    for (const auto* name : {"Accept", "Authorization", "Cookie", "X-Edge-Foo", "X-Custom", "TE"})
        CHECK_FALSE(head.headers.contains(name));
    CHECK_FALSE(head.headers.contains("X-Diorama-CloudFront"));
}

TEST_CASE("origin request: AllViewer forwards everything the viewer sent, also Host") {
    EdgeDialogue edge;
    edge.behavior().origin_request_policy =
        find_managed_origin_request_policy("216adef6-5c7f-47e4-b989-5492eafa07d3")->policy;
    const auto head = asked_of_origin(edge, {"GET", "/a?b=c", 11, browser});
    CHECK(head.target == "/a?b=c");
    CHECK(head.headers.get("Host") == "d111.cloudfront.net");
    CHECK(head.headers.get("User-Agent") == "curl");
    CHECK(head.headers.get("Cookie") == "a=2; b=1");
    CHECK(head.headers.get("Authorization") == "Basic eA==");
    CHECK(head.headers.get("X-Custom") == "1");
    CHECK_FALSE(head.headers.contains("X-Edge-Foo"));

    edge.behavior().origin_request_policy =
        find_managed_origin_request_policy("b689b0a8-53d0-40ab-baf2-68738e2966ac")->policy;
    CHECK(
        asked_of_origin(edge, {"GET", "/b", 11, browser}).headers.get("Host") ==
        "origin.example.com"
    );
}

TEST_CASE("origin request: legacy settings forward headers that nothing is said about") {
    EdgeDialogue edge;
    edge.behavior().origin_request_policy.forwards_unlisted_headers = true;
    const auto head = asked_of_origin(edge, {"GET", "/a", 11, browser});
    CHECK(head.headers.get("X-Custom") == "1");
    for (const auto* name : {"Accept", "Authorization", "Cookie"})
        CHECK_FALSE(head.headers.contains(name));
}

TEST_CASE("origin request: an origin access control makes the distribution recognisable") {
    EdgeDialogue edge;
    edge.distribution->origins[0].has_access_control = true;
    const http::Headers forged{{"X-Diorama-CloudFront", "arn:forged"}};
    const auto head = asked_of_origin(edge, {"GET", "/a", 11, forged});
    CHECK(head.headers.joined("X-Diorama-CloudFront") == edge.distribution->arn);
}

TEST_CASE("origin response: Set-Cookie and Vary are reduced to what the behavior forwards") {
    EdgeDialogue edge;
    edge.behavior().cache_policy.headers = {
        ItemSelection::Behavior::whitelist,
        {"accept-language"}
    };
    const http::Headers headers{
        {"Set-Cookie", "a=1"},
        {"Vary", "Accept-Language, User-Agent, Accept-Encoding"},
        {"Connection", "X-Hop"},
        {"X-Hop", "1"},
        {"Transfer-Encoding", "chunked"},
    };
    const auto answer = edge.get("/a", EdgeDialogue::response(200, headers, "x"));
    CHECK(answer.headers.get("Vary") == "Accept-Language, Accept-Encoding");
    for (const auto* name : {"Set-Cookie", "X-Hop", "Transfer-Encoding", "Connection"})
        CHECK_FALSE(answer.headers.contains(name));

    edge.behavior().cache_policy.cookies = {ItemSelection::Behavior::all, {}};
    edge.get("/b", EdgeDialogue::response(200, headers, "x"));
    CHECK(edge.get_cached("/b").headers.get("Set-Cookie") == "a=1");
}
