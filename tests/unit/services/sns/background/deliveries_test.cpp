#include "tests/unit/services/sns/test_sns.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace diorama;
using namespace diorama::sns;
using namespace std::chrono_literals;

TEST_CASE("an http subscription gets a confirmation request first and messages only afterwards") {
    TestSNS world;
    const auto arn = world.subscribe("http", "http://127.0.0.1:9000/hook", {}, false);
    REQUIRE(world.endpoints.requests.size() == 1);
    const auto& request = world.endpoints.requests[0];
    CHECK(request.url == "http://127.0.0.1:9000/hook");
    CHECK(request.headers.get("x-amz-sns-message-type") == "SubscriptionConfirmation");
    CHECK(request.headers.get("x-amz-sns-topic-arn") == world.topic);
    const auto body =
        nlohmann::json::parse(request.body + "signature" + request.body_after_signature);
    CHECK(body["Type"] == "SubscriptionConfirmation");
    CHECK(body["SubscribeURL"].get<std::string>().starts_with(
        "http://localhost:4566/?Action=ConfirmSubscription&TopicArn=arn%3Aaws%3Asns%3A"
    ));
    CHECK(body["Signature"] == "signature");

    world.api.publish(world.call(), world.message("too early"));
    CHECK(world.endpoints.requests.size() == 1);

    const std::string token = body["Token"];
    CHECK(
        *world.api.confirm_subscription(world.call(), {world.topic, token, {}}).subscription_arn ==
        arn
    );
    auto input = world.message("hello \"world\"\n");
    input.subject = "Greetings";
    input.message_attributes["colour"] = {"String", "blue", {}};
    const auto id = world.api.publish(world.call(), input).message_id;
    REQUIRE(world.endpoints.requests.size() == 2);
    const auto& notification = world.endpoints.requests[1];
    CHECK(notification.headers.get("x-amz-sns-message-id") == *id);
    CHECK(notification.headers.get("x-amz-sns-subscription-arn") == arn);
    CHECK(notification.headers.get("Content-Type") == "text/plain; charset=UTF-8");
    CHECK(notification.headers.get("User-Agent") == "Amazon Simple Notification Service Agent");
    const auto message =
        nlohmann::json::parse(notification.body + notification.body_after_signature);
    CHECK(message["Message"] == "hello \"world\"\n");
    CHECK(message["Subject"] == "Greetings");
    CHECK(message["MessageAttributes"]["colour"]["Value"] == "blue");
    CHECK(message["Timestamp"] == "2026-01-01T00:00:00.000Z");
    CHECK(
        notification.text_to_sign == "Message\nhello \"world\"\n\nMessageId\n" + *id +
                                         "\nSubject\nGreetings\nTimestamp\n2026-01-01T00:00:00."
                                         "000Z\nTopicArn\n" +
                                         world.topic + "\nType\nNotification\n"
    );
}

TEST_CASE("a failing endpoint is tried again three times, twenty seconds apart, and then given up"
) {
    TestSNS world;
    world.subscribe("http", "http://127.0.0.1:9000/");
    world.endpoints.statuses = {500, 0, 503, 500};
    const auto start = world.test.time.now();
    world.api.publish(world.call(), world.message("hello"));
    world.test.time.run_for(10min);
    REQUIRE(world.endpoints.times.size() == 4);
    for (std::size_t i = 0; i < 4; ++i)
        CHECK(world.endpoints.times[i] == start + i * 20s);
    CHECK(world.metrics.sums["NumberOfNotificationsFailed"] == 1);
    CHECK(world.metrics.sums["NumberOfNotificationsDelivered"] == 0);
    CHECK(world.metrics.sums["NumberOfMessagesPublished"] == 1);
    CHECK(world.metrics.sums["PublishSize"] == 5);
}

TEST_CASE("a client error is permanent, and an endpoint that recovers gets the message") {
    TestSNS world;
    world.subscribe("http", "http://127.0.0.1:9000/");
    world.endpoints.statuses = {404, 500, 200};
    world.api.publish(world.call(), world.message("lost"));
    world.test.time.run_for(1min);
    CHECK(world.endpoints.requests.size() == 1);
    world.api.publish(world.call(), world.message("late"));
    world.test.time.run_for(1min);
    CHECK(world.endpoints.requests.size() == 3);
    CHECK(world.metrics.sums["NumberOfNotificationsDelivered"] == 1);
}

TEST_CASE("nothing is delivered any more to who has unsubscribed, not even a retry") {
    TestSNS world;
    const auto arn = world.subscribe("http", "http://127.0.0.1:9000/");
    world.endpoints.statuses = {500};
    world.api.publish(world.call(), world.message("hello"));
    world.test.time.run_for(1s);
    world.api.unsubscribe(world.call(), {arn});
    world.test.time.run_for(1min);
    CHECK(world.endpoints.requests.size() == 1);
}

TEST_CASE("raw delivery posts the message alone; a delivery policy sets the retries") {
    TestSNS world;
    world.subscribe(
        "http",
        "http://127.0.0.1:9000/",
        {{"RawMessageDelivery", "true"},
         {"DeliveryPolicy",
          R"({"healthyRetryPolicy":{"numRetries":1,"minDelayTarget":5,"maxDelayTarget":5}})"}}
    );
    world.endpoints.statuses = {500, 500};
    world.api.publish(world.call(), world.message("hello"));
    world.test.time.run_for(1min);
    REQUIRE(world.endpoints.requests.size() == 2);
    CHECK(world.endpoints.requests[0].body == "hello");
    CHECK(world.endpoints.requests[0].text_to_sign.empty());
    CHECK(world.endpoints.requests[0].headers.get("x-amz-sns-rawdelivery") == "true");
    CHECK(world.endpoints.times[1] - world.endpoints.times[0] == 5s);
}

TEST_CASE("email arrives in the mailbox once the subscription is confirmed with its token") {
    TestSNS world;
    const auto arn = world.subscribe("email", "ops@example.com");
    world.api.publish(world.call(), world.message("unheard"));
    auto letters = nlohmann::json::parse(world.sns.mailbox())["letters"];
    REQUIRE(letters.size() == 1);
    CHECK(letters[0]["to"] == "ops@example.com");
    CHECK(letters[0]["subject"] == "AWS Notification - Subscription Confirmation");
    CHECK(letters[0]["confirmUrl"].get<std::string>().ends_with(
        letters[0]["token"].get<std::string>()
    ));
    world.api.confirm_subscription(world.call(), {world.topic, letters[0]["token"], {}});
    CHECK(world.sns.publish(world.topic, "ALARM", "it burns") == "");
    letters = nlohmann::json::parse(world.sns.mailbox())["letters"];
    REQUIRE(letters.size() == 2);
    CHECK(letters[0]["subject"] == "ALARM");
    CHECK(letters[0]["body"].get<std::string>().starts_with("it burns\n"));
    CHECK(
        world.sns.publish("arn:aws:sns:us-east-1:000000000000:none", "", "x") ==
        "NotFound: Topic does not exist"
    );
}

TEST_CASE("a filter policy keeps messages away, and each protocol may have a text of its own") {
    TestSNS world;
    world.subscribe(
        "http",
        "http://127.0.0.1:9000/",
        {{"FilterPolicy", R"({"colour":["blue"]})"}, {"RawMessageDelivery", "true"}}
    );
    auto input = world.message(R"({"default":"any","http":"for http"})");
    input.message_structure = "json";
    world.api.publish(world.call(), input);
    CHECK(world.endpoints.requests.empty());
    CHECK(world.metrics.sums["NumberOfNotificationsFilteredOut"] == 1);
    input.message_attributes["colour"] = {"String", "blue", {}};
    world.api.publish(world.call(), input);
    REQUIRE(world.endpoints.requests.size() == 1);
    CHECK(world.endpoints.requests[0].body == "for http");
}

TEST_CASE("a subscription that nobody confirms in two days is forgotten") {
    TestSNS world;
    const auto arn = world.subscribe("email", "ops@example.com");
    world.test.time.run_for(50h);
    CHECK(error_of([&] {
              world.api.get_subscription_attributes(world.call(), {arn});
          }) == "NotFound: Subscription does not exist");
}
