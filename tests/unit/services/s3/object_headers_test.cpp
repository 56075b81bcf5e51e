// Names and headers of objects on the wire.
#include "tests/unit/services/s3/s3_client.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using s3::test::Client;

TEST_CASE("objects: keys that XML cannot carry are listed as references, or encoded") {
    Client client;
    client.put("/bucket", "");
    client.put("/bucket/a%01%C3%A9", "x");
    CHECK(client.send("GET", "/bucket").element("Key") == "a&#x1;\xC3\xA9");
    CHECK(client.send("GET", "/bucket?encoding-type=url").element("Key") == "a%01%C3%A9");
}

TEST_CASE(
    "objects: keys that XML cannot carry are written as references, or percent-encoded if asked"
) {
    Client client;
    client.put("/bucket", "");
    client.put("/bucket/a%EF%BF%BE%01b", "x");
    CHECK(client.send("GET", "/bucket").element("Key") == "a&#xfffe;&#x1;b");
    CHECK(client.send("GET", "/bucket?encoding-type=url").element("Key") == "a%EF%BF%BE%01b");
    CHECK(
        client.send("GET", "/bucket?versions&encoding-type=url").element("Key") == "a%EF%BF%BE%01b"
    );
}

TEST_CASE("objects: Content-Encoding: aws-chunked by itself does not make a body one in chunks") {
    Client client;
    client.put("/bucket", "");
    client.send("PUT", "/bucket/key", {{"Content-Encoding", "gzip, aws-chunked"}}, "plain");
    const auto get = client.send("GET", "/bucket/key");
    CHECK(get.body == "plain");
    CHECK(get.header("Content-Encoding") == "gzip");
}

TEST_CASE("objects: metadata beyond ASCII comes back as RFC 2047 has it") {
    Client client;
    client.put("/bucket", "");
    client.send("PUT", "/bucket/key", {{"x-amz-meta-name", "=?UTF-8?Q?=C3=A9?="}}, "x");
    CHECK(client.send("HEAD", "/bucket/key").header("x-amz-meta-name") == "=?UTF-8?B?w6k=?=");
}
