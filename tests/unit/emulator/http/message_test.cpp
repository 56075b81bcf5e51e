#include "emulator/http/message.hpp"

#include <doctest/doctest.h>

using namespace diorama::http;

TEST_CASE("headers: names compare without case, spelling and order are kept") {
    Headers headers{{"Host", "a"}, {"Set-Cookie", "1"}, {"set-cookie", "2"}};
    CHECK(headers.get("HOST") == "a");
    CHECK(headers.joined("SET-COOKIE") == "1, 2");
    CHECK(headers.get("missing", "otherwise") == "otherwise");
    headers.set("SET-cookie", "3");
    REQUIRE(headers.size() == 2);
    CHECK(headers.begin()[1] == Header{"Set-Cookie", "3"});
    CHECK(headers.remove("host") == 1);
    CHECK_FALSE(headers.contains("Host"));
}

TEST_CASE("request head: path, query and authority of an origin form") {
    const RequestHead head{"GET", "/a%20b?x=1?y", 11, {{"Host", "Example.COM:8080"}}};
    CHECK(head.path() == "/a%20b");
    CHECK(head.query() == "x=1?y");
    CHECK_FALSE(head.is_absolute_form());
    CHECK(head.authority() == "example.com:8080");
    CHECK(head.host() == "example.com");
}

TEST_CASE("request head: an absolute target wins over the Host header") {
    const RequestHead head{"GET", "http://user@Origin:81/p?q", 11, {{"Host", "other"}}};
    CHECK(head.is_absolute_form());
    CHECK(head.authority() == "origin:81");
    CHECK(head.host() == "origin");
    CHECK(head.path() == "/p");
    CHECK(head.query() == "q");
    CHECK(RequestHead{"GET", "http://origin?q", 11, {}}.path() == "/");
    CHECK(RequestHead{"GET", "http://origin", 11, {}}.path() == "/");
}

TEST_CASE("request head: a URL inside the query does not make the target absolute") {
    const RequestHead head{"GET", "/go?to=http://elsewhere/x", 11, {{"Host", "[::1]:80"}}};
    CHECK_FALSE(head.is_absolute_form());
    CHECK(head.path() == "/go");
    CHECK(head.host() == "[::1]");
}

TEST_CASE("request head: CONNECT names its authority in the target") {
    const RequestHead head{"CONNECT", "Example.com:443", 11, {}};
    CHECK(head.authority() == "example.com:443");
    CHECK(head.host() == "example.com");
}

TEST_CASE("percent coding: broken escapes stay as they are") {
    CHECK(percent_decode("a%2Fb%zz%4") == "a/b%zz%4");
    CHECK(percent_decode("a+b", true) == "a b");
    CHECK(percent_decode("a+b") == "a+b");
    CHECK(percent_encode("a b/~\xc3\xa9") == "a%20b%2F~%C3%A9");
    CHECK(percent_encode("a b/c", true) == "a%20b/c");
}

TEST_CASE("parse_query: pairs in order, with and without values") {
    const auto pairs = parse_query("b=2&a=%31&&flag&c=x=y+z");
    REQUIRE(pairs.size() == 4);
    CHECK(pairs[0] == std::pair<std::string, std::string>("b", "2"));
    CHECK(pairs[1] == std::pair<std::string, std::string>("a", "1"));
    CHECK(pairs[2] == std::pair<std::string, std::string>("flag", ""));
    CHECK(pairs[3] == std::pair<std::string, std::string>("c", "x=y z"));
    CHECK(parse_query("").empty());
}

TEST_CASE("reason_phrase: the registered phrases, and Unknown for others") {
    CHECK(reason_phrase(404) == "Not Found");
    CHECK(reason_phrase(799) == "Unknown");
}
