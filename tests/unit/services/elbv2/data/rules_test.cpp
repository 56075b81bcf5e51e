// The conditions of listener rules.
#include "services/elbv2/data/rules.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::elbv2;

namespace {

RuleSubject subject_of(const http::RequestHead& head, std::string_view source = "192.0.2.9") {
    return {head, *network::IPAddress::parse(source)};
}

http::RequestHead request(std::string method, std::string target, http::Headers headers = {}) {
    return {std::move(method), std::move(target), 11, std::move(headers)};
}

} // namespace

TEST_CASE("rules: host-header compares without case and without port") {
    const Condition condition = HostHeaderCondition{{"*.example.com"}};
    CHECK(matches(condition, subject_of(request("GET", "/", {{"Host", "WWW.Example.com:8080"}}))));
    CHECK_FALSE(matches(condition, subject_of(request("GET", "/", {{"Host", "example.org"}}))));
    CHECK_FALSE(matches(condition, subject_of(request("GET", "/"))));
}

TEST_CASE("rules: path-pattern compares with case and leaves the query out") {
    const Condition condition = PathPatternCondition{{"/api/*", "/health"}};
    CHECK(matches(condition, subject_of(request("GET", "/api/items?x=1"))));
    CHECK(matches(condition, subject_of(request("GET", "/health?x=1"))));
    CHECK_FALSE(matches(condition, subject_of(request("GET", "/API/items"))));
    CHECK_FALSE(matches(condition, subject_of(request("GET", "/health/x"))));
}

TEST_CASE("rules: http-header looks at every field of the name") {
    const Condition condition = HTTPHeaderCondition{"User-Agent", {"*Chrome*", "*Safari*"}};
    const auto both = request("GET", "/", {{"user-agent", "curl"}, {"USER-AGENT", "chrome/1"}});
    CHECK(matches(condition, subject_of(both)));
    CHECK_FALSE(matches(condition, subject_of(request("GET", "/", {{"User-Agent", "curl"}}))));
    CHECK_FALSE(matches(condition, subject_of(request("GET", "/"))));
}

TEST_CASE("rules: query-string matches pairs, or any key when none is given") {
    const Condition condition =
        QueryStringCondition{{{"version", "v1"}, {std::nullopt, "*example*"}}};
    CHECK(matches(condition, subject_of(request("GET", "/?a=b&Version=V1"))));
    CHECK(matches(condition, subject_of(request("GET", "/?x=anexample"))));
    CHECK_FALSE(matches(condition, subject_of(request("GET", "/?version=v2"))));
    CHECK_FALSE(matches(condition, subject_of(request("GET", "/version=v1"))));
}

TEST_CASE("rules: http-request-method is exact, and HEAD is not GET") {
    const Condition condition = HTTPRequestMethodCondition{{"GET"}};
    CHECK(matches(condition, subject_of(request("GET", "/"))));
    CHECK_FALSE(matches(condition, subject_of(request("HEAD", "/"))));
    CHECK_FALSE(matches(condition, subject_of(request("get", "/"))));
}

TEST_CASE("rules: source-ip is the address of the connection") {
    const Condition condition =
        SourceIPCondition{{*CIDR::parse("192.0.2.0/24"), *CIDR::parse("2001:db8::/33")}};
    const auto claims = request("GET", "/", {{"X-Forwarded-For", "192.0.2.1"}});
    CHECK(matches(condition, subject_of(claims, "192.0.2.255")));
    CHECK_FALSE(matches(condition, subject_of(claims, "192.0.3.1")));
    CHECK(matches(condition, subject_of(claims, "2001:db8:1::1")));
    CHECK_FALSE(matches(condition, subject_of(claims, "2001:db8:8000::1")));
}

TEST_CASE("rules: a block needs an address, a slash and a length that fits") {
    CHECK(CIDR::parse("10.0.0.0/8"));
    CHECK(CIDR::parse("0.0.0.0/0")->contains(*network::IPAddress::parse("8.8.8.8")));
    for (const auto* text : {"10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "x/8", "/8"})
        CHECK_FALSE(CIDR::parse(text));
}

TEST_CASE("rules: all conditions of a rule must hold, none at all always holds") {
    const std::vector<Condition> both = {
        PathPatternCondition{{"/a"}},
        HTTPRequestMethodCondition{{"GET"}},
    };
    CHECK(matches(both, subject_of(request("GET", "/a"))));
    CHECK_FALSE(matches(both, subject_of(request("POST", "/a"))));
    CHECK(matches(std::vector<Condition>{}, subject_of(request("POST", "/b"))));
}
