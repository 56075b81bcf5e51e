// Object Lock, archived objects, attributes and customers' keys as a client sees them.
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/services/s3/s3_client.hpp"

#include <doctest/doctest.h>
#include <fmt/core.h>

#include <filesystem>
#include <fstream>

using namespace diorama;
using s3::test::Client;
using Texts = std::vector<std::string>;

namespace {

void make_locked_bucket(Client& client) {
    REQUIRE(
        client.send("PUT", "/bucket", {{"x-amz-bucket-object-lock-enabled", "true"}}).status == 200
    );
}

std::string retention(const std::string& mode, const std::string& until) {
    return fmt::format(
        "<Retention><Mode>{}</Mode><RetainUntilDate>{}</RetainUntilDate></Retention>",
        mode,
        until
    );
}

// A key of 32 bytes "k", and its MD5.
const http::Headers customer_key{
    {"x-amz-server-side-encryption-customer-algorithm", "AES256"},
    {"x-amz-server-side-encryption-customer-key", "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="},
    {"x-amz-server-side-encryption-customer-key-MD5", "mT2HRsMGJ5IX5C+0rreZ8Q=="},
};

} // namespace

TEST_CASE("object lock: a bucket with it has versioning, for good") {
    Client client;
    make_locked_bucket(client);
    CHECK(client.send("GET", "/bucket?versioning").element("Status") == "Enabled");
    CHECK(client.send("GET", "/bucket?object-lock").element("ObjectLockEnabled") == "Enabled");
    const auto suspended = client.send(
        "PUT",
        "/bucket?versioning",
        {},
        "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>"
    );
    CHECK(suspended.element("Code") == "InvalidBucketState");
    client.put("/plain", "");
    CHECK(
        client.send("GET", "/plain?object-lock").element("Code") ==
        "ObjectLockConfigurationNotFoundError"
    );
    const auto unversioned = client.send(
        "PUT",
        "/plain?object-lock",
        {},
        "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
        "</ObjectLockConfiguration>"
    );
    CHECK(unversioned.element("Code") == "InvalidBucketState");
    const auto locked =
        client.send("PUT", "/plain/key", {{"x-amz-object-lock-legal-hold", "ON"}}, "x");
    CHECK(locked.element("Message") == "Bucket is missing Object Lock Configuration");
}

TEST_CASE("object lock: retention keeps a version until its date, governance unless bypassed") {
    Client client;
    make_locked_bucket(client);
    const auto id = client
                        .send(
                            "PUT",
                            "/bucket/key",
                            {{"x-amz-object-lock-mode", "GOVERNANCE"},
                             {"x-amz-object-lock-retain-until-date", "2026-01-02T00:00:00Z"}},
                            "x"
                        )
                        .header("x-amz-version-id");
    const auto version = "/bucket/key?versionId=" + id;
    const auto head = client.send("HEAD", version);
    CHECK(head.header("x-amz-object-lock-mode") == "GOVERNANCE");
    CHECK(head.header("x-amz-object-lock-retain-until-date") == "2026-01-02T00:00:00.000Z");
    const auto refused = client.send("DELETE", version);
    CHECK(refused.status == 403);
    CHECK(refused.element("Message") == "Access Denied because object protected by object lock.");
    CHECK(client.send("DELETE", "/bucket/key").status == 204); // only a delete marker

    const auto change = [&](const std::string& mode, const std::string& until, bool bypass) {
        http::Headers headers;
        if (bypass) headers.add("x-amz-bypass-governance-retention", "true");
        return client
            .send("PUT", "/bucket/key?retention&versionId=" + id, headers, retention(mode, until))
            .status;
    };
    CHECK(change("GOVERNANCE", "2026-01-01T12:00:00Z", false) == 403);
    CHECK(change("GOVERNANCE", "2026-01-03T00:00:00Z", false) == 200);
    CHECK(change("GOVERNANCE", "2025-01-03T00:00:00Z", false) == 400);
    CHECK(change("COMPLIANCE", "2026-01-02T00:00:00Z", true) == 200);
    CHECK(change("COMPLIANCE", "2026-01-01T12:00:00Z", true) == 403);
    const http::Headers bypass{{"x-amz-bypass-governance-retention", "true"}};
    CHECK(client.send("DELETE", version, bypass).status == 403);
    client.thread.time.run_for(std::chrono::hours(25));
    CHECK(client.send("DELETE", version).status == 204);
}

TEST_CASE("object lock: a bucket's default retention holds for objects that say nothing") {
    Client client;
    make_locked_bucket(client);
    const auto configure = [&](const std::string& rule) {
        return client.send(
            "PUT",
            "/bucket?object-lock",
            {},
            "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule>"
            "<DefaultRetention>" +
                rule + "</DefaultRetention></Rule></ObjectLockConfiguration>"
        );
    };
    CHECK(
        configure("<Mode>GOVERNANCE</Mode><Days>1</Days><Years>1</Years>").element("Code") ==
        "MalformedXML"
    );
    CHECK(configure("<Mode>GOVERNANCE</Mode><Days>0</Days>").element("Code") == "InvalidArgument");
    CHECK(configure("<Mode>COMPLIANCE</Mode><Years>1</Years>").status == 200);
    client.put("/bucket/key", "x");
    const auto found = client.send("GET", "/bucket/key?retention");
    CHECK(found.element("Mode") == "COMPLIANCE");
    CHECK(found.element("RetainUntilDate").starts_with("2027-01-01T00:00:00"));
}

TEST_CASE("object lock: a legal hold stands until it is lifted") {
    test::ScratchFolder folder;
    Client client(folder.file("s3"));
    make_locked_bucket(client);
    client.put("/bucket/key", "x");
    const auto id = client.send("HEAD", "/bucket/key").header("x-amz-version-id");
    CHECK(
        client.send("GET", "/bucket/key?legal-hold").element("Code") ==
        "NoSuchObjectLockConfiguration"
    );
    const auto hold = [&](const std::string& status) {
        return client
            .send(
                "PUT",
                "/bucket/key?legal-hold",
                {},
                "<LegalHold><Status>" + status + "</Status></LegalHold>"
            )
            .status;
    };
    CHECK(hold("ON") == 200);
    client.restart();
    CHECK(client.send("GET", "/bucket/key?legal-hold").element("Status") == "ON");
    CHECK(client.send("DELETE", "/bucket/key?versionId=" + id).status == 403);
    CHECK(hold("OFF") == 200);
    CHECK(client.send("DELETE", "/bucket/key?versionId=" + id).status == 204);
}

TEST_CASE("archive: an archived object is read only after it was restored, and for a while") {
    Client client;
    client.put("/bucket", "");
    client.send("PUT", "/bucket/key", {{"x-amz-storage-class", "GLACIER"}}, "cold");
    const auto refused = client.send("GET", "/bucket/key");
    CHECK(refused.status == 403);
    CHECK(refused.element("Code") == "InvalidObjectState");
    CHECK(refused.element("StorageClass") == "GLACIER");
    CHECK(client.send("HEAD", "/bucket/key").status == 200);
    const auto restore = [&](int days) {
        return client.send(
            "POST",
            "/bucket/key?restore",
            {},
            fmt::format("<RestoreRequest><Days>{}</Days></RestoreRequest>", days)
        );
    };
    CHECK(restore(2).status == 202);
    CHECK(restore(2).element("Code") == "RestoreAlreadyInProgress");
    CHECK(client.send("HEAD", "/bucket/key").header("x-amz-restore") == "ongoing-request=\"true\"");
    client.thread.time.run_for(std::chrono::hours(6));
    CHECK(
        client.send("HEAD", "/bucket/key").header("x-amz-restore") ==
        "ongoing-request=\"false\", expiry-date=\"Sun, 04 Jan 2026 00:00:00 GMT\""
    );
    CHECK(client.send("GET", "/bucket/key").body == "cold");
    CHECK(restore(5).status == 200);
    client.thread.time.run_for(std::chrono::hours(24 * 8));
    CHECK(client.send("GET", "/bucket/key").status == 403);
    client.put("/bucket/warm", "x");
    const auto warm = client.send(
        "POST",
        "/bucket/warm?restore",
        {},
        "<RestoreRequest><Days>1</Days></RestoreRequest>"
    );
    CHECK(warm.element("Code") == "InvalidObjectState");
}

TEST_CASE("attributes: those that were asked for, and only those") {
    Client client;
    client.put("/bucket", "");
    client.send("PUT", "/bucket/key", {{"x-amz-checksum-crc32", "DUoRhQ=="}}, "hello world");
    const auto all = client.send(
        "GET",
        "/bucket/key?attributes",
        {{"x-amz-object-attributes", "ETag,Checksum,ObjectSize,StorageClass,ObjectParts"}}
    );
    CHECK(all.status == 200);
    CHECK(all.element("ETag") == "5eb63bbbe01eeed093cb22bb8f5acdc3");
    CHECK(all.element("ChecksumCRC32") == "DUoRhQ==");
    CHECK(all.element("ObjectSize") == "11");
    CHECK(all.element("StorageClass") == "STANDARD");
    CHECK(all.header("Last-Modified") == "Thu, 01 Jan 2026 00:00:00 GMT");
    const auto one =
        client.send("GET", "/bucket/key?attributes", {{"x-amz-object-attributes", "ObjectSize"}});
    CHECK(one.element("ObjectSize") == "11");
    CHECK(one.element("ETag").empty());
    CHECK(client.send("GET", "/bucket/key?attributes").status == 400);
}

TEST_CASE("customer keys: bytes are stored encrypted and come back only with their key") {
    test::ScratchFolder folder;
    Client client(folder.file("s3"));
    client.put("/bucket", "");
    const std::string text(100'000, 'x');
    const auto put = client.send("PUT", "/bucket/key", customer_key, text);
    CHECK(put.status == 200);
    const auto e_tag = put.header("ETag");
    CHECK(client.send("PUT", "/bucket/key", customer_key, text).header("ETag") == e_tag);
    CHECK(client.send("PUT", "/bucket/plain", {}, text).header("ETag") != e_tag);
    client.send("DELETE", "/bucket/plain");
    CHECK(put.header("x-amz-server-side-encryption").empty());
    CHECK(put.header("x-amz-server-side-encryption-customer-algorithm") == "AES256");
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.file("s3"))) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string bytes(std::istreambuf_iterator<char>(file), {});
        CHECK(bytes.find("xxxxxxxx") == std::string::npos);
        CHECK(bytes.find("kkkkkkkk") == std::string::npos);
    }
    client.restart();
    CHECK(client.send("GET", "/bucket/key", customer_key).body == text);
    auto ranged = customer_key;
    ranged.add("Range", "bytes=99990-");
    CHECK(client.send("GET", "/bucket/key", ranged).body == "xxxxxxxxxx");
    CHECK(client.send("GET", "/bucket/key").element("Code") == "InvalidRequest");
    CHECK(client.send("HEAD", "/bucket/key").status == 400);
    client.put("/bucket/plain", "x");
    CHECK(client.send("GET", "/bucket/plain", customer_key).element("Code") == "InvalidRequest");

    http::Headers copy{{"x-amz-copy-source", "/bucket/key"}};
    CHECK(client.send("PUT", "/bucket/copy", copy).element("Code") == "InvalidRequest");
    for (const auto& [name, value] : customer_key)
        copy.add("x-amz-copy-source-" + name.substr(std::string("x-amz-").size()), value);
    CHECK(client.send("PUT", "/bucket/copy", copy).status == 200);
    CHECK(client.send("GET", "/bucket/copy").body == text);
}

TEST_CASE("customer keys: what is incomplete or wrong is refused with AWS's words") {
    Client client;
    client.put("/bucket", "");

    struct Case {
        std::string name;
        std::string value;
        std::string message;
    };

    const std::string start = "x-amz-server-side-encryption-customer-";
    const std::string provided =
        "Requests specifying Server Side Encryption with Customer provided keys must provide ";
    const std::vector<Case> cases{
        {start + "algorithm", "", provided + "a valid encryption algorithm."},
        {start + "algorithm",
         "AES512",
         "The Encryption request you specified is not valid. Supported value: AES256."},
        {start + "key", "", provided + "an appropriate secret key."},
        {start + "key", "eA==", "The secret key was invalid for the specified algorithm."},
        {start + "key-MD5",
         "AAAAAAAAAAAAAAAAAAAAAA==",
         "The calculated MD5 hash of the key did not match the hash that was provided."},
    };
    for (const auto& example : cases) {
        auto headers = customer_key;
        headers.set(example.name, example.value);
        const auto answer = client.send("PUT", "/bucket/key", headers, "x");
        CAPTURE(example.name);
        CHECK(answer.status == 400);
        CHECK(answer.element("Message") == example.message);
    }
}

TEST_CASE("customer keys: all parts of an upload need the key that it began with") {
    Client client;
    client.put("/bucket", "");
    const auto upload =
        client.send("POST", "/bucket/key?uploads", customer_key).element("UploadId");
    const auto part = "/bucket/key?partNumber=1&uploadId=" + upload;
    CHECK(client.send("PUT", part, {}, "x").element("Code") == "InvalidRequest");
    const auto tag = client.send("PUT", part, customer_key, "secret").header("ETag");
    const auto complete = fmt::format(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{}</ETag></Part>"
        "</CompleteMultipartUpload>",
        tag
    );
    auto wrong_key = customer_key;
    wrong_key.set(
        "x-amz-server-side-encryption-customer-key",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    );
    wrong_key.set("x-amz-server-side-encryption-customer-key-MD5", "cLyPS3KoaSFGi/joRB3OUQ==");
    const auto target = "/bucket/key?uploadId=" + upload;
    CHECK(client.send("POST", target, wrong_key, complete).element("Code") == "InvalidRequest");
    CHECK(client.send("POST", target, {}, complete).status == 200);
    CHECK(client.send("GET", "/bucket/key", customer_key).body == "secret");
}
