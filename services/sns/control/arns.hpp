// Finding what an ARN in a request names, with AWS's errors, and the pages of listings.
#pragma once

#include "services/sns/api.hpp"
#include "services/sns/state.hpp"

#include <string>

namespace diorama::sns {

// Throws InvalidParameter for what is no ARN, NotFound for a topic that does not exist.
const Topic& topic_of(const State& state, const std::string& arn);
const Subscription& subscription_of(const State& state, const std::string& arn);
// `parameter` is the name in the error text.
void check_arn(const std::string& parameter, const std::string& arn);

// The error of something that AWS has and the emulator has not.
aws::AWSError not_emulated(const std::string& what);

std::string page_token(std::size_t given);
std::size_t given_before(const std::optional<std::string>& token);

} // namespace diorama::sns
