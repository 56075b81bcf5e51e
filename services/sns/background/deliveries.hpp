// Brings messages to subscriptions: at once, and again by the retry policy when an endpoint fails.
#pragma once

#include "emulator/environment.hpp"
#include "services/sns/data/message.hpp"
#include "services/sns/data/retry_policy.hpp"
#include "services/sns/metrics.hpp"
#include "services/sns/sns.hpp"
#include "services/sns/state.hpp"

#include <deque>
#include <map>
#include <memory>

namespace diorama::sns {

class Deliveries {
public:
    Deliveries(Environment& environment, State& state, HTTPEndpoints& endpoints);

    // To every confirmed subscription of the topic whose filter policy lets the message pass.
    void publish(const Topic& topic, const Message& message);
    void request_confirmation(const Subscription& subscription, const std::string& message_id);

    void count(const Topic& topic, const MetricDescription& metric, double value = 1);

private:
    struct Delivery {
        std::string subscription_arn;
        std::string topic_arn;
        EndpointRequest request;
        std::deque<Duration> delays; // of the retries that are left
        bool is_counted = true;      // confirmations are not
        Timer timer;
    };

    void deliver(const Message& message, const Topic& topic, const Subscription& subscription);
    void start(Delivery delivery);
    void attempt(std::uint64_t id);
    void answered(std::uint64_t id, int status);
    void finish(std::uint64_t id, const MetricDescription& metric, int status);

    Environment& environment_;
    State& state_;
    HTTPEndpoints& endpoints_;
    std::map<std::uint64_t, Delivery> pending_;
    std::uint64_t last_delivery_ = 0;
    std::map<MetricId, SeriesId> series_;
    // Answers that come after this has gone are dropped.
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

// The retry policy of a subscription: its own, else its topic's, else AWS's default.
RetryPolicy retry_policy_of(const Topic& topic, const Subscription* subscription);

} // namespace diorama::sns
