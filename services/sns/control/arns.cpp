// See arns.hpp.
#include "services/sns/control/arns.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace diorama::sns {

void check_arn(const std::string& parameter, const std::string& arn) {
    if (arn.empty())
        throw api::InvalidParameterException(
            "Invalid parameter: {} Reason: no value for required parameter",
            parameter
        );
    const auto elements = std::count(arn.begin(), arn.end(), ':') + 1;
    if (elements < 6)
        throw api::InvalidParameterException(
            "Invalid parameter: {} Reason: An ARN must have at least 6 elements, not {}",
            parameter,
            elements
        );
    if (!arn.starts_with("arn:aws:sns:"))
        throw api::InvalidParameterException("Invalid parameter: {}", parameter);
}

const Topic& topic_of(const State& state, const std::string& arn) {
    check_arn("TopicArn", arn);
    const auto* topic = state.topics.find(arn);
    if (topic == nullptr) throw api::NotFoundException("Topic does not exist");
    return *topic;
}

const Subscription& subscription_of(const State& state, const std::string& arn) {
    check_arn("SubscriptionArn", arn);
    const auto* subscription = state.subscriptions.find(arn);
    if (subscription == nullptr) throw api::NotFoundException("Subscription does not exist");
    return *subscription;
}

aws::AWSError not_emulated(const std::string& what) {
    return aws::AWSError("NotImplemented", 501, what + " is not emulated", aws::Fault::receiver);
}

std::string page_token(std::size_t given) {
    return fmt::format("after-{}", given);
}

std::size_t given_before(const std::optional<std::string>& token) {
    if (!token || token->empty()) return 0;
    constexpr std::string_view prefix = "after-";
    std::size_t given = 0;
    const char* end = token->data() + token->size();
    if (token->starts_with(prefix)) {
        const auto [rest, error] = std::from_chars(token->data() + prefix.size(), end, given);
        if (error == std::errc{} && rest == end) return given;
    }
    throw api::InvalidParameterException("Invalid parameter: NextToken");
}

} // namespace diorama::sns
