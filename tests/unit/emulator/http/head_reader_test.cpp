#include "emulator/http/head_reader.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace diorama::http;

namespace {

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

HeadStatus read_at_once(HeadReader& reader, std::string_view bytes) {
    reader.reset();
    return reader.read(bytes);
}

} // namespace

TEST_CASE("head reader: a request is cut into its parts and the rest is left") {
    const std::string bytes = "GET /a?b HTTP/1.1\r\nHost: x\r\nAccept:\t*/* \r\n\r\nbody";
    HeadReader reader{HeadLimits{}};
    REQUIRE(reader.read(bytes) == HeadStatus::ok);
    CHECK(reader.head().method == "GET");
    CHECK(reader.head().target == "/a?b");
    CHECK(reader.head().version == "HTTP/1.1");
    CHECK(reader.head().headers == Fields{{"Host", "x"}, {"Accept", "*/*"}});
    CHECK(bytes.substr(reader.consumed()) == "body");
}

TEST_CASE("head reader: byte by byte gives the same as at once") {
    const std::string bytes = "\r\nPOST / HTTP/1.1\nHost: x\r\nX: 1\r\n 2\r\n\r\n";
    HeadReader reader{HeadLimits{}};
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CAPTURE(size);
        CHECK(reader.read(std::string_view(bytes).substr(0, size)) == HeadStatus::need_more);
        CHECK(reader.has_begun() == (size > 2));
    }
    REQUIRE(reader.read(bytes) == HeadStatus::ok);
    CHECK(reader.head().headers == Fields{{"Host", "x"}, {"X", "1\r\n 2"}});
    CHECK(reader.consumed() == bytes.size());
}

TEST_CASE("head reader: a folded value keeps its line end, the request head has spaces there") {
    HeadReader reader{HeadLimits{}};
    REQUIRE(reader.read("GET / HTTP/1.1\r\nX: 1\r\n\t2\n 3\r\n\r\n") == HeadStatus::ok);
    CHECK(reader.head().headers == Fields{{"X", "1\r\n\t2\n 3"}});
    CHECK(to_request_head(reader.head()).headers == Headers{{"X", "1  \t2  3"}});
    CHECK(classify(reader.head()).reason == DesyncReason::bad_header);
}

TEST_CASE("head reader: strange request lines are read, and judged later") {
    HeadReader reader{HeadLimits{}};
    REQUIRE(read_at_once(reader, "GET /a b  c HTTP/1.1\r\n\r\n") == HeadStatus::ok);
    CHECK(reader.head().target == "/a b  c");
    REQUIRE(read_at_once(reader, "GET  HTTP/1.1\r\n\r\n") == HeadStatus::ok);
    CHECK(reader.head().target.empty());
    CHECK(reader.head().version == "HTTP/1.1");
    REQUIRE(read_at_once(reader, "GET /old\r\n\r\n") == HeadStatus::ok);
    CHECK(reader.head().target == "/old");
    CHECK(reader.head().version.empty());
    REQUIRE(read_at_once(reader, "GET /a HTTP/1.1 HTTP/1.1\r\n\r\n") == HeadStatus::ok);
    CHECK(reader.head().version == "HTTP/1.1 HTTP/1.1");
    REQUIRE(read_at_once(reader, "GET /a FTP/1.1\r\n\r\n") == HeadStatus::ok);
    CHECK(reader.head().version == "FTP/1.1");
}

TEST_CASE("head reader: what cannot be a request is refused at once") {
    HeadReader reader{HeadLimits{}};
    CHECK(read_at_once(reader, "\x16\x03\x01") == HeadStatus::refused);
    CHECK(read_at_once(reader, "GARBAGE\r\n\r\n") == HeadStatus::refused);
    CHECK(read_at_once(reader, "GET / HTTP/1.1\r\nno colon\r\n\r\n") == HeadStatus::refused);
    CHECK(read_at_once(reader, std::string(200, '\n')) == HeadStatus::refused);
}

TEST_CASE("head reader: limits hold before a line has ended") {
    HeadReader reader{HeadLimits{100, 50, 200}};
    CHECK(
        read_at_once(reader, "GET /" + std::string(200, 'a')) == HeadStatus::request_line_too_long
    );
    CHECK(
        read_at_once(reader, "GET /" + std::string(90, 'a') + " HTTP/1.1\r\n") ==
        HeadStatus::request_line_too_long
    );
    const std::string line = "GET / HTTP/1.1\r\n";
    CHECK(read_at_once(reader, line + std::string(60, 'a')) == HeadStatus::header_too_long);
    CHECK(
        read_at_once(reader, line + "X:" + std::string(60, 'a') + "\r\n") ==
        HeadStatus::header_too_long
    );
    std::string many = line;
    for (int i = 0; i < 30; ++i)
        many += "X: abcd\r\n";
    CHECK(read_at_once(reader, many) == HeadStatus::head_too_long);
}

TEST_CASE("head reader: the next head begins anew") {
    HeadReader reader{HeadLimits{}};
    REQUIRE(read_at_once(reader, "GET /1 HTTP/1.1\r\nA: 1\r\n\r\n") == HeadStatus::ok);
    REQUIRE(read_at_once(reader, "GET /2 HTTP/1.1\r\nB: 2\r\n\r\n") == HeadStatus::ok);
    CHECK(reader.head().target == "/2");
    CHECK(reader.head().headers == Fields{{"B", "2"}});
}

TEST_CASE("version_number: spoken, tolerated, and none") {
    CHECK(version_number("HTTP/1.1") == 11);
    CHECK(version_number("HTTP/1.0") == 10);
    CHECK(version_number("HTTP/1.7") == 11);
    CHECK(version_number("HTTP/1.1 ") == 11);
    CHECK(version_number("") == 9);
    CHECK(version_number("HTTP/2.0") == 20);
    CHECK(version_number("HTTP/1") == 0);
    CHECK(version_number("HTTP/x.1") == 0);
}
