#include "services/cloudfront/data/cache_key.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::cloudfront;
using Selected = ItemSelection::Behavior;

namespace {

std::string key(const CachePolicy& policy, http::RequestHead request) {
    cloudfront::Distribution distribution;
    distribution.id = "EDFDVBD6EXAMPLE";
    Behavior behavior;
    behavior.cache_policy = policy;
    const std::string path(request.path());
    return cache_key(distribution, behavior, request, path, {"203.0.113.7", 50'000, false, false});
}

http::RequestHead get(std::string target, http::Headers headers = {}) {
    return {"GET", std::move(target), 11, std::move(headers)};
}

} // namespace

TEST_CASE("cache key: without selections query strings, cookies and headers make no difference") {
    const CachePolicy policy;
    const auto plain = key(policy, get("/a"));
    CHECK(plain == key(policy, get("/a?x=1")));
    CHECK(plain == key(policy, get("/a", {{"Cookie", "a=1"}, {"Accept-Language", "de"}})));
    CHECK(plain != key(policy, get("/A")));
    CHECK(plain != key(policy, get("/a/")));
}

TEST_CASE("cache key: chosen query strings count with case and order") {
    CachePolicy policy;
    policy.query_strings = {Selected::whitelist, {"size", "color"}};
    CHECK(key(policy, get("/a?size=1&x=2")) == key(policy, get("/a?y=3&size=1")));
    CHECK(key(policy, get("/a?size=1")) != key(policy, get("/a?Size=1")));
    CHECK(key(policy, get("/a?size=1")) != key(policy, get("/a?size=2")));
    CHECK(key(policy, get("/a?size=1&color=2")) != key(policy, get("/a?color=2&size=1")));

    policy.query_strings = {Selected::all_except, {"utm"}};
    CHECK(key(policy, get("/a?utm=9&b=1")) == key(policy, get("/a?b=1")));
    CHECK(select_query("a;b=1&utm=2&c", policy.query_strings) == "a;b=1&c");
}

TEST_CASE("cache key: chosen headers count by value, their names do not") {
    CachePolicy policy;
    policy.headers = {Selected::whitelist, {"accept-language", "cloudfront-forwarded-proto"}};
    const auto german = key(policy, get("/", {{"Accept-Language", "de"}}));
    CHECK(german == key(policy, get("/", {{"accept-language", "de"}})));
    CHECK(german != key(policy, get("/", {{"Accept-Language", "DE"}})));
    CHECK(german != key(policy, get("/")));
    CHECK(german.find("cloudfront-forwarded-proto:http") != std::string::npos);
}

TEST_CASE("cache key: chosen cookies count in the order of their names") {
    CachePolicy policy;
    policy.cookies = {Selected::whitelist, {"user", "ab-*"}};
    const auto one = key(policy, get("/", {{"Cookie", "user=1; theme=dark; ab-x=2"}}));
    CHECK(one == key(policy, get("/", {{"Cookie", "ab-x=2;user=1"}})));
    CHECK(one != key(policy, get("/", {{"Cookie", "ab-x=2; user=2"}})));
    CHECK(one != key(policy, get("/", {{"Cookie", "ab-x=2; User=1"}})));

    const auto cookies = select_cookies({{"Cookie", "b=1; a=2;c"}}, {Selected::all, {}});
    CHECK(cookie_header(cookies) == "a=2; b=1; c");
}

TEST_CASE("cache key: Accept-Encoding is normalised to what is cached and accepted") {
    CachePolicy policy;
    policy.accepts_gzip = true;
    policy.accepts_brotli = true;

    struct Example {
        const char* sent;
        const char* normalized;
    };

    const Example examples[] = {
        {"gzip, deflate, br", "br,gzip"},
        {"gzip", "gzip"},
        {"br;q=0.5", "br"},
        {"gzip;q=0, br", "br"},
        {"GZIP", "gzip"},
        {"deflate", ""},
        {"", ""},
    };
    for (const auto& example : examples) {
        CAPTURE(example.sent);
        const http::Headers headers{{"Accept-Encoding", example.sent}};
        CHECK(normalized_accept_encoding(headers, policy) == example.normalized);
    }
    CHECK(
        key(policy, get("/", {{"Accept-Encoding", "gzip, br"}})) ==
        key(policy, get("/", {{"Accept-Encoding", "br, deflate, gzip"}}))
    );
}
