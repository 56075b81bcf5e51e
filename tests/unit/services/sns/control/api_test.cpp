#include "tests/unit/services/sns/test_sns.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace diorama;
using namespace diorama::sns;

TEST_CASE("CreateTopic: is idempotent, and refuses what differs") {
    TestSNS world;
    const auto create = [&](const api::CreateTopicInput& input) {
        return error_of([&] { world.api.create_topic(world.call(), input); });
    };
    CHECK(create({"news", {}, {}, {}}) == "no error");
    CHECK(
        create({"news", {{"DisplayName", "x"}}, {}, {}}) ==
        "InvalidParameter: Invalid parameter: Attributes Reason: Topic already exists with "
        "different attributes"
    );
    CHECK(
        create({"news", {}, {{"a", "b"}}, {}}) ==
        "InvalidParameter: Invalid parameter: Tags Reason: Topic already exists with different tags"
    );
    CHECK(create({"a b", {}, {}, {}}) == "InvalidParameter: Invalid parameter: Topic Name");
    CHECK(create({"queue.fifo", {}, {}, {}}) == "NotImplemented: A FIFO topic is not emulated");
    CHECK(world.api.list_topics(world.call(), {}).topics.size() == 1);
}

TEST_CASE("GetTopicAttributes: what AWS returns for a new topic") {
    TestSNS world;
    const auto attributes = world.api.get_topic_attributes(world.call(), {world.topic}).attributes;
    CHECK(attributes.at("Owner") == "000000000000");
    CHECK(attributes.at("DisplayName") == "");
    CHECK(attributes.at("SubscriptionsPending") == "0");
    CHECK_FALSE(attributes.contains("DeliveryPolicy"));
    CHECK(
        attributes.at("EffectiveDeliveryPolicy") ==
        R"({"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":20,)"
        R"("numRetries":3,"numMaxDelayRetries":0,"numNoDelayRetries":0,"numMinDelayRetries":0,)"
        R"("backoffFunction":"linear"},"disableSubscriptionOverrides":false,)"
        R"("defaultRequestPolicy":{"headerContentType":"text/plain; charset=UTF-8"}}})"
    );
    const auto policy = nlohmann::json::parse(attributes.at("Policy"));
    CHECK(policy["Id"] == "__default_policy_ID");
    CHECK(policy["Statement"][0]["Action"].size() == 8);
    CHECK(error_of([&] {
              world.api.get_topic_attributes(world.call(), {world.topic + "x"});
          }) == "NotFound: Topic does not exist");
    CHECK(
        error_of([&] { world.api.get_topic_attributes(world.call(), {"randomtopic"}); }) ==
        "InvalidParameter: Invalid parameter: TopicArn Reason: An ARN must have at least 6 "
        "elements, not 1"
    );
}

TEST_CASE("Subscribe: errors, and the same endpoint twice is one subscription") {
    TestSNS world;
    const auto subscribe = [&](const std::string& protocol,
                               const std::string& endpoint,
                               const std::map<std::string, std::string>& attributes = {}) {
        return error_of([&] {
            world.api.subscribe(world.call(), {world.topic, protocol, endpoint, attributes, {}});
        });
    };
    CHECK(
        subscribe("test-protocol", "x") == "InvalidParameter: Invalid parameter: Amazon SNS does "
                                           "not support this protocol string: test-protocol"
    );
    CHECK(subscribe("sqs", "arn:aws:sqs:us-east-1:000000000000:q").starts_with("NotImplemented"));
    CHECK(subscribe("http", "https://example.com/").starts_with("InvalidParameter"));
    CHECK(subscribe("email", "nobody").starts_with("InvalidParameter"));
    CHECK(
        subscribe("email", "a@b", {{"RawMessageDelivery", "wrongvalue"}}) ==
        "InvalidParameter: Invalid parameter: Attributes Reason: RawMessageDelivery: Invalid value "
        "[wrongvalue]. Must be true or false."
    );
    CHECK(subscribe("email", "a@b", {{"RedrivePolicy", "{}"}}).starts_with("NotImplemented"));
    CHECK(
        subscribe("email", "a@b", {{"FilterPolicy", R"({"k":"v"})"}}) ==
        "InvalidParameter: Invalid parameter: Attributes Reason: FilterPolicy: \"k\" must be an "
        "object or an array"
    );
    CHECK(subscribe("email", "a@b", {{"FilterPolicy", R"({"k":[{"cidr":"10.0.0.0/8"}]})"}})
              .starts_with("NotImplemented"));

    const auto first =
        world.api.subscribe(world.call(), {world.topic, "email", "a@b", {}, true}).subscription_arn;
    const auto again =
        world.api.subscribe(world.call(), {world.topic, "email", "a@b", {}, true}).subscription_arn;
    CHECK(first == again);
    CHECK(
        world.api.subscribe(world.call(), {world.topic, "email", "a@b", {}, {}}).subscription_arn ==
        "pending confirmation"
    );
    const auto listed = world.api.list_subscriptions_by_topic(world.call(), {world.topic, {}});
    REQUIRE(listed.subscriptions.size() == 1);
    CHECK(listed.subscriptions[0].subscription_arn == "PendingConfirmation");
    CHECK(error_of([&] {
              world.api.confirm_subscription(world.call(), {world.topic, "wrong", {}});
          }) == "InvalidParameter: Invalid token");
}

TEST_CASE("subscription attributes can be set, and unset a filter policy") {
    TestSNS world;
    const auto arn = world.subscribe("http", "http://127.0.0.1:9000/");
    const auto set = [&](const std::string& name, const std::string& value) {
        return error_of([&] {
            world.api.set_subscription_attributes(world.call(), {arn, name, value});
        });
    };
    const auto get = [&] {
        return world.api.get_subscription_attributes(world.call(), {arn}).attributes;
    };
    CHECK(get().at("PendingConfirmation") == "false");
    CHECK(set("FilterPolicy", R"({"k":["v"]})") == "no error");
    CHECK(get().at("FilterPolicyScope") == "MessageAttributes");
    CHECK(set("FilterPolicy", "{}") == "no error");
    CHECK_FALSE(get().contains("FilterPolicy"));
    CHECK(set("RawMessageDelivery", "TRUE") == "no error");
    CHECK(get().at("RawMessageDelivery") == "true");
    CHECK(
        set("RawMessageDelivery", "") == "InvalidParameter: Invalid parameter: RawMessageDelivery: "
                                         "Invalid value []. Must be true or "
                                         "false."
    );
    CHECK(set("Nonsense", "") == "InvalidParameter: Invalid parameter: AttributeName");
    world.api.unsubscribe(world.call(), {arn});
    CHECK(error_of([&] { get(); }) == "NotFound: Subscription does not exist");
    const auto topic = world.api.get_topic_attributes(world.call(), {world.topic}).attributes;
    CHECK(topic.at("SubscriptionsDeleted") == "1");
}

TEST_CASE("Publish: AWS's sentences for what it refuses") {
    TestSNS world;
    const auto publish = [&](auto change) {
        auto input = world.message("hello");
        change(input);
        return error_of([&] { world.api.publish(world.call(), input); });
    };
    CHECK(publish([](auto& input) {
              input.message = "";
          }) == "InvalidParameter: Invalid parameter: Empty message");
    CHECK(publish([](auto& input) {
              input.message = std::string(262'145, 'x');
          }) == "InvalidParameter: Invalid parameter: Message too long");
    CHECK(publish([](auto& input) {
              input.subject = "two\nlines";
          }) == "InvalidParameter: Invalid parameter: Subject");
    CHECK(
        publish([](auto& input) { input.message_structure = "json"; }) ==
        "InvalidParameter: Invalid parameter: Message Structure - JSON message body failed to parse"
    );
    CHECK(
        publish([](auto& input) { input.message_attributes["a^b"] = {"String", "v", {}}; }) ==
        "ParameterValueInvalid: Invalid non-alphanumeric character '#x5E' was found in the message "
        "attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots."
    );
    CHECK(
        publish([](auto& input) { input.message_attributes["attr1"] = {"Binary", "v", {}}; }) ==
        "ParameterValueInvalid: The message attribute 'attr1' with type 'Binary' must use field "
        "'Binary'."
    );
    CHECK(publish([](auto& input) { input.phone_number = "+15551234567"; }
    ).starts_with("NotImplemented"));
}

TEST_CASE("PublishBatch: one bad entry fails alone, a bad batch as a whole") {
    TestSNS world;
    api::PublishBatchInput input;
    input.topic_arn = world.topic;
    api::PublishBatchRequestEntry good;
    good.id = "good";
    good.message = "hello";
    auto bad = good;
    bad.id = "bad";
    bad.subject = "two\nlines";
    input.publish_batch_request_entries = {good, bad};
    const auto response = world.api.publish_batch(world.call(), input);
    CHECK(response.successful.size() == 1);
    REQUIRE(response.failed.size() == 1);
    CHECK(response.failed[0].code == "InvalidParameter");
    input.publish_batch_request_entries = {good, good};
    CHECK(error_of([&] { world.api.publish_batch(world.call(), input); }
    ).starts_with("BatchEntryIdsNotDistinct"));
    good.id = "message.id";
    input.publish_batch_request_entries = {good};
    CHECK(
        error_of([&] { world.api.publish_batch(world.call(), input); }) ==
        "InvalidBatchEntryId: The Id of a batch entry in the batch request contains an "
        "impermissible character: message.id"
    );
}
