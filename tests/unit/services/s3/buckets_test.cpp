#include "tests/unit/services/s3/s3_client.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using s3::test::Answer;
using s3::test::Client;
using Texts = std::vector<std::string>;

TEST_CASE("buckets: made, found, listed and removed") {
    Client client;
    client.put("/b-two", "");
    client.put("/b-one", "");
    CHECK(client.send("PUT", "/b-one").status == 200); // us-east-1 forgives
    const auto list = client.send("GET", "/");
    CHECK(list.body.find("<ListAllMyBucketsResult xmlns=") != std::string::npos);
    CHECK(list.elements("Name") == Texts{"b-one", "b-two"});
    CHECK(client.send("GET", "/?prefix=b-t").element("BucketRegion") == "us-east-1");
    const auto head = client.send("HEAD", "/b-one");
    CHECK(head.status == 200);
    CHECK(head.header("x-amz-bucket-region") == "us-east-1");
    CHECK(
        client.send("GET", "/b-one?location").body.find("<LocationConstraint xmlns=") !=
        std::string::npos
    );
    client.put("/b-one/key", "x");
    const auto refused = client.send("DELETE", "/b-one");
    CHECK(refused.status == 409);
    CHECK(refused.element("Message") == "The bucket you tried to delete is not empty");
    CHECK(client.send("DELETE", "/b-two").status == 204);
    CHECK(client.send("HEAD", "/b-two").status == 404);
    const auto missing = client.send("GET", "/b-two");
    CHECK(missing.element("Code") == "NoSuchBucket");
    CHECK(missing.element("BucketName") == "b-two");
    CHECK(client.send("PUT", "/Bad_Name").element("Code") == "InvalidBucketName");
}

TEST_CASE("buckets: where one may be made") {
    Client client;
    const auto create = [&](const std::string& region, const std::string& location) {
        std::string body;
        if (!location.empty())
            body = "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                   "<LocationConstraint>" +
                   location + "</LocationConstraint></CreateBucketConfiguration>";
        return client.send(
            "PUT",
            "/b-" + region + "-" + (location.empty() ? "none" : location.substr(0, 2)),
            {{"Authorization",
              "AWS4-HMAC-SHA256 Credential=test/20260101/" + region +
                  "/s3/aws4_request, SignedHeaders=host, Signature=0"}},
            body
        );
    };
    CHECK(create("us-east-1", "").status == 200);
    CHECK(create("us-east-1", "eu-west-1").status == 200);
    CHECK(create("eu-west-1", "eu-west-1").status == 200);
    CHECK(
        create("eu-west-1", "").element("Message") ==
        "The unspecified location constraint is incompatible for the region specific endpoint "
        "this request was sent to."
    );
    CHECK(create("eu-west-1", "us-west-2").element("Code") == "IllegalLocationConstraintException");
    CHECK(create("eu-west-1", "bar").element("Message").starts_with("The bar location"));
    CHECK(create("us-east-1", "us-east-1").element("Code") == "InvalidLocationConstraint");
    CHECK(create("US", "").element("Region") == "us-east-1");
}

TEST_CASE("buckets: a request that is signed for another region learns where the bucket is") {
    Client client;
    client.put(
        "/there",
        "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint>"
        "</CreateBucketConfiguration>"
    );
    const auto by_path = client.send("GET", "/there");
    CHECK(by_path.status == 301);
    CHECK(by_path.element("Code") == "PermanentRedirect");
    CHECK(by_path.element("Endpoint") == "s3.eu-west-1.localhost:4566");
    CHECK(by_path.header("x-amz-bucket-region") == "eu-west-1");
    CHECK(client.send("HEAD", "/there").header("x-amz-bucket-region") == "eu-west-1");
    const auto by_host = client.send("GET", "/", {{"Host", "there.s3.localhost:4566"}});
    CHECK(by_host.status == 400);
    CHECK(
        by_host.element("Message") == "The authorization header is malformed; the region "
                                      "'us-east-1' is wrong; expecting 'eu-west-1'"
    );
    CHECK(by_host.element("Region") == "eu-west-1");
    CHECK(client.send("GET", "/there?location").status == 200);
    const http::Headers at_home{
        {"Authorization",
         "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/s3/aws4_request, "
         "SignedHeaders=host, Signature=0"}
    };
    CHECK(client.send("GET", "/there", at_home).status == 200);
    CHECK(client.send("GET", "/there", {{"Authorization", "AWS test:x"}}).status == 200);
}

TEST_CASE("buckets: objects are listed in pages, with encoding") {
    Client client;
    client.put("/bucket", "");
    for (const auto key : {"a%20b", "f/1", "f/2", "g"})
        client.put(std::string("/bucket/") + key, "x");
    const auto all = client.send("GET", "/bucket?list-type=2&encoding-type=url");
    CHECK(all.body.find("<ListBucketResult xmlns=") != std::string::npos);
    CHECK(all.elements("Key") == Texts{"a%20b", "f/1", "f/2", "g"});
    CHECK(all.element("KeyCount") == "4");
    CHECK(all.element("IsTruncated") == "false");
    CHECK(all.element("ChecksumAlgorithm") == "CRC64NVME");
    const auto first = client.send("GET", "/bucket?list-type=2&delimiter=/&max-keys=2");
    CHECK(first.elements("Key") == Texts{"a b"});
    CHECK(first.element("CommonPrefixes") == "<Prefix>f/</Prefix>");
    CHECK(first.element("IsTruncated") == "true");
    const auto second = client.send(
        "GET",
        "/bucket?list-type=2&delimiter=/&continuation-token=" +
            first.element("NextContinuationToken")
    );
    CHECK(second.elements("Key") == Texts{"g"});
    CHECK(
        client.send("GET", "/bucket?list-type=2&start-after=f/1").elements("Key") ==
        Texts{"f/2", "g"}
    );
    const auto old = client.send("GET", "/bucket?delimiter=/&max-keys=2");
    CHECK(old.element("NextMarker") == "f/");
    CHECK(client.send("GET", "/bucket?delimiter=/&marker=f/").elements("Key") == Texts{"g"});
    CHECK(
        client.send("GET", "/bucket?list-type=2&continuation-token=x").element("Message") ==
        "The continuation token provided is incorrect"
    );
    CHECK(
        client.send("GET", "/bucket?encoding-type=value").element("Message") ==
        "Invalid Encoding Method specified in Request"
    );
    CHECK(client.send("GET", "/bucket?max-keys=-1").element("Code") == "InvalidArgument");
}

TEST_CASE("buckets: several objects are deleted at once") {
    Client client;
    client.put("/bucket", "");
    client.put("/bucket/a", "x");
    const auto answer = client.send(
        "POST",
        "/bucket?delete",
        {},
        "<Delete><Object><Key>a</Key></Object><Object><Key>none</Key></Object>"
        "<Object><Key>c</Key><VersionId>1</VersionId></Object></Delete>"
    );
    CHECK(answer.status == 200);
    CHECK(answer.body.find("<DeleteResult xmlns=") != std::string::npos);
    CHECK(answer.elements("Deleted") == Texts{"<Key>a</Key>", "<Key>none</Key>"});
    CHECK(answer.element("Code") == "NoSuchVersion");
    CHECK(client.send("GET", "/bucket/a").status == 404);
    CHECK(
        client.send("POST", "/bucket?delete", {}, "<Delete></Delete>").element("Code") ==
        "MalformedXML"
    );
    CHECK(client.send("POST", "/bucket?delete", {}, "<Del").element("Code") == "MalformedXML");
}

TEST_CASE("buckets: tags") {
    Client client;
    client.put("/bucket", "");
    CHECK(client.send("GET", "/bucket?tagging").element("Code") == "NoSuchTagSet");
    const auto tag = [](const std::string& key) {
        return "<Tag><Key>" + key + "</Key><Value>v</Value></Tag>";
    };
    const auto put = [&](const std::string& tags) {
        return client
            .send("PUT", "/bucket?tagging", {}, "<Tagging><TagSet>" + tags + "</TagSet></Tagging>");
    };
    CHECK(
        put(tag("a") + tag("a")).element("Message") ==
        "Cannot provide multiple Tags with the same key"
    );
    CHECK(
        put(tag("aws:x")).element("Message") == "System tags cannot be added/updated by requester"
    );
    CHECK(put(tag("a")).status == 204);
    const auto got = client.send("GET", "/bucket?tagging");
    CHECK(got.body.find("<Tagging xmlns=") != std::string::npos);
    CHECK(got.element("TagSet") == tag("a"));
    CHECK(client.send("DELETE", "/bucket?tagging").status == 204);
    CHECK(client.send("GET", "/bucket?tagging").status == 404);
}

TEST_CASE("buckets: a website serves its index and error documents and redirects") {
    Client client;
    client.put("/site", "");
    const auto page = [&](const std::string& method, const std::string& path) {
        const auto exchange =
            client.start(method, path, {{"Host", "site.s3-website.localhost:4566"}}, {});
        return Client::answer_of(*exchange);
    };
    CHECK(page("GET", "/").status == 404);
    CHECK(
        page("GET", "/").body.find("<li>Code: NoSuchWebsiteConfiguration</li>") != std::string::npos
    );
    const auto configured = client.send(
        "PUT",
        "/site?website",
        {},
        "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument>"
        "<ErrorDocument><Key>error.html</Key></ErrorDocument><RoutingRules><RoutingRule>"
        "<Condition><KeyPrefixEquals>old/</KeyPrefixEquals></Condition><Redirect>"
        "<ReplaceKeyPrefixWith>new/</ReplaceKeyPrefixWith></Redirect></RoutingRule></RoutingRules>"
        "</WebsiteConfiguration>"
    );
    CHECK(configured.status == 200);
    CHECK(client.send("GET", "/site?website").element("Suffix") == "index.html");
    client.put("/site/index.html", "home");
    CHECK(page("GET", "/").status == 403);
    CHECK(page("GET", "/none").status == 403);
    client.make_public("site");
    client.put("/site/docs/index.html", "docs");
    CHECK(page("GET", "/").body == "home");
    CHECK(page("GET", "/docs/").body == "docs");
    const auto folder = page("GET", "/docs");
    CHECK(folder.status == 302);
    CHECK(folder.header("Location") == "/docs/");
    const auto moved = page("GET", "/old/a%20b");
    CHECK(moved.status == 301);
    CHECK(moved.header("Location") == "http://site.s3-website.localhost:4566/new/a%20b");
    const auto missing = page("GET", "/none");
    CHECK(missing.status == 404);
    CHECK(missing.body.find("An Error Occurred While Attempting") != std::string::npos);
    client.put("/site/error.html", "oh no");
    CHECK(page("GET", "/none").status == 404);
    CHECK(page("GET", "/none").body == "oh no");
    CHECK(page("PUT", "/x").status == 405);
    CHECK(
        client.send("PUT", "/site?website", {}, "<WebsiteConfiguration/>").element("Message") ==
        "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty"
    );
    CHECK(client.send("DELETE", "/site?website").status == 204);
    CHECK(client.send("GET", "/site?website").status == 404);
}

TEST_CASE("buckets: reached by host name, and by presigned URLs until they expire") {
    Client client;
    client.put("/photos", "");
    client.put("/photos/key", "x");
    client.make_public("photos");
    const auto get = [&](const std::string& host, const std::string& target) {
        const auto exchange = client.start("GET", target, {{"Host", host}}, {});
        return Client::answer_of(*exchange);
    };
    CHECK(get("photos.s3.localhost:4566", "/key").body == "x");
    CHECK(get("photos.localhost:4566", "/key").body == "x");
    CHECK(get("photos.s3.us-east-1.amazonaws.com", "/?list-type=2").element("Key") == "key");
    CHECK(client.s3().claims_host("photos.localhost"));
    CHECK_FALSE(client.s3().claims_host("other.localhost"));

    // The clock stands at 2026-01-01T00:00:00Z = 1767225600.
    const std::string v2 = "/photos/key?AWSAccessKeyId=test&Signature=x&Expires=";
    CHECK(get("localhost", v2 + "1767225600").status == 200);
    const auto expired = get("localhost", v2 + "1767225599");
    CHECK(expired.status == 403);
    CHECK(expired.element("Message") == "Request has expired");
    CHECK(expired.element("ServerTime") == "2026-01-01T00:00:00Z");
    CHECK(
        get("localhost", "/photos/key?Signature=x").element("Message") ==
        "Query-string authentication requires the Signature, Expires and AWSAccessKeyId "
        "parameters"
    );
    const std::string v4 = "/photos/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
                           "test%2F20251231%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-SignedHeaders="
                           "host&X-Amz-Signature=0&X-Amz-Date=20251231T235900Z&X-Amz-Expires=";
    CHECK(get("localhost", v4 + "60").status == 200);
    CHECK(get("localhost", v4 + "59").element("Message") == "Request has expired");
    CHECK(get("localhost", v4 + "604801").element("Code") == "AuthorizationQueryParametersError");
    CHECK(
        get("localhost", "/photos/key?X-Amz-Signature=0").element("Code") ==
        "AuthorizationQueryParametersError"
    );
}

TEST_CASE("buckets: accounts have their own") {
    Client client;
    client.put("/mine", "");
    const http::Headers other{
        {"Authorization",
         "AWS4-HMAC-SHA256 Credential=111111111111/20260101/us-east-1/s3/aws4_request, "
         "SignedHeaders=host, Signature=0"}
    };
    CHECK(client.send("GET", "/", other).elements("Name").empty());
    CHECK(client.send("PUT", "/mine", other).element("Code") == "BucketAlreadyExists");
}

TEST_CASE("buckets: a policy is kept as it came") {
    Client client;
    client.put("/b-one", "");
    CHECK(client.send("GET", "/b-one?policy").element("Code") == "NoSuchBucketPolicy");
    const std::string policy = R"({"Version": "2012-10-17",  "Statement": {"Effect": "Deny",
        "Principal": "*", "Action": "s3:DeleteBucket", "Resource": "arn:aws:s3:::b-one"}})";
    const auto put = client.send("PUT", "/b-one?policy", {}, policy);
    CHECK(put.status == 204);
    CHECK(client.send("GET", "/b-one?policy").body == policy);
    CHECK(client.send("PUT", "/b-one?policy", {}, "no json").element("Code") == "MalformedPolicy");
    CHECK(client.send("DELETE", "/b-one?policy").status == 204);
    CHECK(client.send("GET", "/b-one?policy").status == 404);
}
