#include "tests/unit/services/s3/s3_client.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using s3::test::Answer;
using s3::test::Client;
using Texts = std::vector<std::string>;

TEST_CASE("configurations: one that was never set answers as AWS does") {
    Client client;
    client.put("/bucket", "");
    const auto code = [&](const std::string& subresource) {
        const auto answer = client.send("GET", "/bucket?" + subresource);
        CHECK(answer.status == 404);
        return answer.element("Code");
    };
    CHECK(code("cors") == "NoSuchCORSConfiguration");
    CHECK(code("lifecycle") == "NoSuchLifecycleConfiguration");
    CHECK(code("replication") == "ReplicationConfigurationNotFoundError");
    CHECK(code("policy") == "NoSuchBucketPolicy");
    CHECK(code("metrics&id=x") == "NoSuchConfiguration");
    CHECK(code("inventory&id=x") == "NoSuchConfiguration");
    CHECK(code("analytics&id=x") == "NoSuchConfiguration");
    CHECK(code("intelligent-tiering&id=x") == "NoSuchConfiguration");
    CHECK(client.send("GET", "/bucket?encryption").element("SSEAlgorithm") == "AES256");
    CHECK(client.send("GET", "/bucket?requestPayment").element("Payer") == "BucketOwner");
    for (const std::string name : {"accelerate", "logging", "notification"}) {
        CAPTURE(name);
        const auto answer = client.send("GET", "/bucket?" + name);
        CHECK(answer.status == 200);
        CHECK(answer.element("Status").empty());
    }
    CHECK(client.send("GET", "/bucket?metrics").element("IsTruncated") == "false");
    CHECK(client.send("GET", "/none?cors").element("Code") == "NoSuchBucket");
}

TEST_CASE("configurations: put, given back with their own root element, and removed") {
    Client client;
    client.put("/bucket", "");
    const auto round_trip = [&](const std::string& subresource, const std::string& body) {
        CAPTURE(subresource);
        const auto put = client.send("PUT", "/bucket?" + subresource, {}, body);
        INFO(put.body);
        CHECK(put.status == 200);
        return client.send("GET", "/bucket?" + subresource).body;
    };
    const auto xmlns = [](const std::string& root) {
        return "<" + root + " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
    };
    const std::string cors = "<CORSRule><AllowedMethod>GET</AllowedMethod>"
                             "<AllowedOrigin>*</AllowedOrigin></CORSRule>";
    auto got = round_trip("cors", "<CORSConfiguration>" + cors + "</CORSConfiguration>");
    CHECK(got.find(xmlns("CORSConfiguration")) != std::string::npos);
    CHECK(got.find("<AllowedOrigin>*</AllowedOrigin>") != std::string::npos);
    CHECK(client.send("DELETE", "/bucket?cors").status == 204);
    CHECK(client.send("GET", "/bucket?cors").status == 404);
    got = round_trip(
        "encryption",
        "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
        "<SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>"
        "<BucketKeyEnabled>true</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>"
    );
    CHECK(got.find(xmlns("ServerSideEncryptionConfiguration")) != std::string::npos);
    CHECK(got.find("<BucketKeyEnabled>true") != std::string::npos);
    CHECK(client.send("DELETE", "/bucket?encryption").status == 204);
    CHECK(client.send("GET", "/bucket?encryption").element("BucketKeyEnabled") == "false");
    got = round_trip(
        "accelerate",
        "<AccelerateConfiguration><Status>Enabled</Status></AccelerateConfiguration>"
    );
    CHECK(got.find(xmlns("AccelerateConfiguration") + "<Status>Enabled") != std::string::npos);
    got = round_trip(
        "lifecycle",
        "<LifecycleConfiguration><Rule><ID>one</ID><Filter><Prefix>logs/</Prefix></Filter>"
        "<Status>Enabled</Status><Expiration><Days>3</Days></Expiration></Rule>"
        "</LifecycleConfiguration>"
    );
    CHECK(got.find(xmlns("LifecycleConfiguration") + "<Rule>") != std::string::npos);
    CHECK(got.find("<Prefix>logs/</Prefix>") != std::string::npos);
    CHECK(
        client.send("GET", "/bucket?lifecycle")
            .header("x-amz-transition-default-minimum-object-size") == "all_storage_classes_128K"
    );
    CHECK(client.send("DELETE", "/bucket?lifecycle").status == 204);
}

TEST_CASE("configurations: those with an id are listed") {
    Client client;
    client.put("/bucket", "");
    const auto metrics = [](const std::string& id) {
        return "<MetricsConfiguration><Id>" + id + "</Id></MetricsConfiguration>";
    };
    CHECK(client.send("PUT", "/bucket?metrics&id=two", {}, metrics("two")).status == 200);
    CHECK(client.send("PUT", "/bucket?metrics&id=one", {}, metrics("one")).status == 200);
    CHECK(
        client.send("PUT", "/bucket?metrics&id=x", {}, metrics("y")).element("Code") == "IdMismatch"
    );
    const auto listed = client.send("GET", "/bucket?metrics");
    CHECK(listed.body.find("<ListMetricsConfigurationsResult xmlns=") != std::string::npos);
    CHECK(listed.elements("Id") == Texts{"one", "two"});
    CHECK(client.send("GET", "/bucket?metrics&id=one").element("Id") == "one");
    CHECK(client.send("DELETE", "/bucket?metrics&id=one").status == 204);
    CHECK(client.send("DELETE", "/bucket?metrics&id=one").status == 404);
}

TEST_CASE("configurations: what has no effect is reported") {
    Client client;
    client.put("/bucket", "");
    const auto answer = client.send(
        "PUT",
        "/bucket?accelerate",
        {},
        "<AccelerateConfiguration><Status>Enabled</Status></AccelerateConfiguration>"
    );
    CHECK(answer.header("x-diorama-ignored") == "AccelerateConfiguration");
}

TEST_CASE("configurations: what AWS refuses in lifecycle rules") {
    Client client;
    client.put("/bucket", "");
    const auto put = [&](const std::string& rules) {
        return client.send(
            "PUT",
            "/bucket?lifecycle",
            {},
            "<LifecycleConfiguration>" + rules + "</LifecycleConfiguration>"
        );
    };
    const auto rule = [](const std::string& content) {
        return "<Rule><Filter/><Status>Enabled</Status>" + content + "</Rule>";
    };
    CHECK(put("").element("Code") == "MalformedXML");
    CHECK(
        put(rule("")).element("Message") == "At least one action needs to be specified in a rule"
    );
    CHECK(
        put(rule("<Expiration><Days>0</Days></Expiration>")).element("Message") ==
        "'Days' for Expiration action must be a positive integer"
    );
    CHECK(
        put(rule("<Expiration><Date>2026-01-01T10:00:00Z</Date></Expiration>"))
            .element("Message") == "'Date' must be at midnight GMT"
    );
    CHECK(
        put(rule("<Transition><Days>10</Days><StorageClass>STANDARD_IA</StorageClass></Transition>")
        )
            .element("Message")
            .find("greater than or equal to 30") != std::string::npos
    );
    const std::string twice = "<Rule><ID>x</ID><Filter/><Status>Enabled</Status><Expiration>"
                              "<Days>1</Days></Expiration></Rule>";
    CHECK(put(twice + twice).element("Message").starts_with("Rule ID must be unique."));
    CHECK(put(rule("<Expiration><Days>1</Days></Expiration>")).status == 200);
    CHECK(client.send("GET", "/bucket?lifecycle").element("ID").size() == 48);
}

TEST_CASE("configurations: browsers from other origins are told what they may do") {
    Client client;
    client.put("/bucket", "");
    client.put("/bucket/key", "x");
    const auto ask = [&](const std::string& method, http::Headers headers) {
        headers.add("Host", "localhost:4566");
        const auto exchange = client.start(method, "/bucket/key", std::move(headers), {});
        return Client::answer_of(*exchange);
    };
    CHECK(
        ask("OPTIONS", {}).element("Message") ==
        "Insufficient information. Origin request header needed."
    );
    const http::Headers preflight{
        {"Origin", "http://shop.example.com"},
        {"Access-Control-Request-Method", "PUT"},
        {"Access-Control-Request-Headers", "Content-Type, X-Amz-Date"}
    };
    const auto disabled = ask("OPTIONS", preflight);
    CHECK(disabled.status == 403);
    CHECK(disabled.element("Code") == "AccessForbidden");
    CHECK(disabled.element("Message") == "CORSResponse: CORS is not enabled for this bucket.");
    CHECK(disabled.element("Method") == "PUT");
    const auto rules =
        "<CORSConfiguration><CORSRule><AllowedOrigin>http://*.example.com</AllowedOrigin>"
        "<AllowedMethod>PUT</AllowedMethod><AllowedMethod>GET</AllowedMethod>"
        "<AllowedHeader>*</AllowedHeader><ExposeHeader>ETag</ExposeHeader>"
        "<MaxAgeSeconds>3000</MaxAgeSeconds></CORSRule></CORSConfiguration>";
    CHECK(client.send("PUT", "/bucket?cors", {}, rules).status == 200);
    const auto allowed = ask("OPTIONS", preflight);
    CHECK(allowed.status == 200);
    CHECK(allowed.header("Access-Control-Allow-Origin") == "http://shop.example.com");
    CHECK(allowed.header("Access-Control-Allow-Methods") == "PUT, GET");
    CHECK(allowed.header("Access-Control-Allow-Headers") == "content-type, x-amz-date");
    CHECK(allowed.header("Access-Control-Expose-Headers") == "ETag");
    CHECK(allowed.header("Access-Control-Max-Age") == "3000");
    CHECK(allowed.header("Access-Control-Allow-Credentials") == "true");
    CHECK(allowed.header("Vary").starts_with("Origin"));
    const auto elsewhere =
        ask("OPTIONS", {{"Origin", "http://evil.test"}, {"Access-Control-Request-Method", "PUT"}});
    CHECK(elsewhere.status == 403);
    CHECK(elsewhere.element("Message").starts_with("CORSResponse: This CORS request is not allowed."
    ));
    const auto got = client.send("GET", "/bucket/key", {{"Origin", "http://shop.example.com"}});
    CHECK(got.body == "x");
    CHECK(got.header("Access-Control-Allow-Origin") == "http://shop.example.com");
    const auto refused = ask("GET", {{"Origin", "http://shop.example.com"}});
    CHECK(refused.status == 403);
    CHECK(refused.header("Access-Control-Allow-Origin") == "http://shop.example.com");
    CHECK_FALSE(client.send("GET", "/bucket/key").headers.contains("Vary"));
}
