// SSE-KMS as clients see it.
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/services/s3/s3_client.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using diorama::s3::test::Answer;
using diorama::s3::test::Client;

namespace {

constexpr auto algorithm = "x-amz-server-side-encryption";
constexpr auto key_id = "x-amz-server-side-encryption-aws-kms-key-id";
constexpr auto bucket_key = "x-amz-server-side-encryption-bucket-key-enabled";
constexpr auto id = "1234abcd-12ab-34cd-56ef-1234567890ab";
constexpr auto arn = "arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab";

std::string default_with(const std::string& rule) {
    return "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
           "<SSEAlgorithm>aws:kms</SSEAlgorithm>" +
           rule + "</Rule></ServerSideEncryptionConfiguration>";
}

void check_encrypted(const Answer& answer, const std::string& with) {
    CHECK(answer.status == 200);
    CHECK(answer.header(algorithm) == "aws:kms");
    CHECK(answer.header(key_id) == with);
}

} // namespace

TEST_CASE("managed keys: an object says which key it was given, also after a restart") {
    diorama::test::ScratchFolder folder;
    Client client(folder.file("s3"));
    client.put("/bucket", "");
    check_encrypted(
        client.send("PUT", "/bucket/a", {{algorithm, "aws:kms"}, {key_id, id}}, "x"),
        arn
    );
    client.restart();
    const auto head = client.send("HEAD", "/bucket/a");
    check_encrypted(head, arn);
    // AWS: the entity tag is not the MD5.
    CHECK(head.header("ETag") != "\"9dd4e461268c8034f5c8564e155c67a6\"");
    CHECK(client.send("GET", "/bucket/a").body == "x");
    client.put("/bucket/plain", "x");
    CHECK(client.send("HEAD", "/bucket/plain").header(algorithm) == "AES256");
}

TEST_CASE("managed keys: without an id it is the account's own, always the same") {
    Client client;
    client.put("/bucket", "");
    const auto first = client.send("PUT", "/bucket/a", {{algorithm, "aws:kms"}}, "x");
    const auto own = first.header(key_id);
    CHECK(own.starts_with("arn:aws:kms:us-east-1:000000000000:key/"));
    CHECK(own.size() == std::string(arn).size());
    check_encrypted(client.send("PUT", "/bucket/b", {{algorithm, "aws:kms"}}, "y"), own);
}

TEST_CASE("managed keys: the bucket's default holds for uploads, copies and multipart uploads") {
    Client client;
    client.put("/bucket", "");
    client.put("/bucket/old", "x");
    client.put(
        "/bucket?encryption",
        default_with(
            std::string("<KMSMasterKeyID>") + id +
            "</KMSMasterKeyID></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true"
            "</BucketKeyEnabled>"
        )
    );
    const auto put = client.send("PUT", "/bucket/new", {}, "x");
    check_encrypted(put, arn);
    CHECK(put.header(bucket_key) == "true");
    check_encrypted(client.send("PUT", "/bucket/copy", {{"x-amz-copy-source", "bucket/old"}}), arn);
    CHECK(client.send("GET", "/bucket/copy").body == "x");
    const auto upload = client.send("POST", "/bucket/large?uploads");
    check_encrypted(upload, arn);
    check_encrypted(
        client.send(
            "PUT",
            "/bucket/large?partNumber=1&uploadId=" + upload.element("UploadId"),
            {},
            "part"
        ),
        arn
    );
    const auto asked = client.send("PUT", "/bucket/plain", {{algorithm, "AES256"}}, "x");
    CHECK(asked.header(algorithm) == "AES256");
    CHECK(client.send("HEAD", "/bucket/old").header(algorithm) == "AES256");
}

TEST_CASE("managed keys: what AWS refuses") {
    Client client;
    client.put("/bucket", "");
    const auto put = [&](const std::string& key) {
        return client.send("PUT", "/bucket/a", {{algorithm, "aws:kms"}, {key_id, key}}, "x")
            .element("Message");
    };
    CHECK(put("fake-key-id") == "Invalid keyId 'fake-key-id'");
    CHECK(
        put("arn:aws:kms:eu-west-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab") ==
        "Invalid arn eu-west-1"
    );
    const auto without = client.send("PUT", "/bucket/a", {{key_id, id}}, "x");
    CHECK(without.status == 400);
    CHECK(without.element("Code") == "InvalidArgument");
    const auto unknown = client.send("PUT", "/bucket/a", {{algorithm, "KMS"}}, "x");
    CHECK(unknown.element("Code") == "InvalidEncryptionAlgorithmError");
    client.send("PUT", "/bucket/a", {{algorithm, "aws:kms"}}, "x");
    const auto said = client.send("GET", "/bucket/a", {{algorithm, "aws:kms"}});
    CHECK(said.status == 400);
    const auto by_version_2 = client.send("GET", "/bucket/a", {{"Authorization", "AWS test:x"}});
    CHECK(
        by_version_2.element("Message") == "Requests specifying Server Side Encryption with AWS "
                                           "KMS managed keys require AWS Signature Version 4."
    );
}
