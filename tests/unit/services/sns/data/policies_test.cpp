#include "services/sns/data/filter_policy.hpp"
#include "services/sns/data/retry_policy.hpp"
#include "services/sns/data/signature.hpp"
#include "services/sns/data/url.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::sns;
using namespace std::chrono_literals;

TEST_CASE("matches_filter_policy: every kind of pattern") {
    Message message;
    message.attributes = {
        {"colour", {"String", "blue-green"}},
        {"price", {"Number", "12.5"}},
        {"shops", {"String.Array", R"(["berlin","paris"])"}},
    };
    const std::pair<std::string_view, bool> examples[] = {
        {R"({"colour":["red","blue-green"]})", true},
        {R"({"colour":["blue"]})", false},
        {R"({"colour":[{"prefix":"blue"}]})", true},
        {R"({"colour":[{"suffix":"blue"}]})", false},
        {R"({"colour":[{"equals-ignore-case":"BLUE-green"}]})", true},
        {R"({"colour":[{"anything-but":["red","blue-green"]}]})", false},
        {R"({"colour":[{"anything-but":{"prefix":"red"}}]})", true},
        {R"({"price":[{"numeric":["=",12.5]}]})", true},
        {R"({"price":[{"numeric":[">",10,"<=",12]}]})", false},
        {R"({"price":[12.5]})", true},
        {R"({"shops":["paris"]})", true},
        {R"({"shops":["rome"]})", false},
        {R"({"size":[{"exists":false}]})", true},
        {R"({"size":["large"]})", false},
        {R"({"colour":[{"exists":true}],"price":[{"numeric":["<",1]}]})", false},
    };
    for (const auto& [policy, matches] : examples) {
        CAPTURE(policy);
        CHECK(filter_policy_error(policy, FilterPolicyScope::message_attributes) == "");
        CHECK(
            matches_filter_policy(policy, FilterPolicyScope::message_attributes, message, "") ==
            matches
        );
    }
}

TEST_CASE("matches_filter_policy: the body of a message, nested") {
    const Message message;
    const std::string body = R"({"order":{"state":"paid","items":[{"n":1}],"tags":["a","b"]}})";
    const auto matches = [&](std::string_view policy) {
        CHECK(filter_policy_error(policy, FilterPolicyScope::message_body) == "");
        return matches_filter_policy(policy, FilterPolicyScope::message_body, message, body);
    };
    CHECK(matches(R"({"order":{"state":["paid"]}})"));
    CHECK(matches(R"({"order":{"tags":["b"]}})"));
    CHECK_FALSE(matches(R"({"order":{"state":["open"]}})"));
    CHECK_FALSE(matches(R"({"other":{"state":["paid"]}})"));
    CHECK_FALSE(matches_filter_policy(
        R"({"k":["v"]})",
        FilterPolicyScope::message_body,
        message,
        "not json"
    ));
}

TEST_CASE("filter_policy_error: AWS's words") {
    const std::pair<std::string_view, std::string_view> examples[] = {
        {R"({"key":[]})", "Empty arrays are not allowed"},
        {R"({"key":[{"numeric":[">",3,"<",1]}]})", "Bottom must be less than top"},
        {R"({"key":[{"numeric":["operator"]}]})", "Unrecognized numeric range operator: operator"},
        {R"({"key":[{"numeric":[">="]}]})", "Value of >= must be numeric"},
        {R"({"key":[{"numeric":["=","000"]}]})", "Value of equals must be numeric"},
        {R"({"key":[{"numeric":["<",100,">",10]}]})", "Too many elements in numeric expression"},
        {R"({"key":[{"numeric":[">=",1,">",2]}]})", "Bad numeric range operator: >"},
        {R"({"key":[{"numeric":[">",20,"test"]}]})", "Bad numeric range operator: test"},
        {R"({"key":[{"numeric":[">",20,30]}]})", "Bad value in numeric range: 30"},
        {R"({"key":[{"numeric":[">",20,"<",50,"<",5]}]})",
         "Too many terms in numeric range expression"},
        {R"({"key":[{"numeric":[1,"<="]}]})", "Invalid member in numeric match: 1"},
        {R"({"key":[{"suffix":100}]})", "suffix match pattern must be a string"},
        {R"({"key":[{"wrong-operator":true}]})", "Unrecognized match type wrong-operator"},
        {R"({"key":[["value"]]})", "Match value must be String, number, true, false, or null"},
        {R"({"key":[{"anything-but":{"exists":false}}]})",
         "Unsupported anything-but pattern: exists"},
        {R"({"key":[{"exists":"no"}]})", "exists match pattern must be either true or false."},
        {R"({"a":["1"],"b":["1"],"c":["1"],"d":["1"],"e":["1"],"f":["1"]})",
         "Filter policy can not have more than 5 keys"},
    };
    for (const auto& [policy, error] : examples) {
        CAPTURE(policy);
        CHECK(filter_policy_error(policy, FilterPolicyScope::message_attributes) == error);
    }
    const std::string deep = std::string(5000, '{') + "\"a\"";
    CHECK(filter_policy_error(deep, FilterPolicyScope::message_body) != "");
}

TEST_CASE("retry_delays: immediate, least, backing off, greatest") {
    CHECK(retry_delays({}) == std::vector<Duration>{20s, 20s, 20s});
    const auto policy = parse_delivery_policy(
        R"({"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":1,"maxDelayTarget":5,"numRetries":6,)"
        R"("numNoDelayRetries":1,"numMinDelayRetries":1,"numMaxDelayRetries":1,)"
        R"("backoffFunction":"linear"}}})"
    );
    REQUIRE(policy);
    CHECK(retry_delays(*policy) == std::vector<Duration>{0s, 1s, 1s, 3s, 5s, 5s});
    for (const auto* wrong :
         {"",
          "{}",
          "[]",
          R"({"healthyRetryPolicy":{"numRetries":101}})",
          R"({"healthyRetryPolicy":{"minDelayTarget":9,"maxDelayTarget":1}})",
          R"({"healthyRetryPolicy":{"backoffFunction":"random"}})"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_delivery_policy(wrong));
    }
}

TEST_CASE("judge_status: what is tried again") {
    CHECK(judge_status(204) == Attempt::delivered);
    CHECK(judge_status(429) == Attempt::failed_for_now);
    CHECK(judge_status(404) == Attempt::failed_for_good);
    CHECK(judge_status(503) == Attempt::failed_for_now);
    CHECK(judge_status(0) == Attempt::failed_for_now);
}

TEST_CASE("parse_endpoint_url: host, port, target and user") {
    const auto url = parse_endpoint_url("http://me:secret@Example.com:8080/a/b?c=d#e");
    REQUIRE(url);
    CHECK(url->host == "example.com");
    CHECK(url->port == 8080);
    CHECK(url->authority == "Example.com:8080");
    CHECK(url->target == "/a/b?c=d");
    CHECK(url->user == "me:secret");
    CHECK(parse_endpoint_url("https://[::1]?x")->host == "::1");
    CHECK(parse_endpoint_url("https://[::1]?x")->target == "/?x");
    CHECK(parse_endpoint_url("https://a")->port == 443);
    for (const auto* wrong :
         {"ftp://a/", "http://", "http://a:99999/", "http://a:x/", "http://a/\r\nX: y", "http:/a"
         }) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_endpoint_url(wrong));
    }
}

TEST_CASE("sign: both versions, under a certificate that does not change") {
    Signer signer;
    const auto certificate = signer.certificate_pem();
    CHECK(certificate.starts_with("-----BEGIN CERTIFICATE-----"));
    const auto first = signer.sign("text", 1);
    CHECK(first.size() == 344); // 2048 bits in base64
    CHECK(first == signer.sign("text", 1));
    CHECK(first != signer.sign("text", 2));
    CHECK(certificate == signer.certificate_pem());
}
