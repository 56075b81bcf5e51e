#include "emulator/http/body_reader.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace diorama::http;
using Kind = BodyFraming::Kind;
using State = BodyReader::State;

namespace {

struct Decoded {
    State state = State::more;
    std::string body;
    std::string rest;
    Headers trailers;
};

// Feeds `bytes` in portions, offering again what was not consumed, as a connection does.
Decoded decode(const BodyFraming& framing, std::string_view bytes, std::size_t portion) {
    BodyReader reader(framing);
    Decoded result;
    std::string pending;
    while (!bytes.empty()) {
        pending += bytes.substr(0, portion);
        bytes.remove_prefix(std::min(portion, bytes.size()));
        for (;;) {
            const auto step = reader.read(pending);
            result.body += step.piece;
            result.state = step.state;
            const bool has_moved = step.consumed > 0;
            pending.erase(0, step.consumed);
            if (step.state != State::more) {
                result.rest = pending + std::string(bytes);
                result.trailers = reader.trailers();
                return result;
            }
            if (!has_moved || pending.empty()) break;
        }
    }
    return result;
}

constexpr BodyFraming chunked{Kind::chunked, 0};

} // namespace

TEST_CASE("body reader: a counted body ends after its bytes") {
    for (const std::size_t portion : {1U, 3U, 100U}) {
        const auto decoded = decode({Kind::length, 5}, "helloGET /", portion);
        CHECK(decoded.state == State::complete);
        CHECK(decoded.body == "hello");
        CHECK(decoded.rest == "GET /");
    }
}

TEST_CASE("body reader: without a body nothing is consumed") {
    BodyReader reader;
    CHECK(reader.is_complete());
    const auto step = reader.read("GET /");
    CHECK(step.state == State::complete);
    CHECK(step.consumed == 0);
}

TEST_CASE("body reader: chunks, extensions and trailers, however the bytes are portioned") {
    const std::string bytes =
        "5;name=\"a b\"\r\nhello\r\n00A \t;x\r\n, chunked \r\n0\r\nX-Sum:  abc \r\n"
        "X-Empty:\r\n\r\nnext";
    for (const std::size_t portion : {1U, 2U, 7U, 1000U}) {
        CAPTURE(portion);
        const auto decoded = decode(chunked, bytes, portion);
        CHECK(decoded.state == State::complete);
        CHECK(decoded.body == "hello, chunked ");
        CHECK(decoded.rest == "next");
        CHECK(decoded.trailers == Headers{{"X-Sum", "abc"}, {"X-Empty", ""}});
    }
}

TEST_CASE("body reader: what is not chunked coding is malformed") {
    for (const std::string_view bytes :
         {"x\r\n",
          "\r\n",
          "-1\r\n",
          "+5\r\nhello\r\n",
          "0x5\r\nhello\r\n",
          "5 5\r\nhello\r\n",
          "5\nhello\r\n",
          "5\r\nhelloX\r\n",
          "5\r\nhello\n0\r\n\r\n",
          "12345678123456781\r\n",
          "5;a\x01\r\nhello\r\n",
          "0\r\nno colon\r\n\r\n",
          "0\r\n: empty\r\n\r\n",
          "0\r\n folded: x\r\n\r\n",
          "0\r\nX: a\n\r\n"}) {
        CAPTURE(bytes);
        CHECK(decode(chunked, bytes, 1000).state == State::malformed);
        CHECK(decode(chunked, bytes, 1).state == State::malformed);
    }
}

TEST_CASE("body reader: endless size lines and trailers are cut off") {
    CHECK(decode(chunked, "5;" + std::string(5000, 'x'), 100).state == State::malformed);
    CHECK(decode(chunked, "0\r\nX: " + std::string(20'000, 'x'), 1000).state == State::malformed);
    std::string trailers = "0\r\n";
    for (int i = 0; i < 3000; ++i)
        trailers += "X: abcde\r\n";
    CHECK(decode(chunked, trailers, 1000).state == State::malformed);
}

TEST_CASE("body reader: a body until the end of the connection takes everything") {
    BodyReader reader({Kind::until_close, 0});
    CHECK(reader.may_end_with_connection());
    const auto step = reader.read("abc");
    CHECK(step.state == State::more);
    CHECK(step.piece == "abc");
    CHECK_FALSE(reader.is_complete());
}
