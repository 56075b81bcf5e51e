// What an update would change, before it happens: for change sets, and to know that there is
// nothing to do.
#pragma once

#include "services/cloudformation/background/surroundings.hpp"

namespace diorama::cloudformation {

struct Plan {
    std::vector<ResourceChange> changes;
    bool changes_outputs = false;

    bool is_empty() const { return changes.empty() && !changes_outputs; }
};

// `stack` as it is, `source` what it is to be made from. Throws a ValidationError with AWS's
// sentence when the new template cannot be evaluated.
Plan plan_changes(Surroundings& surroundings, const Stack& stack, const StackSource& source);

// Throws when what a new stack's conditions leave refers to what they take away.
void check_conditions(Surroundings& surroundings, const Stack& stack);

} // namespace diorama::cloudformation
