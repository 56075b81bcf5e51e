#include "emulator/aws/base64.hpp"
#include "emulator/aws/checksum.hpp"

#include <doctest/doctest.h>

using namespace diorama::aws;

namespace {

std::string checksum_of(ChecksumAlgorithm algorithm, std::string_view text, std::size_t step) {
    Checksum checksum(algorithm);
    for (std::size_t i = 0; i < text.size(); i += step)
        checksum.add(text.substr(i, step));
    return hex(checksum.value());
}

} // namespace

TEST_CASE("checksum: the check values of every algorithm") {
    struct {
        ChecksumAlgorithm algorithm;
        std::string expected; // of "123456789", the customary check
    } const examples[] = {
        {ChecksumAlgorithm::crc32, "cbf43926"},
        {ChecksumAlgorithm::crc32c, "e3069283"},
        {ChecksumAlgorithm::crc64nvme, "ae8b14860a799888"},
        {ChecksumAlgorithm::sha1, "f7c3bc1d808e04732adf679965ccc34ca7ae3441"},
        {ChecksumAlgorithm::sha256,
         "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"},
        {ChecksumAlgorithm::md5, "25f9e794323b453885f5181f1b624d0b"},
    };

    for (const auto& example : examples) {
        CAPTURE(name_of(example.algorithm));
        for (const std::size_t step : {1U, 2U, 8U, 9U})
            CHECK(checksum_of(example.algorithm, "123456789", step) == example.expected);
    }
}

TEST_CASE("checksum: eight bytes at a time give what single bytes give") {
    std::string text;
    for (int i = 0; i < 1000; ++i)
        text += static_cast<char>(i * 7);
    for (const auto algorithm :
         {ChecksumAlgorithm::crc32, ChecksumAlgorithm::crc32c, ChecksumAlgorithm::crc64nvme})
        CHECK(checksum_of(algorithm, text, 1) == checksum_of(algorithm, text, 1000));
}

TEST_CASE("checksum: names are S3's") {
    CHECK(parse_checksum_algorithm("crc64nvme") == ChecksumAlgorithm::crc64nvme);
    CHECK(parse_checksum_algorithm("SHA256") == ChecksumAlgorithm::sha256);
    CHECK_FALSE(parse_checksum_algorithm("adler32"));
    CHECK(header_of(ChecksumAlgorithm::crc32c) == "x-amz-checksum-crc32c");
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
