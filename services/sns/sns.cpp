// See sns.hpp: the rooms of the service and the way from each operation to its noun.
#include "services/sns/sns.hpp"

#include "services/sns/api.hpp"
#include "services/sns/background/deliveries.hpp"
#include "services/sns/control/publishing.hpp"
#include "services/sns/control/subscriptions.hpp"
#include "services/sns/control/topics.hpp"
#include "services/sns/limits.hpp"
#include "services/sns/state.hpp"

#include <nlohmann/json.hpp>

namespace diorama::sns {

struct SNS::Rooms final : api::SNSApi {
    Rooms(Environment& environment_given, HTTPEndpoints& endpoints_given)
        : environment(environment_given)
        , endpoints(endpoints_given)
        , random(environment.random.fork("sns"))
        , state(environment.journal)
        , deliveries(environment, state, endpoints)
        , topics(state)
        , subscriptions(state, deliveries)
        , publishing(state, deliveries)
        , expiring(environment.scheduler, limits::looks_for_expired_tokens, [this] {
            subscriptions.expire(environment.clock.now());
            environment.journal.commit();
        }) {}

    api::CreateTopicResponse
    create_topic(const aws::Call& call, const api::CreateTopicInput& input) override {
        return topics.create_topic(call, input);
    }

    api::DeleteTopicOutput
    delete_topic(const aws::Call&, const api::DeleteTopicInput& input) override {
        return topics.delete_topic(input);
    }

    api::ListTopicsResponse
    list_topics(const aws::Call& call, const api::ListTopicsInput& input) override {
        return topics.list_topics(call, input);
    }

    api::GetTopicAttributesResponse
    get_topic_attributes(const aws::Call&, const api::GetTopicAttributesInput& input) override {
        return topics.get_topic_attributes(input);
    }

    api::SetTopicAttributesOutput set_topic_attributes(
        const aws::Call& call,
        const api::SetTopicAttributesInput& input
    ) override {
        return topics.set_topic_attributes(call, input);
    }

    api::TagResourceResponse
    tag_resource(const aws::Call&, const api::TagResourceRequest& input) override {
        return topics.tag_resource(input);
    }

    api::UntagResourceResponse
    untag_resource(const aws::Call&, const api::UntagResourceRequest& input) override {
        return topics.untag_resource(input);
    }

    api::ListTagsForResourceResponse list_tags_for_resource(
        const aws::Call&,
        const api::ListTagsForResourceRequest& input
    ) override {
        return topics.list_tags_for_resource(input);
    }

    api::SubscribeResponse
    subscribe(const aws::Call& call, const api::SubscribeInput& input) override {
        return subscriptions.subscribe(call, input);
    }

    api::ConfirmSubscriptionResponse confirm_subscription(
        const aws::Call& call,
        const api::ConfirmSubscriptionInput& input
    ) override {
        return subscriptions.confirm_subscription(call, input);
    }

    api::UnsubscribeOutput
    unsubscribe(const aws::Call& call, const api::UnsubscribeInput& input) override {
        return subscriptions.unsubscribe(call, input);
    }

    api::ListSubscriptionsResponse
    list_subscriptions(const aws::Call& call, const api::ListSubscriptionsInput& input) override {
        return subscriptions.list_subscriptions(call, input);
    }

    api::ListSubscriptionsByTopicResponse list_subscriptions_by_topic(
        const aws::Call&,
        const api::ListSubscriptionsByTopicInput& input
    ) override {
        return subscriptions.list_subscriptions_by_topic(input);
    }

    api::GetSubscriptionAttributesResponse get_subscription_attributes(
        const aws::Call&,
        const api::GetSubscriptionAttributesInput& input
    ) override {
        return subscriptions.get_subscription_attributes(input);
    }

    api::SetSubscriptionAttributesOutput set_subscription_attributes(
        const aws::Call& call,
        const api::SetSubscriptionAttributesInput& input
    ) override {
        return subscriptions.set_subscription_attributes(call, input);
    }

    api::PublishResponse publish(const aws::Call& call, const api::PublishInput& input) override {
        return publishing.publish(call, input);
    }

    api::PublishBatchResponse
    publish_batch(const aws::Call& call, const api::PublishBatchInput& input) override {
        return publishing.publish_batch(call, input);
    }

    Environment& environment;
    HTTPEndpoints& endpoints;
    Random random;
    State state;
    Deliveries deliveries;
    Topics topics;
    Subscriptions subscriptions;
    Publishing publishing;
    Ticker expiring;
};

SNS::SNS(Environment& environment, HTTPEndpoints& endpoints)
    : rooms_(std::make_unique<Rooms>(environment, endpoints)) {}

SNS::~SNS() = default;

const aws::ServiceDescriptor& SNS::descriptor() {
    return api::descriptor();
}

aws::ServiceApi& SNS::api() {
    return *rooms_;
}

std::string
SNS::publish(const std::string& topic_arn, const std::string& subject, const std::string& message) {
    const aws::Call call{
        .request_id = {},
        .access_key = {},
        .host = {},
        .now = rooms_->environment.clock.now(),
        .random = rooms_->random,
        .ignored_parameters = {},
    };
    api::PublishInput input;
    input.topic_arn = topic_arn;
    if (!subject.empty()) input.subject = subject;
    input.message = message;
    try {
        rooms_->publishing.publish(call, input);
        return {};
    } catch (const aws::AWSError& error) {
        return error.code() + ": " + error.message();
    }
}

std::string SNS::mailbox() const {
    using Json = nlohmann::ordered_json;
    Json letters = Json::array();
    for (const auto& [number, letter] : rooms_->state.letters) {
        Json one{
            {"id", number},
            {"sent", iso8601_ms(letter.sent)},
            {"to", letter.to},
            {"from", letter.from},
            {"subject", letter.subject},
            {"body", letter.body},
            {"topicArn", letter.topic_arn},
        };
        if (!letter.confirm_url.empty()) {
            one["confirmUrl"] = letter.confirm_url;
            one["token"] = letter.token;
        }
        letters.insert(letters.begin(), std::move(one)); // newest first
    }
    return Json{{"letters", std::move(letters)}
    }.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string SNS::signing_certificate() const {
    return rooms_->endpoints.signing_certificate();
}

} // namespace diorama::sns
