#include "tests/support/scratch_folder.hpp"
#include "tests/unit/services/s3/s3_client.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using s3::test::Client;
using Texts = std::vector<std::string>;

TEST_CASE("objects: what was put comes back with its entity tag, type and metadata") {
    Client client;
    client.put("/bucket", "");
    const auto put = client.send(
        "PUT",
        "/bucket/a%20b/c%2Bd.txt",
        {{"Content-Type", "text/plain"},
         {"x-amz-meta-Color", "blue"},
         {"Content-Encoding", "aws-chunked, gzip"},
         {"x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"},
         {"x-amz-decoded-content-length", "11"},
         {"x-amz-checksum-crc32", "DUoRhQ=="}},
        "b\r\nhello world\r\n0\r\n\r\n"
    );
    CHECK(put.status == 200);
    CHECK(put.header("ETag") == "\"5eb63bbbe01eeed093cb22bb8f5acdc3\"");
    CHECK(put.header("x-amz-checksum-crc32") == "DUoRhQ==");
    CHECK(put.header("x-amz-checksum-type") == "FULL_OBJECT");
    CHECK(put.header("x-amz-server-side-encryption") == "AES256");

    const auto get =
        client.send("GET", "/bucket/a%20b/c%2Bd.txt", {{"x-amz-checksum-mode", "ENABLED"}});
    CHECK(get.status == 200);
    CHECK(get.body == "hello world");
    CHECK(get.header("Content-Length") == "11");
    CHECK(get.header("Content-Type") == "text/plain");
    CHECK(get.header("Content-Encoding") == "gzip");
    CHECK(get.header("x-amz-meta-color") == "blue");
    CHECK(get.header("x-amz-checksum-crc32") == "DUoRhQ==");
    CHECK(get.header("Last-Modified") == "Thu, 01 Jan 2026 00:00:00 GMT");
}

TEST_CASE("objects: a body with another digest than announced is refused and not kept") {
    Client client;
    client.put("/bucket", "");

    struct Case {
        http::Headers headers;
        std::string code;
        std::string message;
    };

    const std::vector<Case> cases{
        {{{"Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA=="}},
         "BadDigest",
         "The Content-MD5 you specified did not match what we received."},
        {{{"Content-MD5", "__invalid__"}},
         "InvalidDigest",
         "The Content-MD5 you specified was invalid."},
        {{{"x-amz-checksum-crc32", "AAAAAA=="}},
         "BadDigest",
         "The CRC32 you specified did not match the calculated checksum."},
        {{{"x-amz-checksum-crc32c", "x"}},
         "InvalidRequest",
         "Value for x-amz-checksum-crc32c header is invalid."},
        {{{"x-amz-checksum-crc32", "DUoRhQ=="}, {"x-amz-checksum-sha1", "x"}},
         "InvalidRequest",
         "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."},
        {{{"x-amz-content-sha256", std::string(64, '0')}},
         "XAmzContentSHA256Mismatch",
         "The provided 'x-amz-content-sha256' header does not match what was computed."},
        {{{"Content-Length", "12"}},
         "IncompleteBody",
         "You did not provide the number of bytes specified by the Content-Length HTTP header"},
    };
    for (const auto& example : cases) {
        const auto answer = client.send("PUT", "/bucket/key", example.headers, "hello world");
        CAPTURE(answer.body);
        CHECK(answer.status == 400);
        CHECK(answer.element("Code") == example.code);
        CHECK(answer.element("Message") == example.message);
    }
    CHECK(client.send("GET", "/bucket/key").element("Code") == "NoSuchKey");
}

TEST_CASE("objects: a checksum in the trailer of an aws-chunked body is checked") {
    Client client;
    client.put("/bucket", "");
    const http::Headers headers{
        {"Content-Encoding", "aws-chunked"},
        {"Transfer-Encoding", "chunked"},
        {"x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"},
        {"x-amz-decoded-content-length", "11"},
        {"x-amz-trailer", "x-amz-checksum-crc32"},
        {"Content-Length", "0"},
    };
    const std::string start = "b\r\nhello world\r\n0\r\nx-amz-checksum-crc32:";
    CHECK(client.send("PUT", "/bucket/good", headers, start + "DUoRhQ==\r\n\r\n").status == 200);
    const auto bad = client.send("PUT", "/bucket/bad", headers, start + "AAAAAA==\r\n\r\n");
    CHECK(
        bad.element("Message") == "The CRC32 you specified did not match the calculated checksum."
    );
    const auto none = client.send("PUT", "/bucket/bad", headers, "b\r\nhello world\r\n0\r\n\r\n");
    CHECK(none.element("Code") == "MalformedTrailerError");
    CHECK(client.send("GET", "/bucket/good").body == "hello world");
    CHECK(client.send("HEAD", "/bucket/bad").status == 404);
}

TEST_CASE("objects: ranges, part numbers and preconditions select what is sent") {
    Client client;
    client.put("/bucket", "");
    client.put("/bucket/key", "0123456789");
    const std::string tag = "\"781e5e245d69b566979b86e28d23f2c7\"";

    struct Case {
        http::Headers headers;
        std::string query;
        int status;
        std::string body;
    };

    const std::vector<Case> cases{
        {{{"Range", "bytes=2-4"}}, "", 206, "234"},
        {{{"Range", "bytes=-3"}}, "", 206, "789"},
        {{{"Range", "bytes=8-"}}, "", 206, "89"},
        {{{"Range", "bytes=0-1,3-4"}}, "", 200, "0123456789"},
        {{{"Range", "lines=1-2"}}, "", 200, "0123456789"},
        {{}, "?partNumber=1", 206, "0123456789"},
        {{{"If-None-Match", tag}}, "", 304, ""},
        {{{"If-None-Match", "\"other\""}}, "", 200, "0123456789"},
        {{{"If-Match", tag}}, "", 200, "0123456789"},
        {{{"If-Modified-Since", "Thu, 01 Jan 2026 00:00:00 GMT"}}, "", 304, ""},
        {{{"If-Modified-Since", "Wed, 31 Dec 2025 23:59:59 GMT"}}, "", 200, "0123456789"},
    };
    for (const auto& example : cases) {
        const auto answer = client.send("GET", "/bucket/key" + example.query, example.headers);
        CAPTURE(example.query);
        CAPTURE(answer.body);
        CHECK(answer.status == example.status);
        CHECK(answer.body == example.body);
    }
    const auto beyond = client.send("GET", "/bucket/key", {{"Range", "bytes=10-11"}});
    CHECK(beyond.status == 416);
    CHECK(beyond.element("Code") == "InvalidRange");
    CHECK(beyond.element("ActualObjectSize") == "10");
    CHECK(beyond.element("RangeRequested") == "bytes=10-11");
    const auto part = client.send("GET", "/bucket/key?partNumber=2");
    CHECK(part.status == 416);
    CHECK(part.element("ActualPartCount") == "1");
    const auto failed = client.send("GET", "/bucket/key", {{"If-Match", "\"x\""}});
    CHECK(failed.status == 412);
    CHECK(failed.element("Condition") == "If-Match");
    const auto both = client.send("GET", "/bucket/key?partNumber=1", {{"Range", "bytes=0-1"}});
    CHECK(
        both.element("Message") == "Cannot specify both Range header and partNumber query parameter"
    );
    CHECK(
        client.send("GET", "/bucket/key", {{"Range", "bytes=2-4"}}).header("Content-Range") ==
        "bytes 2-4/10"
    );
}

TEST_CASE("objects: HEAD answers the headers of GET, and errors without a body") {
    Client client;
    client.put("/bucket", "");
    client.put("/bucket/key", "0123456789");
    const auto head = client.send("HEAD", "/bucket/key");
    CHECK(head.status == 200);
    CHECK(head.header("Content-Length") == "10");
    CHECK(head.body.empty());
    const auto missing = client.send("HEAD", "/bucket/none");
    CHECK(missing.status == 404);
    CHECK(missing.body.empty());
}

TEST_CASE("objects: response-* parameters replace headers, for signed requests only") {
    Client client;
    client.put("/bucket", "");
    client.put("/bucket/key", "x");
    client.make_public("bucket");
    const std::string target = "/bucket/key?response-content-type=text%2Fcss&"
                               "response-content-disposition=attachment";
    const auto answer = client.send("GET", target);
    CHECK(answer.header("Content-Type") == "text/css");
    CHECK(answer.header("Content-Disposition") == "attachment");
    const auto exchange = client.start("GET", target, {{"Host", "localhost"}}, {});
    CHECK(
        Client::answer_of(*exchange).element("Message") ==
        "Request specific response headers cannot be used for anonymous GET requests."
    );
}

TEST_CASE("objects: conditional writes") {
    Client client;
    client.put("/bucket", "");
    CHECK(client.send("PUT", "/bucket/key", {{"If-None-Match", "*"}}, "a").status == 200);
    const auto again = client.send("PUT", "/bucket/key", {{"If-None-Match", "*"}}, "b");
    CHECK(again.status == 412);
    CHECK(again.element("Condition") == "If-None-Match");
    CHECK(client.send("PUT", "/bucket/key", {{"If-None-Match", "\"x\""}}, "b").status == 501);
    CHECK(client.send("PUT", "/bucket/key", {{"If-Match", "x"}}, "b").status == 412);
    CHECK(client.send("PUT", "/bucket/none", {{"If-Match", "x"}}, "b").status == 404);
    CHECK(
        client.send("PUT", "/bucket/key", {{"If-Match", "0cc175b9c0f1b6a831c399e269772661"}}, "b")
            .status == 200
    );
    CHECK(client.send("GET", "/bucket/key").body == "b");
    CHECK(client.send("DELETE", "/bucket/key", {{"If-Match", "\"x\""}}).status == 412);
    CHECK(client.send("DELETE", "/bucket/key").status == 204);
    CHECK(client.send("DELETE", "/bucket/key").status == 204);
}

TEST_CASE("objects: what is not emulated is refused by its header") {
    Client client;
    client.put("/bucket", "");
    const auto mfa = client.send("PUT", "/bucket/key", {{"x-amz-mfa", "device 123456"}}, "x");
    CHECK(mfa.status == 501);
    CHECK(mfa.element("Header") == "x-amz-mfa");
    const auto torrent = client.send("GET", "/bucket/key?torrent");
    CHECK(torrent.status == 501);
    CHECK(torrent.element("Message") == "The operation GetObjectTorrent of s3 is not emulated.");
    const auto storage =
        client.send("PUT", "/bucket/key", {{"x-amz-storage-class", "FLOPPY"}}, "x");
    CHECK(storage.element("Message") == "The storage class you specified is not valid");
}

TEST_CASE("objects: on disk, a body larger than memory allows is written piece by piece") {
    diorama::test::ScratchFolder folder;
    Client client(folder.file("s3"));
    client.put("/bucket", "");
    const std::string piece(100'000, 'x');
    const auto exchange = client.start(
        "PUT",
        "/bucket/key",
        {{"Host", "localhost"},
         {"Content-Length", "4000000"},
         {"Authorization", s3::test::authorization}},
        std::vector<std::string>(40, piece)
    );
    // The worker has not run yet: the client was stopped long before everything was read.
    CHECK(exchange->is_body_paused);
    CHECK(exchange->body.size() > 30);
    client.thread.run();
    CHECK(Client::answer_of(*exchange).status == 200);

    const auto get = std::make_shared<diorama::test::FakeExchange>(
        client.thread,
        http::RequestHead{
            "GET",
            "/bucket/key",
            11,
            {{"Host", "localhost"}, {"Authorization", s3::test::authorization}}
        }
    );
    get->holds_back = true;
    client.s3().serve(get);
    for (int i = 0; i < 1000 && !get->is_complete; ++i)
        get->drain();
    CHECK(get->sent.size() == 4'000'000);
    CHECK(get->longest_backlog <= 256 * 1024);
}

TEST_CASE("objects: what was acknowledged is there after a restart, what was not is gone") {
    diorama::test::ScratchFolder folder;
    Client client(folder.file("s3"));
    client.put("/bucket", "");
    const std::string large(5000, 'x'); // small bodies lie in their records
    client.put("/bucket/kept", "kept" + large);
    client.put("/bucket/small", "small");
    client.put("/bucket/replaced", "old" + large);
    client.put("/bucket/replaced", "new" + large);
    client.put("/bucket/deleted", large);
    CHECK(client.send("DELETE", "/bucket/deleted").status == 204);
    const auto upload = client.send("POST", "/bucket/big?uploads").element("UploadId");
    CHECK(
        client.send("PUT", "/bucket/big?partNumber=1&uploadId=" + upload, {}, large).status == 200
    );
    client.restart();
    CHECK(client.send("GET", "/bucket/kept").body == "kept" + large);
    CHECK(client.send("GET", "/bucket/small").body == "small");
    CHECK(client.send("GET", "/bucket/replaced").body == "new" + large);
    CHECK(client.send("GET", "/bucket/deleted").status == 404);
    CHECK(client.send("GET", "/bucket/big?uploadId=" + upload).element("Size") == "5000");
    int blobs = 0;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(folder.path() / "s3" / "blobs"))
        blobs += entry.is_regular_file() ? 1 : 0;
    CHECK(blobs == 3);
}

TEST_CASE("objects: a body that ends early is IncompleteBody and leaves nothing") {
    Client client;
    client.put("/bucket", "");
    const auto exchange = std::make_shared<diorama::test::FakeExchange>(
        client.thread,
        http::RequestHead{
            "PUT",
            "/bucket/key",
            11,
            {{"Host", "localhost"},
             {"Content-Length", "100"},
             {"Authorization", s3::test::authorization}}
        }
    );
    exchange->body = {"half"};
    exchange->body_end = http::BodyState::aborted;
    client.s3().serve(exchange);
    CHECK(exchange->status == 400);
    CHECK(exchange->sent.find("<Code>IncompleteBody</Code>") != std::string::npos);
    CHECK(client.send("GET", "/bucket/key").status == 404);
}

TEST_CASE("objects: the direct interface puts and gets without requests") {
    diorama::test::ScratchFolder folder;
    Client client(folder.file("s3"));
    using Outcome = s3::S3::Outcome;
    auto& service = client.s3();
    CHECK(service.put_object("backups", "a", "x") == Outcome::no_such_bucket);
    CHECK(service.create_bucket_if_absent("000000000000", "eu-west-1", "backups") == Outcome::done);
    CHECK(service.create_bucket_if_absent("000000000000", "eu-west-1", "backups") == Outcome::done);
    CHECK(
        service.create_bucket_if_absent("111111111111", "eu-west-1", "backups") == Outcome::failed
    );
    CHECK(service.put_object("backups", "a", "bytes") == Outcome::done);
    CHECK(service.get_file("backups", "a", folder.file("out")) == Outcome::done);
    CHECK(service.put_file("backups", "b", folder.file("out")) == Outcome::done);
    std::string bytes;
    CHECK(service.get_object("backups", "b", bytes) == Outcome::done);
    CHECK(bytes == "bytes");
    CHECK(service.get_object("backups", "none", bytes) == Outcome::no_such_key);
    const http::Headers at_home{
        {"Authorization",
         "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/s3/aws4_request, "
         "SignedHeaders=host, Signature=0"}
    };
    CHECK(client.send("GET", "/backups/b", at_home).body == "bytes");
    client.restart();
    CHECK(client.s3().get_object("backups", "b", bytes) == Outcome::done);
    CHECK(client.send("GET", "/backups?location").body.find(">eu-west-1<") != std::string::npos);
}

TEST_CASE("objects: tags are replaced and removed without touching the object") {
    Client client;
    client.put("/bucket", "");
    client.send("PUT", "/bucket/key", {{"x-amz-tagging", "a=1&b=two"}}, "bytes");
    const auto before = client.send("HEAD", "/bucket/key");
    CHECK(before.header("x-amz-tagging-count") == "2");
    CHECK(client.send("GET", "/bucket/key?tagging").elements("Value") == Texts{"1", "two"});
    const auto put = client.send(
        "PUT",
        "/bucket/key?tagging",
        {},
        "<Tagging><TagSet><Tag><Key>c</Key><Value>3</Value></Tag></TagSet></Tagging>"
    );
    CHECK(put.status == 200);
    const auto after = client.send("GET", "/bucket/key");
    CHECK(after.body == "bytes");
    CHECK(after.header("etag") == before.header("etag"));
    CHECK(after.header("last-modified") == before.header("last-modified"));
    CHECK(after.header("x-amz-tagging-count") == "1");
    CHECK(client.send("DELETE", "/bucket/key?tagging").status == 204);
    CHECK(client.send("GET", "/bucket/key?tagging").elements("Value").empty());
    CHECK(client.send("GET", "/bucket/none?tagging").element("Code") == "NoSuchKey");
    const auto wrong = client.send("GET", "/bucket/key?tagging&versionId=x");
    CHECK(wrong.element("Code") == "InvalidArgument");
}

TEST_CASE("objects: a URI that is not UTF-8 cannot be parsed") {
    Client client;
    client.put("/bucket", "");
    for (const auto* target : {"/bucket/a%FFb", "/bucket/%C3", "/bucket?prefix=%80"}) {
        CAPTURE(target);
        const auto answer = client.send(target[7] == '/' ? "PUT" : "GET", target);
        CHECK(answer.status == 400);
        CHECK(answer.element("Code") == "InvalidURI");
        CHECK(answer.element("Message") == "Couldn't parse the specified URI.");
    }
    const auto copy = client.send("PUT", "/bucket/copy", {{"x-amz-copy-source", "bucket/%FF"}});
    CHECK(copy.element("Code") == "InvalidArgument");
}

TEST_CASE("objects: a request whose headers are too large is refused") {
    Client client;
    client.put("/bucket", "");
    const auto put = [&](std::size_t size) {
        return client.send("PUT", "/bucket/key", {{"Cookie", std::string(size, 'x')}}, "x");
    };
    const auto refused = put(8192);
    CHECK(refused.status == 400);
    CHECK(refused.element("Code") == "RequestHeaderSectionTooLarge");
    CHECK(refused.element("MaxSizeAllowed") == "8192");
    CHECK(put(7000).status == 200);
}
