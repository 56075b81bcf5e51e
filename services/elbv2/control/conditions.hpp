// The conditions of rules between the API's shapes and our records, with AWS's checks and limits.
#pragma once

#include "services/elbv2/api.hpp"
#include "services/elbv2/state.hpp"

#include <vector>

namespace diorama::elbv2 {

std::vector<ConditionRecord> checked_conditions(const std::vector<api::RuleCondition>& conditions);
std::vector<api::RuleCondition> described(const std::vector<ConditionRecord>& conditions);

} // namespace diorama::elbv2
