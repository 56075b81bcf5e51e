#include "emulator/aws/sigv4.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

using namespace diorama;
using namespace diorama::aws;

namespace {

constexpr auto secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

std::filesystem::path suite() {
    const char* folder = std::getenv("DIORAMA_SUITES");
    return std::filesystem::path(folder ? folder : "../shared/suites") / "aws4_testsuite";
}

std::string contents(std::filesystem::path path, const std::string& extension) {
    std::ifstream file(path.replace_extension(extension), std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(file)), {});
    std::erase(text, '\r');
    return text;
}

struct Example {
    http::RequestHead request;
    std::string body;
};

// "GET /path HTTP/1.1", "Name:value" lines with continuations, an empty line, the body.
Example read_example(const std::string& text) {
    Example example;
    std::istringstream lines(text);
    std::string line;
    std::getline(lines, line);
    example.request.method = line.substr(0, line.find(' '));
    const auto start = line.find(' ') + 1;
    example.request.target = line.substr(start, line.rfind(' ') - start);
    std::vector<http::Header> headers;
    while (std::getline(lines, line) && !line.empty()) {
        if (line.starts_with(' '))
            headers.back().value += " " + line.substr(line.find_first_not_of(' '));
        else
            headers.push_back({line.substr(0, line.find(':')), line.substr(line.find(':') + 1)});
    }
    for (auto& header : headers)
        example.request.headers.add(header.name, header.value);
    example.body.assign(std::istreambuf_iterator<char>(lines), {});
    return example;
}

http::RequestHead get(std::string target, http::Headers headers = {}) {
    return {
        .method = "GET",
        .target = std::move(target),
        .version = 11,
        .headers = std::move(headers)
    };
}

constexpr auto presigned =
    "/bucket/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20261122%2Feu-west-1%2Fs3"
    "%2Faws4_request&X-Amz-Date=20261122T120000Z&X-Amz-SignedHeaders=host&X-Amz-Signature=abc";

} // namespace

TEST_CASE("sigv4: AWS's test suite, step by step") {
    if (!std::filesystem::exists(suite())) {
        MESSAGE("skipped: no " << suite().string());
        return;
    }
    int checked = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(suite())) {
        if (entry.path().extension() != ".req") continue;
        const auto path = entry.path();
        CAPTURE(path.string());
        auto example = read_example(contents(path, ".req"));
        example.request.headers.set("Authorization", contents(path, ".authz"));
        // The token of temporary credentials is in the signed request only.
        const auto with_token = read_example(contents(path, ".sreq"));
        for (const auto& header : with_token.request.headers)
            if (header.name == "X-Amz-Security-Token")
                example.request.headers.set(header.name, header.value);
        const auto parsed = sigv4::parse_authorization(example.request);
        REQUIRE_FALSE(parsed.error.has_value());
        const auto& authorization = parsed.authorization;
        const auto canonical = sigv4::canonical_request(
            example.request,
            authorization,
            sigv4::payload_hash(example.request, authorization, example.body)
        );
        CHECK(canonical == contents(path, ".creq"));
        CHECK(sigv4::string_to_sign(authorization, canonical) == contents(path, ".sts"));
        CHECK_FALSE(sigv4::verify(example.request, authorization, example.body, secret));
        const auto wrong = sigv4::verify(example.request, authorization, example.body, "wrong");
        REQUIRE(wrong);
        CHECK(wrong->code() == "SignatureDoesNotMatch");
        ++checked;
    }
    MESSAGE(checked << " requests");
}

TEST_CASE("sigv4: the scope says key, region and service") {
    const auto parsed = sigv4::parse_authorization(
        get("/",
            {{"X-Amz-Date", "20261122T120000Z"},
             {"Authorization",
              "AWS4-HMAC-SHA256 Credential=123456789012/20261122/eu-west-1/sns/aws4_request, "
              "SignedHeaders=host;x-amz-date, Signature=00ff"}})
    );
    CHECK_FALSE(parsed.error);
    CHECK(parsed.authorization.scheme == sigv4::Scheme::v4_header);
    CHECK(parsed.authorization.scope.access_key == "123456789012");
    CHECK(parsed.authorization.scope.region == "eu-west-1");
    CHECK(parsed.authorization.scope.service == "sns");
    CHECK(parsed.authorization.signed_headers == std::vector<std::string>{"host", "x-amz-date"});
}

TEST_CASE("sigv4: a Date header serves without X-Amz-Date, with the zone in letters or digits") {
    for (const auto* zone : {"GMT", "-0000", "+0000"}) {
        const auto parsed = sigv4::parse_authorization(
            get("/",
                {{"Date", "Sun, 22 Nov 2026 12:00:00 " + std::string(zone)},
                 {"Authorization",
                  "AWS4-HMAC-SHA256 Credential=123456789012/20261122/eu-west-1/s3/aws4_request, "
                  "SignedHeaders=date;host, Signature=00ff"}})
        );
        CHECK_FALSE(parsed.error);
        CHECK(parsed.authorization.timestamp == "20261122T120000Z");
    }
}

TEST_CASE("sigv4: malformed signatures are refused in AWS's words") {
    struct {
        http::RequestHead request;
        std::string code;
        std::string message;
    } const examples[] = {
        {get("/", {{"Authorization", "AWS4-HMAC-SHA256"}}),
         "IncompleteSignature",
         "Authorization header requires 'Credential' parameter. Authorization header requires "
         "'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
         "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
         "Authorization=AWS4-HMAC-SHA256"},
        {get("/",
             {{"X-Amz-Date", "20261122T120000Z"},
              {"Authorization", "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0"}}
         ),
         "IncompleteSignature",
         "Credential must have exactly 5 slash-delimited elements, e.g. "
         "keyid/date/region/service/term, got 'a/b'"},
        {get(presigned),
         "AuthorizationQueryParametersError",
         "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
         "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."},
        {get(std::string(presigned) + "&X-Amz-Expires=soon"),
         "AuthorizationQueryParametersError",
         "X-Amz-Expires should be a number"},
        {get(std::string(presigned) + "&X-Amz-Expires=-1"),
         "AuthorizationQueryParametersError",
         "X-Amz-Expires must be non-negative"},
        {get(std::string(presigned) + "&X-Amz-Expires=604801"),
         "AuthorizationQueryParametersError",
         "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires "
         "must be less than 604800 seconds"},
    };

    for (const auto& example : examples) {
        CAPTURE(example.request.target);
        const auto parsed = sigv4::parse_authorization(example.request);
        REQUIRE(parsed.error);
        CHECK(parsed.error->code() == example.code);
        CHECK(parsed.error->message() == example.message);
    }
}

TEST_CASE("sigv4: presigned requests expire") {
    const auto parsed =
        sigv4::parse_authorization(get(std::string(presigned) + "&X-Amz-Expires=60"));
    REQUIRE_FALSE(parsed.error);
    CHECK(parsed.authorization.scheme == sigv4::Scheme::v4_query);
    const auto signed_at = *parse_iso8601("20261122T120000Z");
    CHECK_FALSE(sigv4::check_expiry(parsed.authorization, signed_at + std::chrono::seconds(60)));
    const auto error =
        sigv4::check_expiry(parsed.authorization, signed_at + std::chrono::seconds(61));
    REQUIRE(error);
    CHECK(error->code() == "AccessDenied");
    CHECK(error->message() == "Request has expired");
    CHECK(error->http_status() == 403);
}

TEST_CASE("sigv4: the older query form is recognised") {
    const auto parsed =
        sigv4::parse_authorization(get("/b/k?AWSAccessKeyId=AKID&Signature=x%3D&Expires=1795000000")
        );
    REQUIRE_FALSE(parsed.error);
    CHECK(parsed.authorization.scheme == sigv4::Scheme::v2_query);
    CHECK(parsed.authorization.scope.access_key == "AKID");
    CHECK(parsed.authorization.expires == from_unix_seconds(1795000000));
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html, the example there.
TEST_CASE("sigv4: chunk signatures follow one from another") {
    sigv4::Authorization authorization;
    authorization.timestamp = "20130524T000000Z";
    authorization.scope = {"AKIAIOSFODNN7EXAMPLE", "20130524", "us-east-1", "s3"};
    const auto key =
        sigv4::signing_key(authorization.scope, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    const auto seed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
    const auto first = sigv4::chunk_signature(authorization, key, seed, std::string(65536, 'a'));
    CHECK(first == "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648");
    const auto second = sigv4::chunk_signature(authorization, key, first, std::string(1024, 'a'));
    CHECK(second == "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497");
    const auto last = sigv4::chunk_signature(authorization, key, second, "");
    CHECK(last == "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9");
}
