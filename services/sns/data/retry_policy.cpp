// See retry_policy.hpp.
#include "services/sns/data/retry_policy.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace diorama::sns {

namespace {

using Json = nlohmann::ordered_json;

// Where between the least and the greatest delay the i-th of n backoff retries stands, 0 to 1.
double progress(const std::string& backoff, int i, int n) {
    if (n <= 1) return 0;
    const double x = static_cast<double>(i) / (n - 1);
    // UNKNOWN: AWS shows the curves but not their formulas.
    if (backoff == "arithmetic") return x * (x + 1) / 2;
    if (backoff == "exponential") return std::expm1(5 * x) / std::expm1(5.0);
    if (backoff == "geometric") return std::expm1(3 * x) / std::expm1(3.0);
    return x;
}

std::int64_t seconds(Duration span) {
    return std::chrono::duration_cast<std::chrono::seconds>(span).count();
}

Json describe(const RetryPolicy& policy) {
    return {
        {"minDelayTarget", seconds(policy.least_delay)},
        {"maxDelayTarget", seconds(policy.greatest_delay)},
        {"numRetries", policy.retries},
        {"numMaxDelayRetries", policy.with_greatest_delay},
        {"numNoDelayRetries", policy.without_delay},
        {"numMinDelayRetries", policy.with_least_delay},
        {"backoffFunction", policy.backoff},
    };
}

bool read_number(const Json& policy, const char* name, std::int64_t most, std::int64_t& value) {
    const auto found = policy.find(name);
    if (found == policy.end() || found->is_null()) return true;
    if (!found->is_number_integer()) return false;
    value = found->get<std::int64_t>();
    return value >= 0 && value <= most;
}

} // namespace

std::vector<Duration> retry_delays(const RetryPolicy& policy) {
    std::vector<Duration> delays;
    const auto room = [&] { return policy.retries - static_cast<int>(delays.size()); };
    for (int i = 0; i < policy.without_delay && room() > 0; ++i)
        delays.emplace_back(0);
    for (int i = 0; i < policy.with_least_delay && room() > 0; ++i)
        delays.push_back(policy.least_delay);
    const int backoff = std::max(0, room() - policy.with_greatest_delay);
    const double span = static_cast<double>((policy.greatest_delay - policy.least_delay).count());
    for (int i = 0; i < backoff; ++i)
        delays.push_back(
            policy.least_delay +
            Duration(static_cast<std::int64_t>(span * progress(policy.backoff, i, backoff)))
        );
    while (room() > 0)
        delays.push_back(policy.greatest_delay);
    return delays;
}

std::optional<RetryPolicy> parse_delivery_policy(std::string_view document) {
    const auto json = Json::parse(document, nullptr, false);
    if (!json.is_object()) return {};
    const Json* found = &json;
    for (const char* step : {"http", "defaultHealthyRetryPolicy", "healthyRetryPolicy"}) {
        if (const auto inner = found->find(step); inner != found->end() && inner->is_object())
            found = &*inner;
    }
    if (found == &json) return {};
    RetryPolicy policy;
    std::int64_t least = seconds(policy.least_delay);
    std::int64_t greatest = seconds(policy.greatest_delay);
    std::int64_t retries = policy.retries;
    std::int64_t none = 0;
    std::int64_t first = 0;
    std::int64_t last = 0;
    const auto longest = seconds(limits::longest_retry_delay);
    const bool is_valid = read_number(*found, "minDelayTarget", longest, least) &&
                          read_number(*found, "maxDelayTarget", longest, greatest) &&
                          read_number(*found, "numRetries", limits::most_retries, retries) &&
                          read_number(*found, "numNoDelayRetries", retries, none) &&
                          read_number(*found, "numMinDelayRetries", retries, first) &&
                          read_number(*found, "numMaxDelayRetries", retries, last);
    if (!is_valid || least > greatest || none + first + last > retries) return {};
    if (const auto backoff = found->find("backoffFunction"); backoff != found->end()) {
        if (!backoff->is_string()) return {};
        policy.backoff = backoff->get<std::string>();
        if (policy.backoff != "linear" && policy.backoff != "arithmetic" &&
            policy.backoff != "exponential" && policy.backoff != "geometric")
            return {};
    }
    policy.least_delay = std::chrono::seconds(least);
    policy.greatest_delay = std::chrono::seconds(greatest);
    policy.retries = static_cast<int>(retries);
    policy.without_delay = static_cast<int>(none);
    policy.with_least_delay = static_cast<int>(first);
    policy.with_greatest_delay = static_cast<int>(last);
    return policy;
}

std::string effective_topic_delivery_policy(const RetryPolicy& policy) {
    return Json{
        {"http",
         {{"defaultHealthyRetryPolicy", describe(policy)},
          {"disableSubscriptionOverrides", false},
          {"defaultRequestPolicy", {{"headerContentType", "text/plain; charset=UTF-8"}}}}},
    }
        .dump();
}

std::string effective_subscription_delivery_policy(const RetryPolicy& policy) {
    return Json{
        {"healthyRetryPolicy", describe(policy)},
        {"sicklyRetryPolicy", nullptr},
        {"throttlePolicy", nullptr},
        {"requestPolicy", {{"headerContentType", "text/plain; charset=UTF-8"}}},
        {"guaranteed", false},
    }
        .dump();
}

// AWS: Developer Guide, "Amazon SNS message delivery retries": 5xx, 429 and no answer are tried
// again, other client errors are permanent.
Attempt judge_status(int status) {
    if (status >= 200 && status < 400) return Attempt::delivered;
    if (status >= 400 && status < 500 && status != 429) return Attempt::failed_for_good;
    return Attempt::failed_for_now;
}

} // namespace diorama::sns
