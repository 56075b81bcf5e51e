// How often and when a delivery to an HTTP endpoint is tried again. Pure.
#pragma once

#include "emulator/time/time.hpp"
#include "services/sns/limits.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::sns {

// AWS: Developer Guide, "Creating an HTTP/S delivery policy".
struct RetryPolicy {
    int retries = limits::retries;
    Duration least_delay = limits::retry_delay;
    Duration greatest_delay = limits::retry_delay;
    int without_delay = 0;
    int with_least_delay = 0;
    int with_greatest_delay = 0;
    std::string backoff = "linear"; // arithmetic, exponential, geometric, linear
};

// How long to wait before each retry.
std::vector<Duration> retry_delays(const RetryPolicy& policy);

// From a DeliveryPolicy of a topic ({"http":{"defaultHealthyRetryPolicy":…}}) or of a subscription
// ({"healthyRetryPolicy":…}). Nothing if it is no such document.
std::optional<RetryPolicy> parse_delivery_policy(std::string_view document);
// The document that GetTopicAttributes and GetSubscriptionAttributes return.
std::string effective_topic_delivery_policy(const RetryPolicy& policy);
std::string effective_subscription_delivery_policy(const RetryPolicy& policy);

enum class Attempt { delivered, failed_for_now, failed_for_good };
// What an endpoint's status means; 0 is no answer.
Attempt judge_status(int status);

} // namespace diorama::sns
