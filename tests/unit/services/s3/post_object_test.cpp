#include "emulator/aws/base64.hpp"
#include "services/s3/data/form_parser.hpp"
#include "tests/unit/services/s3/s3_client.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using s3::test::Answer;
using s3::test::Client;
using Fields = std::vector<std::pair<std::string, std::string>>;

namespace {

std::string form(const Fields& fields, const std::string& file) {
    std::string body;
    for (const auto& [name, value] : fields)
        body += "--edge\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value +
                "\r\n";
    body += "--edge\r\nContent-Disposition: form-data; name=\"file\"; "
            "filename=\"C:\\\\a\\\\photo.png\"\r\n"
            "Content-Type: image/png\r\n\r\n" +
            file +
            "\r\n--edge\r\nContent-Disposition: form-data; "
            "name=\"submit\"\r\n\r\nGo\r\n--edge--\r\n";
    return body;
}

Answer post(
    Client& client,
    const std::string& body,
    const std::string& type = "multipart/form-data; boundary=edge"
) {
    http::Headers headers{
        {"Host", "localhost:4566"},
        {"Content-Type", type},
        {"Content-Length", std::to_string(body.size())}
    };
    // In pieces that end anywhere.
    std::vector<std::string> pieces;
    for (std::size_t at = 0; at < body.size(); at += 7)
        pieces.push_back(body.substr(at, 7));
    const auto exchange = client.start("POST", "/bucket", std::move(headers), std::move(pieces));
    client.thread.run();
    return Client::answer_of(*exchange);
}

// The fields of a signed form with these conditions; its policy is good until 2100.
Fields signed_fields(const std::string& conditions, Fields fields) {
    const Fields signature{
        {"X-Amz-Algorithm", "AWS4-HMAC-SHA256"},
        {"X-Amz-Credential", "test/20260101/us-east-1/s3/aws4_request"},
        {"X-Amz-Date", "20260101T000000Z"},
    };
    std::string all = conditions;
    for (const auto& [name, value] : signature)
        all += R"(, {")" + name + R"(": ")" + value + R"("})";
    fields.insert(fields.end(), signature.begin(), signature.end());
    fields.emplace_back(
        "policy",
        aws::base64_encode(R"({"expiration": "2100-01-01T00:00:00Z", "conditions": [)" + all + "]}")
    );
    fields.emplace_back("X-Amz-Signature", "0");
    return fields;
}

} // namespace

TEST_CASE("post: the file's name is in the key before the policy is held against it") {
    Client client;
    client.put("/bucket", "");
    const auto conditions = R"({"bucket": "bucket"}, ["starts-with", "$key", "photo"])";
    const auto stored =
        post(client, form(signed_fields(conditions, {{"key", "${filename}"}}), "x"));
    CHECK(stored.status == 204);
    CHECK(client.send("GET", "/bucket/photo.png").body == "x");
    const auto empty = post(client, form(signed_fields("{}", {{"key", "k"}}), "x"));
    CHECK(empty.status == 400);
    CHECK(empty.element("Code") == "InvalidPolicyDocument");
}

TEST_CASE("post: a signed form makes an object, as its policy allows") {
    Client client;
    client.put("/bucket", "");
    const std::string file(1000, 'x');
    const auto conditions = R"({"bucket": "bucket"}, ["starts-with", "$key", "up/"],
        {"x-amz-meta-name": "value"}, ["content-length-range", 10, 2000])";
    const auto stored = post(
        client,
        form(
            signed_fields(conditions, {{"key", "up/${filename}"}, {"x-amz-meta-name", "value"}}),
            file
        )
    );
    INFO(stored.body);
    CHECK(stored.status == 204);
    CHECK(stored.header("Location") == "http://localhost:4566/bucket/up/photo.png");
    const auto got = client.send("GET", "/bucket/up/photo.png");
    CHECK(got.body == file);
    CHECK(got.header("Content-Type") == "image/png");
    CHECK(got.header("x-amz-meta-name") == "value");
    CHECK(got.header("ETag") == stored.header("ETag"));
    const auto too_small = post(
        client,
        form(signed_fields(conditions, {{"key", "up/s"}, {"x-amz-meta-name", "value"}}), "x")
    );
    CHECK(too_small.element("Code") == "EntityTooSmall");
    const auto too_large = post(
        client,
        form(
            signed_fields(conditions, {{"key", "up/l"}, {"x-amz-meta-name", "value"}}),
            std::string(3000, 'x')
        )
    );
    CHECK(too_large.element("Code") == "EntityTooLarge");
    CHECK(client.send("GET", "/bucket?list-type=2").element("KeyCount") == "1");
    const auto elsewhere = post(
        client,
        form(signed_fields(conditions, {{"key", "down"}, {"x-amz-meta-name", "value"}}), file)
    );
    CHECK(elsewhere.status == 403);
    CHECK(elsewhere.element("Message").starts_with(
        "Invalid according to Policy: Policy Condition failed: "
    ));
    const auto more = post(
        client,
        form(
            signed_fields(
                conditions,
                {{"key", "up/m"}, {"x-amz-meta-name", "value"}, {"Expires", "0"}}
            ),
            file
        )
    );
    CHECK(more.element("Message") == "Invalid according to Policy: Extra input fields: expires");
}

TEST_CASE("post: what the answer to a form is") {
    Client client;
    client.put("/bucket", "");
    const auto conditions =
        R"(["starts-with", "$key", ""], ["starts-with", "$success_action_status", ""],
        ["starts-with", "$success_action_redirect", ""])";
    const auto with = [&](const std::string& name, const std::string& value) {
        return post(client, form(signed_fields(conditions, {{"key", "k"}, {name, value}}), "file"));
    };
    const auto created = with("success_action_status", "201");
    CHECK(created.status == 201);
    CHECK(created.element("Key") == "k");
    CHECK(created.element("Location") == "http://localhost:4566/bucket/k");
    CHECK(with("success_action_status", "200").status == 200);
    CHECK(with("success_action_status", "300").status == 204);
    const auto moved = with("success_action_redirect", "http://shop/done?x=1");
    CHECK(moved.status == 303);
    CHECK(moved.header("Location").starts_with("http://shop/done?x=1&bucket=bucket&key=k&etag=%22")
    );
}

TEST_CASE("post: forms that are none, or nobody's") {
    Client client;
    client.put("/bucket", "");
    CHECK(post(client, "x", "text/plain").status == 412);
    CHECK(post(client, form({{"key", "k"}}, "x")).element("Code") == "AccessDenied");
    CHECK(
        post(client, form(signed_fields("[\"starts-with\", \"$key\", \"\"]", {}), "x"))
            .element("ArgumentName") == "key"
    );
    CHECK(
        post(
            client,
            "--edge\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk\r\n--edge--\r\n"
        )
            .element("ArgumentName") == "file"
    );
    CHECK(
        post(client, form({{"key", "k"}, {"policy", "e30="}}, "x")).element("ArgumentName") ==
        "X-Amz-Algorithm"
    );
    const auto old =
        aws::base64_encode(R"({"expiration": "2001-01-01T00:00:00Z", "conditions": []})");
    CHECK(
        post(
            client,
            form(
                {{"key", "k"}, {"policy", old}, {"AWSAccessKeyId", "test"}, {"signature", "0"}},
                "x"
            )
        )
            .element("Message") == "Invalid according to Policy: Policy expired."
    );
    const auto spaced =
        aws::base64_encode(R"({"expiration": "2100-01-01 00:00:00+00:00", "conditions": []})");
    CHECK(
        post(
            client,
            form(
                {{"key", "k"}, {"policy", spaced}, {"AWSAccessKeyId", "test"}, {"signature", "0"}},
                "x"
            )
        )
            .element("Message") == "Invalid Policy: Invalid 'expiration' value."
    );
    const std::string long_field(30'000, 'x');
    CHECK(
        post(client, form({{"key", long_field}}, "x")).element("Code") ==
        "MaxPostPreDataLengthExceeded"
    );
}
