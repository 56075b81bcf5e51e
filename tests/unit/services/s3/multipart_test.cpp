#include "tests/support/scratch_folder.hpp"
#include "tests/unit/services/s3/s3_client.hpp"

#include <doctest/doctest.h>
#include <fmt/core.h>

using namespace diorama;
using s3::test::Answer;
using s3::test::Client;

namespace {

const std::string mebibytes_5(5 << 20, 'a');

std::string begin(Client& client, http::Headers headers = {}) {
    const auto answer = client.send("POST", "/bucket/big?uploads", std::move(headers));
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    CHECK(answer.body.find("<InitiateMultipartUploadResult") != std::string::npos);
    return answer.element("UploadId");
}

std::string
put_part(Client& client, const std::string& upload, int number, const std::string& body) {
    const auto answer = client.send(
        "PUT",
        fmt::format("/bucket/big?partNumber={}&uploadId={}", number, upload),
        {},
        body
    );
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return answer.header("ETag");
}

struct NamedPart {
    int number;
    std::string e_tag;
    std::string more = {};
};

Answer complete(Client& client, const std::string& upload, const std::vector<NamedPart>& parts) {
    std::string xml = "<CompleteMultipartUpload>";
    for (const auto& part : parts)
        xml += fmt::format(
            "<Part><PartNumber>{}</PartNumber><ETag>{}</ETag>{}</Part>",
            part.number,
            part.e_tag,
            part.more
        );
    return client
        .send("POST", "/bucket/big?uploadId=" + upload, {}, xml + "</CompleteMultipartUpload>");
}

} // namespace

TEST_CASE("multipart: parts become one object with the entity tag of their entity tags") {
    diorama::test::ScratchFolder folder;
    for (const auto& place : {std::string(), folder.file("s3")}) {
        Client client(place);
        client.put("/bucket", "");
        const auto upload = begin(client, {{"Content-Type", "text/plain"}});
        const auto second = put_part(client, upload, 7, "tail");
        const auto first = put_part(client, upload, 3, mebibytes_5);
        CHECK(client.send("GET", "/bucket/big").status == 404);
        CHECK(
            client.send("GET", "/bucket/big?uploadId=" + upload).elements("PartNumber") ==
            std::vector<std::string>{"3", "7"}
        );
        CHECK(client.send("GET", "/bucket?uploads").element("UploadId") == upload);
        const auto done = complete(client, upload, {{3, first}, {7, second}});
        CHECK(done.status == 200);
        CHECK(done.element("ETag").ends_with("-2&quot;"));
        const auto get = client.send("GET", "/bucket/big");
        CHECK(get.body == mebibytes_5 + "tail");
        CHECK(get.header("Content-Type") == "text/plain");
        const auto part = client.send("GET", "/bucket/big?partNumber=2");
        CHECK(part.status == 206);
        CHECK(part.body == "tail");
        CHECK(part.header("x-amz-mp-parts-count") == "2");
        const auto across = client.send("GET", "/bucket/big", {{"Range", "bytes=5242878-5242881"}});
        CHECK(across.body == "aata");
        CHECK(client.send("GET", "/bucket?uploads").elements("Upload").empty());
        CHECK(complete(client, upload, {{3, first}}).element("Code") == "NoSuchUpload");
    }
}

TEST_CASE("multipart: what cannot be completed") {
    Client client;
    client.put("/bucket", "");
    const auto upload = begin(client);
    const auto first = put_part(client, upload, 1, "small");
    const auto second = put_part(client, upload, 2, "tail");
    const auto small = complete(client, upload, {{1, first}, {2, second}});
    CHECK(small.element("Code") == "EntityTooSmall");
    CHECK(small.element("ProposedSize") == "5");
    CHECK(small.element("MinSizeAllowed") == "5242880");
    CHECK(small.element("PartNumber") == "1");
    CHECK(
        complete(client, upload, {{2, second}, {1, first}}).element("Code") == "InvalidPartOrder"
    );
    const auto invalid = complete(client, upload, {{1, first}, {3, second}});
    CHECK(invalid.element("Code") == "InvalidPart");
    CHECK(invalid.element("PartNumber") == "3");
    CHECK(complete(client, upload, {{1, second}}).element("Code") == "InvalidPart");
    CHECK(
        client.send("POST", "/bucket/big?uploadId=" + upload).element("Message") ==
        "You must specify at least one part"
    );
    CHECK(
        client.send("PUT", "/bucket/big?partNumber=0&uploadId=" + upload, {}, "x")
            .element("Message") == "Part number must be an integer between 1 and 10000, inclusive"
    );
    CHECK(
        client.send("PUT", "/bucket/big?partNumber=1&uploadId=none", {}, "x").element("Code") ==
        "NoSuchUpload"
    );
    CHECK(client.send("DELETE", "/bucket/big?uploadId=" + upload).status == 204);
    CHECK(
        client.send("DELETE", "/bucket/big?uploadId=" + upload).element("Code") == "NoSuchUpload"
    );
}

TEST_CASE("multipart: checksums of parts and of the whole") {
    Client client;
    client.put("/bucket", "");
    const auto upload = begin(client, {{"x-amz-checksum-algorithm", "CRC32"}});
    const auto tag = put_part(client, upload, 1, "hello world");
    CHECK(
        complete(client, upload, {{1, tag}}).element("Message") ==
        "The upload was created using a crc32 checksum. The complete request must include the "
        "checksum for each part. It was missing for part 1 in the request."
    );
    CHECK(
        complete(client, upload, {{1, tag, "<ChecksumCRC32>AAAAAA==</ChecksumCRC32>"}})
            .element("Code") == "BadDigest"
    );
    const auto done =
        complete(client, upload, {{1, tag, "<ChecksumCRC32>DUoRhQ==</ChecksumCRC32>"}});
    CHECK(done.element("ChecksumCRC32").ends_with("-1"));
    CHECK(done.element("ChecksumType") == "COMPOSITE");

    const auto whole = begin(
        client,
        {{"x-amz-checksum-algorithm", "CRC32"}, {"x-amz-checksum-type", "FULL_OBJECT"}}
    );
    const auto part = put_part(client, whole, 1, "hello world");
    CHECK(complete(client, whole, {{1, part}}).element("ChecksumCRC32") == "DUoRhQ==");

    const auto refused = client.send(
        "POST",
        "/bucket/big?uploads",
        {{"x-amz-checksum-algorithm", "SHA1"}, {"x-amz-checksum-type", "FULL_OBJECT"}}
    );
    CHECK(
        refused.element("Message") ==
        "The FULL_OBJECT checksum type cannot be used with the sha1 checksum algorithm."
    );
    CHECK(client.send("POST", "/bucket/big?uploads", {{"x-amz-checksum-algorithm", "MD4"}})
              .element("Message")
              .starts_with("Checksum algorithm provided is unsupported."));
}

TEST_CASE("copies: objects and parts of them, with their metadata or new ones") {
    diorama::test::ScratchFolder folder;
    for (const auto& place : {std::string(), folder.file("s3")}) {
        Client client(place);
        client.put("/bucket", "");
        CHECK(
            client.send("PUT", "/bucket/a%20b", {{"x-amz-meta-m", "1"}}, "0123456789").status == 200
        );
        const http::Headers from{{"x-amz-copy-source", "/bucket/a%20b"}};
        const auto copied = client.send("PUT", "/bucket/copy", from);
        CHECK(copied.status == 200);
        CHECK(copied.body.find("<CopyObjectResult") != std::string::npos);
        CHECK(client.send("DELETE", "/bucket/a%20b").status == 204);
        CHECK(client.send("GET", "/bucket/copy").body == "0123456789");
        CHECK(client.send("HEAD", "/bucket/copy").header("x-amz-meta-m") == "1");
        CHECK(client.send("PUT", "/bucket/x", from).element("Code") == "NoSuchKey");

        auto itself = http::Headers{{"x-amz-copy-source", "bucket/copy"}};
        CHECK(client.send("PUT", "/bucket/copy", itself).element("Code") == "InvalidRequest");
        itself.add("x-amz-metadata-directive", "REPLACE");
        itself.add("x-amz-checksum-algorithm", "SHA256");
        CHECK(!client.send("PUT", "/bucket/copy", itself).element("ChecksumSHA256").empty());
        CHECK(client.send("HEAD", "/bucket/copy").header("x-amz-meta-m").empty());

        const auto upload = begin(client);
        const auto target = "/bucket/big?partNumber=1&uploadId=" + upload;
        const auto ranged = [&](const std::string& range) {
            return client.send(
                "PUT",
                target,
                {{"x-amz-copy-source", "bucket/copy"}, {"x-amz-copy-source-range", range}}
            );
        };
        CHECK(ranged("0-8").element("ArgumentName") == "x-amz-copy-source-range");
        CHECK(
            ranged("bytes=0-100").element("Message") ==
            "Range specified is not valid for source object of size: 10"
        );
        CHECK(
            ranged("bytes=10-12").element("Message") ==
            "The specified copy range is invalid for the source object size"
        );
        const auto part = ranged("bytes=2-4");
        CHECK(part.status == 200);
        CHECK(complete(client, upload, {{1, part.element("ETag")}}).status == 200);
        CHECK(client.send("GET", "/bucket/big").body == "234");
        const auto conditional = client.send(
            "PUT",
            "/bucket/x",
            {{"x-amz-copy-source", "bucket/copy"}, {"x-amz-copy-source-if-match", "x"}}
        );
        CHECK(conditional.status == 412);
        CHECK(conditional.element("Condition") == "x-amz-copy-source-If-Match");
    }
}

TEST_CASE("multipart: completing twice answers the same, as long as the object is there") {
    diorama::test::ScratchFolder folder;
    Client client(folder.file("s3"));
    client.put("/bucket", "");
    const auto upload = begin(client);
    const auto tag = put_part(client, upload, 1, "bytes");
    const auto first = complete(client, upload, {{1, tag}});
    client.restart();
    const auto second = complete(client, upload, {{1, tag}});
    CHECK(second.status == 200);
    CHECK(second.body == first.body);
    CHECK(complete(client, upload, {{1, "\"" + std::string(32, '0') + "\""}}).status == 404);
    client.put("/bucket/big", "overwritten");
    CHECK(complete(client, upload, {{1, tag}}).element("Code") == "NoSuchUpload");
}

TEST_CASE("multipart: without an algorithm the object gets the CRC64NVME of all its bytes") {
    Client client;
    client.put("/bucket", "");
    const auto upload = begin(client);
    const auto part = client.send(
        "PUT",
        "/bucket/big?partNumber=1&uploadId=" + upload,
        {{"x-amz-checksum-crc32", "DUoRhQ=="}},
        "hello world"
    );
    CHECK(part.header("x-amz-checksum-crc32") == "DUoRhQ==");
    complete(client, upload, {{1, part.header("ETag")}});
    client.put("/bucket/plain", "hello world"); // CRC64NVME by itself
    const http::Headers mode{{"x-amz-checksum-mode", "ENABLED"}};
    const auto whole = client.send("HEAD", "/bucket/big", mode);
    const auto plain = client.send("HEAD", "/bucket/plain", mode);
    CHECK(!whole.header("x-amz-checksum-crc64nvme").empty());
    CHECK(whole.header("x-amz-checksum-crc64nvme") == plain.header("x-amz-checksum-crc64nvme"));
    CHECK(whole.header("x-amz-checksum-type") == "FULL_OBJECT");
}

TEST_CASE("multipart: a conditional completion notices what happened to its key meanwhile") {
    Client client;
    client.put("/bucket", "");
    const auto completed_with = [&](const std::string& upload, http::Headers condition) {
        const auto tag = put_part(client, upload, 1, "bytes");
        return client.send(
            "POST",
            "/bucket/big?uploadId=" + upload,
            std::move(condition),
            "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + tag +
                "</ETag></Part></CompleteMultipartUpload>"
        );
    };
    auto upload = begin(client);
    client.put("/bucket/big", "x");
    CHECK(completed_with(upload, {{"If-None-Match", "*"}}).status == 412);
    client.send("DELETE", "/bucket/big");
    const auto gone = completed_with(upload, {{"If-None-Match", "*"}});
    CHECK(gone.status == 409);
    CHECK(gone.element("Code") == "ConditionalRequestConflict");
    CHECK(gone.element("Condition") == "If-None-Match");

    client.put("/bucket/big", "x");
    const auto tag = client.send("HEAD", "/bucket/big").header("ETag");
    upload = begin(client);
    client.put("/bucket/big", "x"); // the same bytes, but another object
    CHECK(completed_with(upload, {{"If-Match", tag}}).status == 409);
    upload = begin(client);
    CHECK(completed_with(upload, {{"If-Match", "\"other\""}}).status == 412);
    CHECK(completed_with(upload, {{"If-Match", tag}}).status == 200);
}
