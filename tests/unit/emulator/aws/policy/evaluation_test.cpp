#include "emulator/aws/policy/evaluation.hpp"

#include <doctest/doctest.h>

using namespace diorama::aws;
using policy::Verdict;

namespace {

policy::Document read(std::string_view json) {
    const auto parsed = policy::parse_document(json, true);
    INFO(parsed.error.value_or(""));
    REQUIRE_FALSE(parsed.error);
    return parsed.document;
}

std::string mistake_in(std::string_view json) {
    return policy::parse_document(json, true).error.value_or("");
}

policy::Request asked(std::string account, std::string action, std::string resource) {
    policy::Request request;
    if (!account.empty()) {
        request.principal.account = account;
        request.principal.arn = "arn:aws:iam::" + account + ":root";
    }
    request.action = std::move(action);
    request.resource = std::move(resource);
    return request;
}

// Whether a condition holds for this context.
bool holds(const std::string& condition, const policy::Context& context) {
    const auto document = read(
        R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*",
                 "Action": "s3:*", "Resource": "*", "Condition": )" +
        condition + "}}"
    );
    auto request = asked("111111111111", "s3:GetObject", "arn:aws:s3:::b/k");
    request.context = context;
    return policy::evaluate(document, request) == Verdict::allowed;
}

} // namespace

TEST_CASE("policy: an explicit deny overrides every allow") {
    const auto document = read(R"({"Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"},
        {"Effect": "Deny", "Principal": {"AWS": "222222222222"}, "Action": "S3:GETOBJECT",
         "Resource": "arn:aws:s3:::b/secret?"}]})");
    const auto verdict = [&](const std::string& account, const std::string& key) {
        return policy::evaluate(document, asked(account, "s3:GetObject", "arn:aws:s3:::b/" + key));
    };
    CHECK(verdict("", "secret1") == Verdict::allowed);
    CHECK(verdict("222222222222", "secret1") == Verdict::denied);
    CHECK(verdict("222222222222", "secret") == Verdict::allowed);
    CHECK(
        policy::evaluate(document, asked("", "s3:PutObject", "arn:aws:s3:::b/k")) == Verdict::none
    );
}

TEST_CASE("policy: principals are accounts, services, everybody, or everybody else") {
    const auto verdict = [](const std::string& principal, const policy::Principal& who) {
        const auto document = read(
            R"({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", )" + principal +
            "}}"
        );
        policy::Request request;
        request.principal = who;
        request.action = "s3:GetObject";
        request.resource = "arn:aws:s3:::b/k";
        return policy::evaluate(document, request) == Verdict::allowed;
    };
    const policy::Principal one{"111111111111", "arn:aws:iam::111111111111:root", "", "abc"};
    const policy::Principal cdn{"", "", "cloudfront.amazonaws.com", ""};
    CHECK(verdict(R"("Principal": "*")", {}));
    CHECK(verdict(R"("Principal": {"AWS": "*"})", one));
    CHECK(
        verdict(R"("Principal": {"AWS": ["222222222222", "arn:aws:iam::111111111111:root"]})", one)
    );
    CHECK_FALSE(verdict(R"("Principal": {"AWS": "111111111111"})", {}));
    CHECK_FALSE(verdict(R"("Principal": {"AWS": "arn:aws:iam::111111111111:user/ann"})", one));
    CHECK(verdict(R"("Principal": {"CanonicalUser": "abc"})", one));
    CHECK(verdict(R"("Principal": {"Service": "cloudfront.amazonaws.com"})", cdn));
    CHECK_FALSE(verdict(R"("Principal": {"Service": "cloudfront.amazonaws.com"})", one));
    CHECK_FALSE(verdict(R"("NotPrincipal": {"AWS": "111111111111"})", one));
    CHECK(verdict(R"("NotPrincipal": {"AWS": "111111111111"})", {}));
}

TEST_CASE("policy: everything but what NotAction and NotResource name") {
    const auto document = read(R"({"Statement": {"Effect": "Allow", "Principal": "*",
        "NotAction": ["s3:Delete*"], "NotResource": "arn:aws:s3:::b/private/*"}})");
    const auto verdict = [&](const std::string& action, const std::string& key) {
        return policy::evaluate(document, asked("", action, "arn:aws:s3:::b/" + key));
    };
    CHECK(verdict("s3:GetObject", "k") == Verdict::allowed);
    CHECK(verdict("s3:DeleteObject", "k") == Verdict::none);
    CHECK(verdict("s3:GetObject", "private/k") == Verdict::none);
}

TEST_CASE("policy: conditions on texts, numbers, dates, truths and addresses") {
    const policy::Context context{
        {"s3:prefix", {"home/ann"}},
        {"s3:max-keys", {"10"}},
        {"aws:currenttime", {"2026-11-22T12:00:00Z"}},
        {"aws:securetransport", {"false"}},
        {"aws:sourceip", {"203.0.113.7"}},
        {"aws:sourcearn", {"arn:aws:cloudfront::111111111111:distribution/E1"}},
    };
    CHECK(holds(R"({"StringEquals": {"s3:prefix": ["x", "home/ann"]}})", context));
    CHECK_FALSE(holds(R"({"StringEquals": {"s3:prefix": "HOME/ANN"}})", context));
    CHECK(holds(R"({"StringEqualsIgnoreCase": {"S3:Prefix": "HOME/ANN"}})", context));
    CHECK_FALSE(holds(R"({"StringNotEquals": {"s3:prefix": ["x", "home/ann"]}})", context));
    CHECK(holds(R"({"StringLike": {"s3:prefix": "home/*"}})", context));
    CHECK_FALSE(holds(R"({"StringNotLike": {"s3:prefix": "home/*"}})", context));
    CHECK(holds(R"({"NumericLessThanEquals": {"s3:max-keys": 10}})", context));
    CHECK_FALSE(holds(R"({"NumericGreaterThan": {"s3:max-keys": "10"}})", context));
    CHECK_FALSE(holds(R"({"NumericEquals": {"s3:prefix": "10"}})", context));
    CHECK(holds(R"({"DateLessThan": {"aws:CurrentTime": "2026-11-23"}})", context));
    CHECK_FALSE(
        holds(R"({"DateGreaterThan": {"aws:CurrentTime": "2026-11-22T12:00:01Z"}})", context)
    );
    CHECK(holds(R"({"Bool": {"aws:SecureTransport": false}})", context));
    CHECK(holds(R"({"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/29"]}})", context));
    CHECK_FALSE(holds(R"({"IpAddress": {"aws:SourceIp": "203.0.113.8/29"}})", context));
    CHECK_FALSE(holds(R"({"NotIpAddress": {"aws:SourceIp": "203.0.113.7"}})", context));
    CHECK(
        holds(R"({"ArnLike": {"aws:SourceArn": "arn:aws:cloudfront::*:distribution/E?"}})", context)
    );
    CHECK_FALSE(holds(R"({"ArnLike": {"aws:SourceArn": "arn:aws:*/E1"}})", context));
}

TEST_CASE("policy: conditions on keys that are not there, and on keys of several values") {
    const policy::Context context{{"s3:requestobjecttagkeys", {"a", "b"}}};
    CHECK_FALSE(holds(R"({"StringEquals": {"s3:prefix": "x"}})", context));
    CHECK(holds(R"({"StringNotEquals": {"s3:prefix": "x"}})", context));
    CHECK(holds(R"({"StringEqualsIfExists": {"s3:prefix": "x"}})", context));
    CHECK(holds(R"({"Null": {"s3:prefix": "true"}})", context));
    CHECK_FALSE(holds(R"({"Null": {"s3:RequestObjectTagKeys": true}})", context));
    CHECK(holds(
        R"({"ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": ["a", "b", "c"]}})",
        context
    ));
    CHECK_FALSE(holds(R"({"ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": "a"}})", context)
    );
    CHECK(holds(R"({"ForAnyValue:StringEquals": {"s3:RequestObjectTagKeys": "a"}})", context));
    CHECK(holds(R"({"ForAllValues:StringEquals": {"s3:prefix": "x"}})", context));
    CHECK_FALSE(holds(R"({"ForAnyValue:StringEquals": {"s3:prefix": "x"}})", context));
}

TEST_CASE("policy: variables are filled in from the request") {
    const auto document = read(R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
        "Principal": "*", "Action": "*", "Resource": "arn:aws:s3:::b/${aws:userid}/*"}})");
    auto request = asked("111111111111", "s3:GetObject", "arn:aws:s3:::b/ann/k");
    CHECK(policy::evaluate(document, request) == Verdict::none);
    request.context["aws:userid"] = {"ann"};
    CHECK(policy::evaluate(document, request) == Verdict::allowed);
    const policy::Context context{{"s3:prefix", {"a*"}}};
    CHECK(holds(R"({"StringEquals": {"s3:prefix": "a${*}"}})", context));
    CHECK(holds(R"({"StringLike": {"s3:prefix": "${aws:userid, 'a'}*"}})", context));
    CHECK_FALSE(holds(R"({"StringLike": {"s3:prefix": "b${*}"}})", context));
}

TEST_CASE("policy: documents that are none are refused with AWS's sentences") {
    CHECK(mistake_in("[]") == "Policies must be valid JSON and the first byte must be '{'");
    CHECK(mistake_in(R"({"Id": "x"})") == "Missing required field Statement");
    CHECK(
        mistake_in(R"({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})") ==
        "Missing required field Principal"
    );
    CHECK(
        mistake_in(R"({"Statement": {"Effect": "Maybe", "Principal": "*"}})") ==
        "Invalid effect: Maybe"
    );
    CHECK(
        mistake_in(R"({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*",
            "Resource": "*", "Condition": {"StringIsh": {"a": "b"}}}})") ==
        "Invalid Condition type : StringIsh"
    );
    CHECK(mistake_in(R"({"Version": "2020-01-01", "Statement": []})").starts_with("The policy must")
    );
}
