// See deliveries.hpp.
#include "services/sns/background/deliveries.hpp"

#include "services/sns/data/filter_policy.hpp"

namespace diorama::sns {

RetryPolicy retry_policy_of(const Topic& topic, const Subscription* subscription) {
    if (subscription != nullptr) {
        if (const auto own = parse_delivery_policy(subscription->attribute("DeliveryPolicy")))
            return *own;
    }
    return parse_delivery_policy(topic.attribute("DeliveryPolicy")).value_or(RetryPolicy{});
}

Deliveries::Deliveries(Environment& environment, State& state, HTTPEndpoints& endpoints)
    : environment_(environment)
    , state_(state)
    , endpoints_(endpoints) {}

void Deliveries::count(const Topic& topic, const MetricDescription& metric, double value) {
    const auto id = metric_of(topic.account, topic.region, topic.name, metric);
    auto known = series_.find(id);
    if (known == series_.end()) known = series_.emplace(id, environment_.metrics.series(id)).first;
    environment_.metrics.add(known->second, value);
}

void Deliveries::publish(const Topic& topic, const Message& message) {
    for (const auto* subscription : state_.subscriptions_of(topic.arn())) {
        if (!subscription->is_confirmed) continue;
        const auto scope = subscription->attribute("FilterPolicyScope") == "MessageBody"
                               ? FilterPolicyScope::message_body
                               : FilterPolicyScope::message_attributes;
        const auto policy = subscription->attribute("FilterPolicy");
        const auto& text = message.text_for(subscription->protocol);
        if (!policy.empty() && !matches_filter_policy(policy, scope, message, text)) {
            count(topic, notifications_filtered_out);
            continue;
        }
        deliver(message, topic, *subscription);
    }
}

void Deliveries::deliver(
    const Message& message,
    const Topic& topic,
    const Subscription& subscription
) {
    if (subscription.protocol.starts_with("email")) {
        state_.receive(compose_letter(message, subscription));
        count(topic, notifications_delivered);
        return;
    }
    const auto delays = retry_delays(retry_policy_of(topic, &subscription));
    start({
        .subscription_arn = subscription.arn,
        .topic_arn = subscription.topic_arn,
        .request = compose_notification(message, subscription),
        .delays = {delays.begin(), delays.end()},
        .is_counted = true,
        .timer = Timer(environment_.scheduler),
    });
}

void Deliveries::request_confirmation(
    const Subscription& subscription,
    const std::string& message_id
) {
    const auto now = environment_.clock.now();
    if (subscription.protocol.starts_with("email")) {
        state_.receive(compose_confirmation_letter(message_id, now, subscription));
        return;
    }
    const auto delays = retry_delays(RetryPolicy{});
    start({
        .subscription_arn = subscription.arn,
        .topic_arn = subscription.topic_arn,
        .request = compose_confirmation(message_id, now, subscription),
        .delays = {delays.begin(), delays.end()},
        .is_counted = false,
        .timer = Timer(environment_.scheduler),
    });
}

void Deliveries::start(Delivery delivery) {
    const auto id = ++last_delivery_;
    pending_.emplace(id, std::move(delivery));
    attempt(id);
}

void Deliveries::attempt(std::uint64_t id) {
    const auto found = pending_.find(id);
    if (found == pending_.end()) return;
    if (!state_.subscriptions.contains(found->second.subscription_arn)) {
        pending_.erase(found); // unsubscribed in between
        return;
    }
    endpoints_.post(
        found->second.request,
        [this, id, alive = std::weak_ptr<bool>(alive_), hold = environment_.scheduler.hold()](
            int status
        ) {
            if (!alive.expired()) answered(id, status);
        }
    );
}

void Deliveries::answered(std::uint64_t id, int status) {
    const auto found = pending_.find(id);
    if (found == pending_.end()) return;
    auto& delivery = found->second;
    switch (judge_status(status)) {
    case Attempt::delivered:
        finish(id, notifications_delivered, status);
        return;
    case Attempt::failed_for_good:
        finish(id, notifications_failed, status);
        return;
    case Attempt::failed_for_now:
        break;
    }
    if (delivery.delays.empty()) {
        finish(id, notifications_failed, status);
        return;
    }
    const auto delay = delivery.delays.front();
    delivery.delays.pop_front();
    delivery.timer.start_after(delay, [this, id] { attempt(id); });
}

void Deliveries::finish(std::uint64_t id, const MetricDescription& metric, int status) {
    const auto found = pending_.find(id);
    if (&metric == &notifications_failed) {
        environment_.log.write(
            LogLevel::warning,
            "sns",
            "a message for {} was not delivered to {} (status {})",
            found->second.subscription_arn,
            found->second.request.url,
            status
        );
    }
    const auto* topic = state_.topics.find(found->second.topic_arn);
    if (topic != nullptr && found->second.is_counted) count(*topic, metric);
    pending_.erase(found);
}

} // namespace diorama::sns
