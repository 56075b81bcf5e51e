// See subscriptions.hpp.
#include "services/sns/control/subscriptions.hpp"

#include "services/sns/control/arns.hpp"
#include "services/sns/data/filter_policy.hpp"
#include "services/sns/data/url.hpp"
#include "services/sns/limits.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::sns {

namespace {

using Invalid = api::InvalidParameterException;
using Attributes = std::map<std::string, std::string>;

void check_endpoint(const std::string& protocol, const std::string& endpoint) {
    for (const auto* other : {"sms", "sqs", "lambda", "firehose", "application"}) {
        if (protocol == other) throw not_emulated("The protocol " + protocol);
    }
    const bool is_http = protocol == "http" || protocol == "https";
    if (!is_http && protocol != "email" && protocol != "email-json")
        throw Invalid(
            "Invalid parameter: Amazon SNS does not support this protocol string: {}",
            protocol
        );
    if (endpoint.empty()) throw Invalid("Invalid parameter: Endpoint");
    // UNKNOWN: the exact sentences of the two errors below.
    if (is_http) {
        if (!endpoint.starts_with(protocol + "://"))
            throw Invalid("Invalid parameter: Endpoint must match the specified protocol");
        if (!parse_endpoint_url(endpoint)) throw Invalid("Invalid parameter: Unreachable Endpoint");
        return;
    }
    const auto at = endpoint.find('@');
    const bool is_address = at != std::string::npos && at > 0 && at + 1 < endpoint.size() &&
                            endpoint.find_first_of(" \t\r\n") == std::string::npos;
    if (!is_address) throw Invalid("Invalid parameter: Email address");
}

void check_filter_policy(
    const std::string& policy,
    const std::string& scope,
    const std::string& place
) {
    if (policy.empty() || policy == "{}") return;
    const auto operation = unemulated_operator(policy);
    if (!operation.empty()) throw not_emulated("The filter policy operator " + operation);
    const auto error = filter_policy_error(
        policy,
        scope == "MessageBody" ? FilterPolicyScope::message_body
                               : FilterPolicyScope::message_attributes
    );
    if (error.empty()) return;
    if (error.starts_with("Filter policy scope")) throw Invalid("Invalid parameter: {}", error);
    throw Invalid("Invalid parameter: {}FilterPolicy: {}", place, error);
}

// `place` is what error texts of Subscribe say in addition.
void check_attributes(const Attributes& attributes, const std::string& place) {
    const auto scope = attributes.find("FilterPolicyScope");
    for (const auto& [name, value] : attributes) {
        if (name == "RawMessageDelivery") {
            if (!http::equal_ignoring_case(value, "true") &&
                !http::equal_ignoring_case(value, "false"))
                throw Invalid(
                    "Invalid parameter: {}RawMessageDelivery: Invalid value [{}]. Must be true or "
                    "false.",
                    place,
                    value
                );
        } else if (name == "FilterPolicyScope") {
            if (value != "MessageAttributes" && value != "MessageBody")
                throw Invalid(
                    "Invalid parameter: {}FilterPolicyScope: Invalid value [{}]. Please use either "
                    "MessageBody or MessageAttributes",
                    place,
                    value
                );
        } else if (name == "FilterPolicy") {
            check_filter_policy(value, scope == attributes.end() ? "" : scope->second, place);
        } else if (name == "DeliveryPolicy") {
            if (!value.empty() && !parse_delivery_policy(value))
                throw Invalid(
                    "Invalid parameter: {}DeliveryPolicy: invalid delivery policy",
                    place
                );
        } else if (name == "RedrivePolicy" || name == "SubscriptionRoleArn" ||
                   name == "ReplayPolicy") {
            throw not_emulated("The subscription attribute " + name);
        } else if (place.empty()) {
            throw Invalid("Invalid parameter: AttributeName");
        } else {
            throw Invalid("Invalid parameter: Attributes Reason: Unknown attribute {}", name);
        }
    }
}

Attributes normalized(Attributes attributes) {
    if (const auto raw = attributes.find("RawMessageDelivery"); raw != attributes.end())
        raw->second = http::lower_case(raw->second);
    std::erase_if(attributes, [](const auto& attribute) {
        return attribute.first == "FilterPolicy" &&
               (attribute.second.empty() || attribute.second == "{}");
    });
    return attributes;
}

api::Subscription describe(const Subscription& subscription) {
    return {
        .subscription_arn =
            subscription.is_confirmed ? subscription.arn : std::string("PendingConfirmation"),
        .owner = subscription.owner,
        .protocol = subscription.protocol,
        .endpoint = subscription.endpoint,
        .topic_arn = subscription.topic_arn,
    };
}

constexpr std::string_view pending_confirmation = "pending confirmation";

} // namespace

// https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
api::SubscribeResponse
Subscriptions::subscribe(const aws::Call& call, const api::SubscribeInput& input) {
    const auto& topic = topic_of(state_, input.topic_arn);
    const auto endpoint = input.endpoint.value_or("");
    check_endpoint(input.protocol, endpoint);
    check_attributes(input.attributes, "Attributes Reason: ");
    const auto attributes = normalized(input.attributes);
    const bool wants_arn = input.return_subscription_arn.value_or(false);
    const auto answer = [&](const Subscription& subscription) -> api::SubscribeResponse {
        if (subscription.is_confirmed || wants_arn) return {subscription.arn};
        return {std::string(pending_confirmation)};
    };
    for (const auto* known : state_.subscriptions_of(input.topic_arn)) {
        if (known->protocol != input.protocol || known->endpoint != endpoint) continue;
        if (!attributes.empty() && attributes != known->attributes)
            throw Invalid(
                "Invalid parameter: Attributes Reason: Subscription already exists with different "
                "attributes"
            );
        // AWS: subscribing again sends the confirmation again.
        if (!known->is_confirmed) deliveries_.request_confirmation(*known, call.random.uuid());
        return answer(*known);
    }
    Subscription subscription{
        .arn = input.topic_arn + ":" + call.random.uuid(),
        .topic_arn = input.topic_arn,
        .owner = call.account,
        .region = topic.region,
        .protocol = input.protocol,
        .endpoint = endpoint,
        .token = call.random.hex(256),
        .api_address = call.scheme + "://" + call.host,
        .attributes = attributes,
        .is_confirmed = false,
        .needs_authentication_to_unsubscribe = false,
        .created = call.now,
    };
    const auto arn = subscription.arn;
    const auto& stored = state_.subscriptions.put(arn, std::move(subscription));
    deliveries_.request_confirmation(stored, call.random.uuid());
    return answer(stored);
}

// https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html
api::ConfirmSubscriptionResponse Subscriptions::confirm_subscription(
    const aws::Call& call,
    const api::ConfirmSubscriptionInput& input
) {
    topic_of(state_, input.topic_arn);
    for (const auto* known : state_.subscriptions_of(input.topic_arn)) {
        if (known->token != input.token || call.now > known->created + limits::token_life) continue;
        const auto arn = known->arn;
        if (!known->is_confirmed) {
            auto* subscription = state_.subscriptions.edit(arn);
            subscription->is_confirmed = true;
            subscription->needs_authentication_to_unsubscribe =
                input.authenticate_on_unsubscribe == "true" && !call.access_key.empty();
        }
        return {arn};
    }
    throw Invalid("Invalid token");
}

// https://docs.aws.amazon.com/sns/latest/api/API_Unsubscribe.html
api::UnsubscribeOutput
Subscriptions::unsubscribe(const aws::Call& call, const api::UnsubscribeInput& input) {
    check_arn("SubscriptionArn", input.subscription_arn);
    if (std::count(input.subscription_arn.begin(), input.subscription_arn.end(), ':') < 6)
        throw Invalid("Invalid parameter: SubscriptionId");
    const auto* subscription = state_.subscriptions.find(input.subscription_arn);
    if (subscription == nullptr) return {}; // AWS: no error
    if (subscription->needs_authentication_to_unsubscribe && call.access_key.empty())
        throw api::AuthorizationErrorException("Not authorized to unsubscribe without a signature");
    if (auto* topic = state_.topics.edit(subscription->topic_arn)) ++topic->subscriptions_deleted;
    state_.subscriptions.erase(input.subscription_arn);
    return {};
}

// https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptions.html
api::ListSubscriptionsResponse Subscriptions::list_subscriptions(
    const aws::Call& call,
    const api::ListSubscriptionsInput& input
) const {
    const auto prefix = fmt::format("arn:aws:sns:{}:", call.region);
    const auto skip = given_before(input.next_token);
    std::size_t found = 0;
    api::ListSubscriptionsResponse response;
    for (auto entry = state_.subscriptions.lower_bound(prefix);
         entry != state_.subscriptions.end() && entry->first.starts_with(prefix);
         ++entry) {
        if (entry->second.owner != call.account || found++ < skip) continue;
        if (response.subscriptions.size() == limits::entries_per_page) {
            response.next_token = page_token(skip + limits::entries_per_page);
            break;
        }
        response.subscriptions.push_back(describe(entry->second));
    }
    return response;
}

api::ListSubscriptionsByTopicResponse
Subscriptions::list_subscriptions_by_topic(const api::ListSubscriptionsByTopicInput& input) const {
    topic_of(state_, input.topic_arn);
    const auto all = state_.subscriptions_of(input.topic_arn);
    const auto first = std::min(given_before(input.next_token), all.size());
    const auto last = std::min(first + limits::entries_per_page, all.size());
    api::ListSubscriptionsByTopicResponse response;
    for (std::size_t i = first; i < last; ++i)
        response.subscriptions.push_back(describe(*all[i]));
    if (last < all.size()) response.next_token = page_token(last);
    return response;
}

// https://docs.aws.amazon.com/sns/latest/api/API_GetSubscriptionAttributes.html
api::GetSubscriptionAttributesResponse
Subscriptions::get_subscription_attributes(const api::GetSubscriptionAttributesInput& input) const {
    const auto& subscription = subscription_of(state_, input.subscription_arn);
    api::GetSubscriptionAttributesResponse response;
    auto& attributes = response.attributes;
    attributes = subscription.attributes;
    attributes["SubscriptionArn"] = subscription.arn;
    attributes["TopicArn"] = subscription.topic_arn;
    attributes["Owner"] = subscription.owner;
    attributes["Protocol"] = subscription.protocol;
    attributes["Endpoint"] = subscription.endpoint;
    attributes["RawMessageDelivery"] = subscription.attribute("RawMessageDelivery", "false");
    attributes["PendingConfirmation"] = subscription.is_confirmed ? "false" : "true";
    attributes["ConfirmationWasAuthenticated"] =
        subscription.needs_authentication_to_unsubscribe ? "true" : "false";
    attributes["SubscriptionPrincipal"] = fmt::format("arn:aws:iam::{}:root", subscription.owner);
    if (attributes.contains("FilterPolicy"))
        attributes.try_emplace("FilterPolicyScope", "MessageAttributes");
    if (subscription.protocol.starts_with("http")) {
        if (const auto* topic = state_.topics.find(subscription.topic_arn))
            attributes["EffectiveDeliveryPolicy"] =
                effective_subscription_delivery_policy(retry_policy_of(*topic, &subscription));
    }
    return response;
}

// https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html
api::SetSubscriptionAttributesOutput Subscriptions::set_subscription_attributes(
    const aws::Call&,
    const api::SetSubscriptionAttributesInput& input
) {
    auto attributes = subscription_of(state_, input.subscription_arn).attributes;
    const auto value = input.attribute_value.value_or("");
    check_attributes({{input.attribute_name, value}}, "");
    attributes[input.attribute_name] = value;
    attributes = normalized(attributes);
    check_attributes(attributes, ""); // scope and policy have to fit each other
    state_.subscriptions.edit(input.subscription_arn)->attributes = std::move(attributes);
    return {};
}

// AWS: a subscription that is not confirmed within the life of its token is deleted.
void Subscriptions::expire(Timestamp now) {
    std::vector<std::string> expired;
    for (const auto& [arn, subscription] : state_.subscriptions) {
        if (!subscription.is_confirmed && subscription.created + limits::token_life < now)
            expired.push_back(arn);
    }
    for (const auto& arn : expired)
        state_.subscriptions.erase(arn);
}

} // namespace diorama::sns
