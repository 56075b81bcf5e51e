#include "emulator/aws/base64.hpp"
#include "emulator/aws/checksum.hpp"

#include <doctest/doctest.h>

using namespace diorama::aws;

TEST_CASE("checksum: the customary check values of SHA-256 and its HMAC") {
    CHECK(
        hex(sha256("123456789")) ==
        "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"
    );
    // RFC 4231 4.3
    CHECK(
        hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
}

TEST_CASE("base64: there and back, and nothing from what it is not") {
    for (const auto* text : {"", "f", "fo", "foo", "foob", "fooba", "foobar"})
        CHECK(base64_decode(base64_encode(text)) == text);
    CHECK(base64_encode("foobar") == "Zm9vYmFy");
    CHECK(base64_decode("Zm9v\nYg==") == "foob");
    CHECK_FALSE(base64_decode("Zm9v!"));
    CHECK_FALSE(base64_decode("Z"));
    CHECK_FALSE(base64_decode("Zg==Zg=="));
}
