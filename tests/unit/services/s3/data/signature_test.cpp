#include "emulator/time/virtual_time.hpp"
#include "services/s3/data/signature.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::s3;

namespace {

// AWS's own examples.
constexpr auto secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

aws::sigv4::Authorization seed() {
    aws::sigv4::Authorization authorization;
    authorization.scheme = aws::sigv4::Scheme::v4_header;
    authorization.scope = {"AKIAIOSFODNN7EXAMPLE", "20130524", "us-east-1", "s3"};
    authorization.timestamp = "20130524T000000Z";
    authorization.signature = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
    return authorization;
}

ChunkSignatures chunks() {
    return {seed(), aws::sigv4::signing_key(seed().scope, secret), false};
}

constexpr auto first = "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648";
constexpr auto second = "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497";
constexpr auto last = "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9";

} // namespace

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
TEST_CASE("signature: chunks are signed one over the other, to the empty one at the end") {
    auto signatures = chunks();
    signatures.update(std::string(65'000, 'a'));
    signatures.update(std::string(536, 'a'));
    signatures.end_chunk(first);
    signatures.update(std::string(1024, 'a'));
    signatures.end_chunk(second);
    CHECK_FALSE(signatures.hold(66'560, {}));
    signatures.end_chunk(last);
    CHECK(signatures.hold(66'560, {}));
    CHECK_FALSE(signatures.hold(66'561, {}));
}

TEST_CASE("signature: a changed chunk, or one without signature, spoils the body") {
    auto changed = chunks();
    changed.update(std::string(65'536, 'b'));
    changed.end_chunk(first);
    changed.end_chunk(last);
    CHECK_FALSE(changed.hold(65'536, {}));
    auto bare = chunks();
    bare.update("unsigned");
    CHECK_FALSE(bare.hold(8, {}));
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
TEST_CASE("signature: trailers are signed over the last chunk") {
    auto authorization = seed();
    authorization.signature = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e";
    const auto signed_chunks = [&] {
        ChunkSignatures signatures(
            authorization,
            aws::sigv4::signing_key(authorization.scope, secret),
            true
        );
        signatures.update(std::string(65'536, 'a'));
        signatures.end_chunk("b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2");
        signatures.update(std::string(1024, 'a'));
        signatures.end_chunk("1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7");
        signatures.end_chunk("2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992");
        return signatures;
    };
    const std::string checksum = "x-amz-checksum-crc32c";
    const std::pair<std::string, std::string> right{
        "x-amz-trailer-signature",
        "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435"
    };
    CHECK(signed_chunks().hold(66'560, {{checksum, "sOO8/Q=="}, right}));
    CHECK_FALSE(signed_chunks().hold(66'560, {{checksum, "AAAAAA=="}, right}));
    CHECK_FALSE(signed_chunks().hold(66'560, {{checksum, "sOO8/Q=="}}));
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
TEST_CASE("signature: version 2 in a header") {
    const VirtualTime time(*parse_http_date("Tue, 27 Mar 2007 19:40:00 GMT"));
    std::string date = "Tue, 27 Mar 2007 19:36:42 +0000";
    const Secrets secrets = [](std::string_view key) {
        return key == "AKIAIOSFODNN7EXAMPLE" ? std::optional<std::string>(secret) : std::nullopt;
    };
    const auto request = [&](const std::string& path) {
        return http::RequestHead{
            "GET",
            path,
            11,
            {{"Host", "johnsmith.s3.amazonaws.com"},
             {"Date", date},
             {"Authorization", "AWS AKIAIOSFODNN7EXAMPLE:bWq2s1WEIj+Ydj0vQ697zp+IXMU="}}
        };
    };
    const auto code = [&](const std::string& path) -> std::string {
        try {
            verify_signature(request(path), "johnsmith", secrets, time);
            return "";
        } catch (const aws::AWSError& error) {
            return error.code();
        }
    };
    CHECK(code("/photos/puppy.jpg") == "");
    CHECK(code("/photos/kitten.jpg") == "SignatureDoesNotMatch");
    CHECK(code("/photos/puppy.jpg?acl") == "SignatureDoesNotMatch");
    date = "Tue, 27 Mar 2007 18:36:42 +0000";
    CHECK(code("/photos/puppy.jpg") == "RequestTimeTooSkewed");
    date = "yesterday";
    CHECK(code("/photos/puppy.jpg") == "AccessDenied");
}
