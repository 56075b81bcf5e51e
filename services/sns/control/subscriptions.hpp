// Subscriptions: subscribing, confirming, unsubscribing, attributes.
#pragma once

#include "services/sns/api.hpp"
#include "services/sns/background/deliveries.hpp"
#include "services/sns/state.hpp"

namespace diorama::sns {

class Subscriptions {
public:
    Subscriptions(State& state, Deliveries& deliveries)
        : state_(state)
        , deliveries_(deliveries) {}

    api::SubscribeResponse subscribe(const aws::Call& call, const api::SubscribeInput& input);
    api::ConfirmSubscriptionResponse
    confirm_subscription(const aws::Call& call, const api::ConfirmSubscriptionInput& input);
    api::UnsubscribeOutput unsubscribe(const aws::Call& call, const api::UnsubscribeInput& input);
    api::ListSubscriptionsResponse
    list_subscriptions(const aws::Call& call, const api::ListSubscriptionsInput& input) const;
    api::ListSubscriptionsByTopicResponse
    list_subscriptions_by_topic(const api::ListSubscriptionsByTopicInput& input) const;
    api::GetSubscriptionAttributesResponse
    get_subscription_attributes(const api::GetSubscriptionAttributesInput& input) const;
    api::SetSubscriptionAttributesOutput set_subscription_attributes(
        const aws::Call& call,
        const api::SetSubscriptionAttributesInput& input
    );

    // Forgets subscriptions that nobody confirmed in time.
    void expire(Timestamp now);

private:
    State& state_;
    Deliveries& deliveries_;
};

} // namespace diorama::sns
