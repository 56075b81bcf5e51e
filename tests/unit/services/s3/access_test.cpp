#include "tests/support/scratch_folder.hpp"
#include "tests/unit/services/s3/s3_client.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using s3::test::Answer;
using s3::test::Client;

namespace {

constexpr auto public_ownership =
    "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>"
    "</OwnershipControls>";

// A request of another account, or of nobody ("").
Answer send_as(
    Client& client,
    const std::string& account,
    const std::string& method,
    const std::string& target,
    http::Headers headers = {},
    const std::string& body = {}
) {
    headers.add("Host", "localhost:4566");
    if (!account.empty())
        headers.add(
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=" + account +
                "/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
        );
    if (method == "PUT") headers.add("Content-Length", std::to_string(body.size()));
    std::vector<std::string> pieces;
    if (!body.empty()) pieces.push_back(body);
    const auto exchange = client.start(method, target, std::move(headers), std::move(pieces));
    client.thread.run();
    return Client::answer_of(*exchange);
}

std::string
statement(const std::string& effect, const std::string& principal, const std::string& rest) {
    return R"({"Version": "2012-10-17", "Statement": [{"Effect": ")" + effect +
           R"(", "Principal": )" + principal + ", " + rest + "}]}";
}

constexpr auto read_all = R"("Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*")";

} // namespace

TEST_CASE("access: a new bucket is its owner's alone") {
    Client client;
    client.put("/bucket", "");
    client.put("/bucket/key", "x");
    for (const std::string who : {"", "222222222222"}) {
        CAPTURE(who);
        const auto refused = send_as(client, who, "GET", "/bucket/key");
        CHECK(refused.status == 403);
        CHECK(refused.element("Code") == "AccessDenied");
        CHECK(send_as(client, who, "GET", "/bucket/none").status == 403);
        CHECK(send_as(client, who, "PUT", "/bucket/key", {}, "y").status == 403);
        CHECK(send_as(client, who, "DELETE", "/bucket/key").status == 403);
        CHECK(send_as(client, who, "GET", "/bucket?list-type=2").status == 403);
        CHECK(send_as(client, who, "GET", "/bucket?policy").status == 403);
        CHECK(send_as(client, who, "HEAD", "/bucket").status == 403);
        CHECK(send_as(client, who, "GET", "/missing/key").element("Code") == "NoSuchBucket");
    }
    CHECK(send_as(client, "", "PUT", "/mine").status == 403);
    CHECK(send_as(client, "", "GET", "/").status == 403);
    CHECK(client.send("GET", "/bucket/key").body == "x");
}

TEST_CASE("access: a bucket policy lets in whom it names, under its conditions") {
    Client client;
    client.put("/bucket", "");
    client.put("/bucket/key", "x");
    const auto policy = statement("Allow", R"({"AWS": "222222222222"})", read_all);
    CHECK(client.send("PUT", "/bucket?policy", {}, policy).status == 204);
    CHECK(send_as(client, "222222222222", "GET", "/bucket/key").body == "x");
    CHECK(send_as(client, "222222222222", "GET", "/bucket/none").status == 403);
    CHECK(send_as(client, "222222222222", "PUT", "/bucket/key", {}, "y").status == 403);
    CHECK(send_as(client, "333333333333", "GET", "/bucket/key").status == 403);
    CHECK(client.send("GET", "/bucket?policyStatus").element("IsPublic") == "false");
    const auto listing = R"({"Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "222222222222"}, "Action": "s3:ListBucket",
         "Resource": "arn:aws:s3:::bucket", "Condition": {"StringEquals": {"s3:prefix": "k"}}},
        {"Effect": "Allow", "Principal": {"AWS": "222222222222"}, "Action": "s3:*Object",
         "Resource": "arn:aws:s3:::bucket/*"}]})";
    CHECK(client.send("PUT", "/bucket?policy", {}, listing).status == 204);
    CHECK(send_as(client, "222222222222", "GET", "/bucket?list-type=2&prefix=k").status == 200);
    CHECK(send_as(client, "222222222222", "GET", "/bucket?list-type=2").status == 403);
    CHECK(send_as(client, "222222222222", "PUT", "/bucket/new", {}, "y").status == 200);
    CHECK(send_as(client, "222222222222", "DELETE", "/bucket/new").status == 204);
}

TEST_CASE("access: what is missing is 404 to whoever may list, also without leave to get it") {
    Client client;
    client.put("/bucket", "");
    client.put("/bucket/key", "x");
    const auto policy = statement(
        "Allow",
        R"({"AWS": "222222222222"})",
        R"("Action": "s3:ListBucket", "Resource": "arn:aws:s3:::bucket")"
    );
    CHECK(client.send("PUT", "/bucket?policy", {}, policy).status == 204);
    CHECK(send_as(client, "222222222222", "GET", "/bucket/none").element("Code") == "NoSuchKey");
    CHECK(send_as(client, "222222222222", "GET", "/bucket/key").status == 403);
}

TEST_CASE("access: a bucket that is made with the list it has anyway takes lists") {
    Client client;
    CHECK(client.send("PUT", "/bucket", {{"x-amz-acl", "private"}}).status == 200);
    const auto ownership = client.send("GET", "/bucket?ownershipControls");
    CHECK(ownership.element("ObjectOwnership") == "BucketOwnerPreferred");
    CHECK(client.send("PUT", "/bucket/key", {{"x-amz-acl", "private"}}, "x").status == 200);
}

TEST_CASE("access: a policy cannot allow everybody but some") {
    Client client;
    client.put("/bucket", "");
    const auto answer = client.send(
        "PUT",
        "/bucket?policy",
        {},
        R"({"Statement": {"Effect": "Allow", "NotPrincipal": {"AWS": "222222222222"},
        "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::bucket"}})"
    );
    CHECK(answer.status == 400);
    CHECK(answer.element("Message") == "Allow with NotPrincipal is not allowed");
}

TEST_CASE("access: an explicit deny binds the owner too, except about the policy itself") {
    Client client;
    client.put("/bucket", "");
    client.put("/bucket/key", "x");
    const auto policy = statement(
        "Deny",
        R"("*")",
        R"("Action": "s3:*", "Resource": ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"])"
    );
    CHECK(client.send("PUT", "/bucket?policy", {}, policy).status == 204);
    const auto refused = client.send("GET", "/bucket/key");
    CHECK(refused.status == 403);
    CHECK(
        refused.element("Message") ==
        "User: arn:aws:iam::000000000000:root is not authorized to perform: s3:GetObject on "
        "resource: &quot;arn:aws:s3:::bucket/key&quot; with an explicit deny in a resource-based "
        "policy"
    );
    const auto several =
        client
            .send("POST", "/bucket?delete", {}, "<Delete><Object><Key>key</Key></Object></Delete>");
    CHECK(several.element("Code") == "AccessDenied");
    CHECK(client.send("DELETE", "/bucket?policy").status == 204);
    CHECK(client.send("GET", "/bucket/key").body == "x");
}

TEST_CASE("access: public policies need public access to be unblocked, in bucket and account") {
    Client client;
    client.put("/bucket", "");
    client.put("/bucket/key", "x");
    const auto policy = statement("Allow", R"("*")", read_all);
    const auto blocked = client.send("PUT", "/bucket?policy", {}, policy);
    CHECK(blocked.status == 403);
    CHECK(blocked.element("Message").find("BlockPublicPolicy") != std::string::npos);
    CHECK(client.send("GET", "/bucket?publicAccessBlock").element("BlockPublicPolicy") == "true");
    CHECK(client.send("DELETE", "/bucket?publicAccessBlock").status == 204);
    CHECK(
        client.send("GET", "/bucket?publicAccessBlock").element("Code") ==
        "NoSuchPublicAccessBlockConfiguration"
    );
    CHECK(client.send("PUT", "/bucket?policy", {}, policy).status == 204);
    CHECK(client.send("GET", "/bucket?policyStatus").element("IsPublic") == "true");
    CHECK(send_as(client, "", "GET", "/bucket/key").body == "x");
    const auto restrict =
        "<PublicAccessBlockConfiguration><RestrictPublicBuckets>true</RestrictPublicBuckets>"
        "</PublicAccessBlockConfiguration>";
    CHECK(client.send("PUT", "/bucket?publicAccessBlock", {}, restrict).status == 200);
    CHECK(send_as(client, "", "GET", "/bucket/key").status == 403);
    // A policy that holds everybody to an address is not public.
    const auto narrow = statement(
        "Allow",
        R"("*")",
        std::string(read_all) + R"(, "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/16"}})"
    );
    CHECK(client.send("PUT", "/bucket?policy", {}, narrow).status == 204);
    CHECK(client.send("GET", "/bucket?policyStatus").element("IsPublic") == "false");
    CHECK(send_as(client, "", "GET", "/bucket/key").body == "x");
}

TEST_CASE("access: lists are refused until the bucket's ownership allows them") {
    Client client;
    client.put("/bucket", "");
    const auto refused = client.send("PUT", "/bucket/key", {{"x-amz-acl", "public-read"}}, "x");
    CHECK(refused.status == 400);
    CHECK(refused.element("Code") == "AccessControlListNotSupported");
    CHECK(
        client.send("PUT", "/bucket/key", {{"x-amz-acl", "bucket-owner-full-control"}}, "x")
            .status == 200
    );
    CHECK(client.send("PUT", "/bucket?acl", {{"x-amz-acl", "public-read"}}).status == 400);
    CHECK(client.send("PUT", "/bucket?acl", {{"x-amz-acl", "private"}}).status == 400);
    CHECK(
        client.send("GET", "/bucket?ownershipControls").element("ObjectOwnership") ==
        "BucketOwnerEnforced"
    );
    CHECK(client.send("PUT", "/bucket?ownershipControls", {}, public_ownership).status == 200);
    CHECK(client.send("PUT", "/bucket/key", {{"x-amz-acl", "public-read"}}, "x").status == 403);
    CHECK(client.send("DELETE", "/bucket?publicAccessBlock").status == 204);
    CHECK(client.send("PUT", "/bucket/key", {{"x-amz-acl", "public-read"}}, "x").status == 200);
    CHECK(send_as(client, "", "GET", "/bucket/key").body == "x");
    CHECK(send_as(client, "", "GET", "/bucket/key?acl").status == 403);
    const auto list = client.send("GET", "/bucket/key?acl");
    CHECK(list.body.find("<AccessControlPolicy xmlns=") != std::string::npos);
    CHECK(list.body.find("xsi:type=\"Group\"") != std::string::npos);
    CHECK(list.elements("Permission") == std::vector<std::string>{"FULL_CONTROL", "READ"});
    CHECK(client.send("PUT", "/bucket/key?acl", {{"x-amz-acl", "private"}}).status == 200);
    CHECK(send_as(client, "", "GET", "/bucket/key").status == 403);
    CHECK(client.send("DELETE", "/bucket?ownershipControls").status == 204);
    CHECK(
        client.send("GET", "/bucket?ownershipControls").element("Code") ==
        "OwnershipControlsNotFoundError"
    );
}

TEST_CASE("access: a bucket open for writing, and whose is what others write") {
    Client client;
    client.put("/bucket", "");
    client.send("PUT", "/bucket?ownershipControls", {}, public_ownership);
    client.send("DELETE", "/bucket?publicAccessBlock");
    CHECK(client.send("PUT", "/bucket?acl", {{"x-amz-acl", "public-read-write"}}).status == 200);
    CHECK(send_as(client, "222222222222", "PUT", "/bucket/theirs", {}, "y").status == 200);
    CHECK(send_as(client, "222222222222", "GET", "/bucket/theirs").body == "y");
    CHECK(client.send("GET", "/bucket/theirs").status == 403);
    CHECK(send_as(client, "333333333333", "GET", "/bucket/theirs").status == 403);
    CHECK(send_as(client, "", "GET", "/bucket?list-type=2").element("Key") == "theirs");
    const http::Headers full{{"x-amz-acl", "bucket-owner-full-control"}};
    CHECK(send_as(client, "222222222222", "PUT", "/bucket/shared", full, "z").status == 200);
    CHECK(client.send("GET", "/bucket/shared").body == "z");
    CHECK(client.send("DELETE", "/bucket/theirs").status == 204);
}

TEST_CASE("access: who began an upload in another account's bucket may end it") {
    Client client;
    client.put("/bucket", "");
    const auto policy = statement(
        "Allow",
        R"({"AWS": ["222222222222", "333333333333"]})",
        R"("Action": "s3:PutObject", "Resource": "arn:aws:s3:::bucket/*")"
    );
    CHECK(client.send("PUT", "/bucket?policy", {}, policy).status == 204);
    const auto begun = send_as(client, "222222222222", "POST", "/bucket/key?uploads");
    const auto upload = "/bucket/key?uploadId=" + begun.element("UploadId");
    const auto initiator = client.send("GET", "/bucket?uploads").element("Initiator");
    CHECK(send_as(client, "222222222222", "GET", upload).element("Initiator") == initiator);
    CHECK(send_as(client, "333333333333", "DELETE", upload).status == 403);
    CHECK(send_as(client, "222222222222", "DELETE", upload).status == 204);
}

TEST_CASE("access: grants by header and document, and what is wrong with them") {
    Client client;
    client.put("/bucket", "");
    client.send("PUT", "/bucket?ownershipControls", {}, public_ownership);
    client.put("/bucket/key", "x");
    const auto owner = client.send("GET", "/bucket?acl").element("ID");
    CHECK(owner.size() == 64);
    const auto put = [&](const http::Headers& headers, const std::string& body = {}) {
        return client.send("PUT", "/bucket/key?acl", headers, body);
    };
    CHECK(put({}).element("Code") == "MissingSecurityHeader");
    CHECK(
        put({{"x-amz-grant-read", "fakekey=\"1\""}}).element("Message") ==
        "Argument format not recognized"
    );
    CHECK(
        put({{"x-amz-grant-read", "uri=\"http://x\""}}).element("Message") == "Invalid group uri"
    );
    CHECK(put({{"x-amz-grant-read", "id=\"wrong-id\""}}).element("Message") == "Invalid id");
    CHECK(
        put({{"x-amz-acl", "private"}, {"x-amz-grant-read", "id=\"" + owner + "\""}})
            .element("Message") == "Specifying both Canned ACLs and Header Grants is not allowed"
    );
    const auto document = [&](const std::string& id) {
        return "<AccessControlPolicy "
               "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><Owner>"
               "<ID>" +
               id +
               "</ID></Owner><AccessControlList><Grant><Grantee "
               "xsi:type=\"CanonicalUser\"><ID>" +
               owner +
               "</ID></Grantee><Permission>READ"
               "</Permission></Grant></AccessControlList></AccessControlPolicy>";
    };
    CHECK(put({}, document(owner)).status == 200);
    CHECK(
        client.send("GET", "/bucket/key?acl").elements("Permission") ==
        std::vector<std::string>{"READ"}
    );
    CHECK(put({}, document(std::string(64, 'a'))).status == 403);
    CHECK(put({}, "<AccessControlPolicy/>").element("Code") == "MalformedACLError");
}

TEST_CASE("access: what was set survives a restart") {
    const diorama::test::ScratchFolder folder;
    Client client(folder.file("s3"));
    client.put("/bucket", "");
    client.send("PUT", "/bucket?ownershipControls", {}, public_ownership);
    client.send("DELETE", "/bucket?publicAccessBlock");
    client.put("/bucket/key", "x");
    CHECK(client.send("PUT", "/bucket/key?acl", {{"x-amz-acl", "public-read"}}).status == 200);
    const auto policy = statement(
        "Allow",
        R"({"AWS": "222222222222"})",
        R"("Action": "s3:ListBucket", "Resource": "arn:aws:s3:::bucket")"
    );
    CHECK(client.send("PUT", "/bucket?policy", {}, policy).status == 204);
    client.restart();
    CHECK(send_as(client, "", "GET", "/bucket/key").body == "x");
    CHECK(send_as(client, "222222222222", "GET", "/bucket?list-type=2").status == 200);
    CHECK(send_as(client, "", "GET", "/bucket?list-type=2").status == 403);
    CHECK(client.send("GET", "/bucket?policy").body == policy);
}

TEST_CASE("access: policies that are none are refused") {
    Client client;
    client.put("/bucket", "");
    CHECK(
        client
            .send(
                "PUT",
                "/bucket?policy",
                {},
                statement(
                    "Allow",
                    "\"*\"",
                    R"("Action": "s3:GetObject", "Resource": "arn:aws:s3:::other/*")"
                )
            )
            .element("Message") == "Policy has invalid resource"
    );
    CHECK(
        client
            .send(
                "PUT",
                "/bucket?policy",
                {},
                statement(
                    "Allow",
                    "\"*\"",
                    R"("Action": "ec2:Run", "Resource": "arn:aws:s3:::bucket/*")"
                )
            )
            .element("Message") == "Policy has invalid action"
    );
    CHECK(client.send("PUT", "/bucket?policy", {}, "no").element("Code") == "MalformedPolicy");
}

TEST_CASE("access: where the requester pays, others say that they know") {
    Client client;
    client.put("/bucket", "");
    client.put("/bucket/key", "x");
    const auto policy = statement("Allow", R"({"AWS": "222222222222"})", read_all);
    client.send("PUT", "/bucket?policy", {}, policy);
    const auto payer = "<RequestPaymentConfiguration><Payer>Requester</Payer>"
                       "</RequestPaymentConfiguration>";
    CHECK(client.send("PUT", "/bucket?requestPayment", {}, payer).status == 200);
    CHECK(send_as(client, "222222222222", "GET", "/bucket/key").status == 403);
    const http::Headers knows{{"x-amz-request-payer", "requester"}};
    CHECK(send_as(client, "222222222222", "GET", "/bucket/key", knows).body == "x");
    CHECK(client.send("GET", "/bucket/key").body == "x");
}

TEST_CASE("access: versions have actions of their own, and so has bypassing a lock") {
    Client client;
    client.put("/bucket", "");
    client.send(
        "PUT",
        "/bucket?versioning",
        {},
        "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
    );
    const auto first = client.send("PUT", "/bucket/key", {}, "one").header("x-amz-version-id");
    client.put("/bucket/key", "two");
    const auto put_policy = [&](const std::string& actions) {
        const auto policy = statement(
            "Allow",
            R"({"AWS": "222222222222"})",
            "\"Action\": " + actions + R"(, "Resource": "arn:aws:s3:::bucket/*")"
        );
        CHECK(client.send("PUT", "/bucket?policy", {}, policy).status == 204);
    };
    const auto old = "/bucket/key?versionId=" + first;
    put_policy(R"("s3:GetObject")");
    CHECK(send_as(client, "222222222222", "GET", "/bucket/key").body == "two");
    CHECK(send_as(client, "222222222222", "GET", old).status == 403);
    put_policy(R"(["s3:GetObjectVersion", "s3:DeleteObjectVersion"])");
    CHECK(send_as(client, "222222222222", "GET", old).body == "one");
    const http::Headers bypass{{"x-amz-bypass-governance-retention", "true"}};
    CHECK(send_as(client, "222222222222", "DELETE", old, bypass).status == 403);
    CHECK(send_as(client, "222222222222", "DELETE", old).status == 204);
}
