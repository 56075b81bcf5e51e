#include "emulator/aws/aws_chunked.hpp"

#include <doctest/doctest.h>

using diorama::aws::AWSChunkedDecoder;
using State = AWSChunkedDecoder::State;

namespace {

struct Decoded {
    State state;
    std::string content;
    std::vector<std::string> signatures;
    std::vector<std::pair<std::string, std::string>> trailers;
};

Decoded decode(std::string_view bytes, std::size_t step) {
    Decoded decoded;
    AWSChunkedDecoder decoder(
        [&](std::string_view piece) { decoded.content += piece; },
        [&](std::string_view signature) { decoded.signatures.emplace_back(signature); }
    );
    for (std::size_t i = 0; i < bytes.size(); i += step)
        decoder.add(bytes.substr(i, step));
    decoded.state = decoder.finish();
    decoded.trailers = decoder.trailers();
    return decoded;
}

} // namespace

TEST_CASE("aws-chunked: chunks and trailers, however the bytes arrive") {
    const std::string_view bytes =
        "5\r\nhello\r\n6\r\n world\r\n0\r\nX-Amz-Checksum-CRC32: DUoRhQ==\r\n\r\n";
    for (const std::size_t step : {1U, 2U, 3U, 7U, 100U}) {
        const auto decoded = decode(bytes, step);
        CHECK(decoded.state == State::complete);
        CHECK(decoded.content == "hello world");
        REQUIRE(decoded.trailers.size() == 1);
        CHECK(decoded.trailers[0].first == "x-amz-checksum-crc32");
        CHECK(decoded.trailers[0].second == "DUoRhQ==");
    }
}

TEST_CASE("aws-chunked: every signed chunk hands on its signature") {
    const auto decoded = decode(
        "3;chunk-signature=aa\r\nabc\r\n0;chunk-signature=bb\r\n"
        "x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:cc\r\n\r\n",
        4
    );
    CHECK(decoded.state == State::complete);
    CHECK(decoded.content == "abc");
    CHECK(decoded.signatures == std::vector<std::string>{"aa", "bb"});
    CHECK(
        decoded.trailers[1] == std::pair<std::string, std::string>("x-amz-trailer-signature", "cc")
    );
}

TEST_CASE("aws-chunked: a body may end right after the last chunk") {
    CHECK(decode("1\r\nx\r\n0\r\n", 100).state == State::complete);
    CHECK(decode("0\r\n\r\n", 100).state == State::complete);
}

TEST_CASE("aws-chunked: what is cut short or not chunked is malformed") {
    for (const auto* bytes :
         {"",
          "5\r\nhel",
          "5\r\nhello",
          "5\r\nhelloworld\r\n",
          "zz\r\n",
          "\r\n",
          "-1\r\n",
          "0\r\nno colon\r\n\r\n",
          "fffffffffffffffff\r\n",
          "0\r\nname:val"}) {
        CAPTURE(bytes);
        CHECK(decode(bytes, 100).state == State::malformed);
    }
}
