#include "services/s3/ports.hpp"
#include "tests/unit/services/s3/s3_client.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace diorama;
using s3::test::Answer;
using s3::test::Client;
using Texts = std::vector<std::string>;

namespace {

// Topics that remember what they were told; "arn:aws:sns:us-east-1:000000000000:none" is none.
class Topics final : public s3::EventTopics {
public:
    void publish(
        const std::string& topic_arn,
        const std::string& subject,
        const std::string& message,
        std::function<void(std::string error)> done
    ) override {
        if (topic_arn.ends_with(":none")) return done("NotFound: Topic does not exist");
        CHECK(subject == "Amazon S3 Notification");
        messages.push_back(nlohmann::json::parse(message));
        done("");
    }

    Texts names() const {
        Texts names;
        for (const auto& message : messages)
            names.push_back(
                message.contains("Records") ? message["Records"][0]["eventName"] : message["Event"]
            );
        return names;
    }

    std::vector<nlohmann::json> messages;
};

std::string topic_configuration(const std::string& topic, const std::string& event) {
    return "<NotificationConfiguration><TopicConfiguration><Id>all</Id>"
           "<Topic>arn:aws:sns:us-east-1:000000000000:" +
           topic + "</Topic><Event>" + event +
           "</Event><Filter><S3Key><FilterRule><Name>prefix</Name><Value>in/</Value></FilterRule>"
           "</S3Key></Filter></TopicConfiguration></NotificationConfiguration>";
}

// Until this emulated time has passed.
void wait(Client& client, Duration duration) {
    client.thread.time.run_for(duration);
}

} // namespace

TEST_CASE("observers: a topic is told what happens to the keys it asked for") {
    Client client;
    Topics topics;
    client.s3().publish_to(topics);
    client.put("/bucket", "");
    const auto refused = client.send(
        "PUT",
        "/bucket?notification",
        {},
        topic_configuration("none", "s3:ObjectCreated:*")
    );
    CHECK(refused.status == 400);
    CHECK(
        refused.element("Message") == "Unable to validate the following destination configurations"
    );
    CHECK(client.send("GET", "/bucket?notification").element("Topic").empty());
    const auto put = client.send(
        "PUT",
        "/bucket?notification",
        {},
        topic_configuration("some", "s3:ObjectCreated:*")
    );
    INFO(put.body);
    CHECK(put.status == 200);
    CHECK(topics.names() == Texts{"s3:TestEvent"});
    client.put("/bucket/out", "x");
    client.put("/bucket/in/a b", "hello");
    CHECK(
        client.send("PUT", "/bucket/in/copy", {{"x-amz-copy-source", "/bucket/out"}}).status == 200
    );
    client.send("DELETE", "/bucket/in/copy");
    CHECK(topics.names() == Texts{"s3:TestEvent", "ObjectCreated:Put", "ObjectCreated:Copy"});
    const auto record = topics.messages.at(1)["Records"][0];
    CHECK(record["s3"]["object"]["key"] == "in/a+b");
    CHECK(record["s3"]["object"]["size"] == 5);
    CHECK(record["s3"]["object"]["eTag"] == "5d41402abc4b2a76b9719d911017c592");
    CHECK(record["s3"]["bucket"]["name"] == "bucket");
    CHECK(record["s3"]["configurationId"] == "all");
    CHECK(record["awsRegion"] == "us-east-1");
}

TEST_CASE("observers: removals are events too, one for each key") {
    Client client;
    Topics topics;
    client.s3().publish_to(topics);
    client.put("/bucket", "");
    client.put("/bucket/in/1", "x");
    client.put("/bucket/in/2", "x");
    client.send(
        "PUT",
        "/bucket?notification",
        {},
        topic_configuration("some", "s3:ObjectRemoved:Delete")
    );
    client.send("DELETE", "/bucket/in/1");
    client.send(
        "POST",
        "/bucket?delete",
        {},
        "<Delete><Quiet>true</Quiet><Object><Key>in/2</Key></Object><Object><Key>x</Key></Object>"
        "</Delete>"
    );
    CHECK(topics.names() == Texts{"s3:TestEvent", "ObjectRemoved:Delete", "ObjectRemoved:Delete"});
    CHECK(topics.messages.back()["Records"][0]["s3"]["object"]["key"] == "in/2");
}

TEST_CASE("observers: access logs are delivered to a bucket that lets the log service in") {
    Client client;
    client.put("/bucket", "");
    client.put("/logs", "");
    const auto logging = [](const std::string& target) {
        return "<BucketLoggingStatus><LoggingEnabled><TargetBucket>" + target +
               "</TargetBucket><TargetPrefix>b/</TargetPrefix></LoggingEnabled>"
               "</BucketLoggingStatus>";
    };
    CHECK(
        client.send("PUT", "/bucket?logging", {}, logging("none")).element("Code") ==
        "InvalidTargetBucketForLogging"
    );
    CHECK(client.send("PUT", "/bucket?logging", {}, logging("logs")).status == 200);
    CHECK(client.send("GET", "/bucket?logging").element("TargetBucket") == "logs");
    client.put("/bucket/key", "hello");
    wait(client, std::chrono::minutes(10));
    CHECK(client.send("GET", "/logs?list-type=2").element("KeyCount") == "0");
    const auto policy = R"({"Statement": {"Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::logs/*",
        "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::bucket"}}}})";
    CHECK(client.send("PUT", "/logs?policy", {}, policy).status == 204);
    client.send("GET", "/bucket/key", {{"User-Agent", "curl \"8\""}});
    client.send("GET", "/bucket/none");
    wait(client, std::chrono::minutes(10));
    const auto key = client.send("GET", "/logs?list-type=2").element("Key");
    REQUIRE(key.starts_with("b/"));
    const auto lines = client.send("GET", "/logs/" + key).body;
    INFO(lines);
    CHECK(lines.find(" bucket [") != std::string::npos);
    CHECK(
        lines.find(" REST.GET.OBJECT key \"GET /bucket/key HTTP/1.1\" 200 - 5 5 ") !=
        std::string::npos
    );
    CHECK(lines.find("\"curl %228%22\"") != std::string::npos);
    CHECK(lines.find(" 404 NoSuchKey ") != std::string::npos);
    CHECK(lines.find("arn:aws:iam::000000000000:root") != std::string::npos);
    CHECK(std::count(lines.begin(), lines.end(), '\n') == 2);
}

TEST_CASE("observers: lifecycle rules are carried out at midnight, and announced") {
    Client client;
    Topics topics;
    client.s3().publish_to(topics);
    client.put("/bucket", "");
    client.put("/bucket/in/old", "x");
    client.put("/bucket/kept", "x");
    client.send("POST", "/bucket/in/upload?uploads");
    client.send(
        "PUT",
        "/bucket?notification",
        {},
        topic_configuration("some", "s3:LifecycleExpiration:*")
    );
    const auto rules =
        "<LifecycleConfiguration><Rule><ID>r</ID><Filter><Prefix>in/</Prefix></Filter>"
        "<Status>Enabled</Status><Expiration><Days>2</Days></Expiration>"
        "<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation>"
        "</AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>";
    CHECK(client.send("PUT", "/bucket?lifecycle", {}, rules).status == 200);
    CHECK(
        client.send("HEAD", "/bucket/in/old").header("x-amz-expiration").find("rule-id=\"r\"") !=
        std::string::npos
    );
    CHECK(client.send("PUT", "/bucket/in/new", {}, "x").headers.contains("x-amz-expiration"));
    CHECK_FALSE(client.send("HEAD", "/bucket/kept").headers.contains("x-amz-expiration"));
    wait(client, std::chrono::hours(49));
    CHECK(client.send("GET", "/bucket?uploads").element("UploadId").empty());
    wait(client, std::chrono::hours(24));
    CHECK(client.send("GET", "/bucket?list-type=2").elements("Key") == Texts{"kept"});
    CHECK(
        topics.names() ==
        Texts{"s3:TestEvent", "LifecycleExpiration:Delete", "LifecycleExpiration:Delete"}
    );
}
