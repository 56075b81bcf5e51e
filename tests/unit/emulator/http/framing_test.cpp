#include "emulator/http/framing.hpp"

#include <doctest/doctest.h>

using namespace diorama::http;
using Kind = BodyFraming::Kind;

TEST_CASE("request framing: neither field means no body") {
    CHECK(request_framing({}) == BodyFraming{});
    CHECK(request_framing({{"Content-Length", "0"}}) == BodyFraming{});
}

TEST_CASE("request framing: a length, repeated or listed identically") {
    CHECK(request_framing({{"content-LENGTH", "5"}}) == BodyFraming{Kind::length, 5});
    CHECK(request_framing({{"Content-Length", "5, 5"}}) == BodyFraming{Kind::length, 5});
    CHECK(
        request_framing({{"Content-Length", "5"}, {"Content-Length", "5"}}) ==
        BodyFraming{Kind::length, 5}
    );
}

TEST_CASE("request framing: lengths that differ or are no numbers are invalid") {
    for (const char* value : {"5, 6", "-1", "+1", "0x10", "1 1", "", "18446744073709551616"}) {
        CAPTURE(value);
        CHECK(request_framing({{"Content-Length", value}}).kind == Kind::invalid);
    }
}

TEST_CASE("request framing: Transfer-Encoding overrides Content-Length") {
    CHECK(
        request_framing({{"Content-Length", "5"}, {"Transfer-Encoding", "Chunked"}}).kind ==
        Kind::chunked
    );
    CHECK(request_framing({{"Transfer-Encoding", "identity, chunked"}}).kind == Kind::chunked);
    CHECK(
        request_framing({{"Transfer-Encoding", "identity"}, {"Content-Length", "5"}}) ==
        BodyFraming{Kind::length, 5}
    );
}

TEST_CASE("request framing: codings that are not spoken, and chunked where it may not stand") {
    CHECK(request_framing({{"Transfer-Encoding", "gzip, chunked"}}).kind == Kind::unsupported);
    CHECK(request_framing({{"Transfer-Encoding", "chunked, chunked"}}).kind == Kind::invalid);
    CHECK(request_framing({{"Transfer-Encoding", "chunked, identity"}}).kind == Kind::invalid);
}

TEST_CASE("response framing: HEAD, 1xx, 204 and 304 have no body whatever they declare") {
    const Headers headers{{"Content-Length", "5"}};
    CHECK(response_framing(200, headers, "HEAD") == BodyFraming{});
    CHECK(response_framing(204, headers, "GET") == BodyFraming{});
    CHECK(response_framing(304, headers, "GET") == BodyFraming{});
    CHECK(response_framing(101, headers, "GET") == BodyFraming{});
    CHECK(response_framing(200, headers, "CONNECT") == BodyFraming{});
    CHECK(response_framing(200, headers, "GET") == BodyFraming{Kind::length, 5});
}

TEST_CASE("response framing: without a length the body ends with the connection") {
    CHECK(response_framing(200, {}, "GET").kind == Kind::until_close);
    CHECK(response_framing(200, {{"Content-Length", "0"}}, "GET") == BodyFraming{});
    CHECK(response_framing(200, {{"Transfer-Encoding", "gzip"}}, "GET").kind == Kind::invalid);
}

TEST_CASE("list_contains: elements are compared without case and blanks") {
    CHECK(list_contains("keep-alive ,\tUPGRADE", "upgrade"));
    CHECK_FALSE(list_contains("keep-alive-not", "keep-alive"));
    CHECK_FALSE(list_contains("", "close"));
}
