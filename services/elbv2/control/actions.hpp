// The actions of listeners and rules between the API's shapes and our records, with AWS's checks.
#pragma once

#include "services/elbv2/api.hpp"
#include "services/elbv2/state.hpp"

#include <vector>

namespace diorama::elbv2 {

// Throws what AWS answers to actions that are not possible; whether target groups exist is for the
// caller to check. `protocol` is the listener's.
ActionRecord checked_action(const std::vector<api::Action>& actions, const std::string& protocol);
std::vector<api::Action> described(const ActionRecord& action);

} // namespace diorama::elbv2
