// Filter policies: which messages a subscription wants. Pure; parsing never throws.
#pragma once

#include "services/sns/data/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace diorama::sns {

enum class FilterPolicyScope { message_attributes, message_body };

// What is wrong with a policy, as AWS says it after "FilterPolicy: "; empty if nothing is.
std::string filter_policy_error(std::string_view policy, FilterPolicyScope scope);
// An operator of the policy that is not emulated ("cidr"); empty if all are.
std::string unemulated_operator(std::string_view policy);

// `policy` has been checked.
bool matches_filter_policy(
    std::string_view policy,
    FilterPolicyScope scope,
    const Message& message,
    const std::string& text
);

} // namespace diorama::sns
