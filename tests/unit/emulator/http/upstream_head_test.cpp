#include "emulator/http/upstream_head.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace diorama::http;
using Status = UpstreamHead::Status;

TEST_CASE("upstream head: status, reason and fields in order, the body is left") {
    const std::string bytes =
        "HTTP/1.1 404 Nothing Here\r\nX-A:  1 \r\nx-a: 2\r\nContent-Length: 3\r\n\r\nabc";
    const auto result = read_upstream_head(bytes);
    REQUIRE(result.status == Status::ok);
    CHECK(result.head.status == 404);
    CHECK(result.head.reason == "Nothing Here");
    CHECK(result.version == 11);
    CHECK(result.head.headers == Headers{{"X-A", "1"}, {"x-a", "2"}, {"Content-Length", "3"}});
    CHECK(bytes.substr(result.consumed) == "abc");
}

TEST_CASE("upstream head: heads without body, without fields, of HTTP/1.0") {
    CHECK(read_upstream_head("HTTP/1.1 204 No Content\r\n\r\n").status == Status::ok);
    CHECK(read_upstream_head("HTTP/1.1 100 Continue\r\n\r\nHTTP").consumed == 25);
    CHECK(read_upstream_head("HTTP/1.0 200 OK\r\n\r\n").version == 10);
}

TEST_CASE("upstream head: every beginning needs more") {
    const std::string bytes = "HTTP/1.1 200 OK\r\nX: 1\r\n\r\n";
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK(read_upstream_head(bytes.substr(0, size)).status == Status::need_more);
}

TEST_CASE("upstream head: what is not HTTP/1 is malformed, as early as possible") {
    CHECK(read_upstream_head("SSH-2.0").status == Status::malformed);
    CHECK(read_upstream_head("HTTP/2.0 200 OK\r\n\r\n").status == Status::malformed);
    CHECK(read_upstream_head("HTTP/1.1 abc OK\r\n\r\n").status == Status::malformed);
    CHECK(read_upstream_head("HTTP/1.1 200 OK\r\nno colon\r\n\r\n").status == Status::malformed);
    CHECK(
        read_upstream_head("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")
            .status == Status::malformed
    );
}

TEST_CASE("upstream head: more than 32 KiB is too much") {
    const std::string start = "HTTP/1.1 200 OK\r\nX: ";
    CHECK(read_upstream_head(start + std::string(32'000, 'a') + "\r\n\r\n").status == Status::ok);
    CHECK(read_upstream_head(start + std::string(33'000, 'a')).status == Status::malformed);
    CHECK(
        read_upstream_head(start + std::string(33'000, 'a') + "\r\n\r\n").status ==
        Status::malformed
    );
}
