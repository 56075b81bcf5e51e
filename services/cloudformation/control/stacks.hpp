// Stacks: created, updated, deleted.
#pragma once

#include "services/cloudformation/api.hpp"
#include "services/cloudformation/background/stack_operations.hpp"

namespace diorama::cloudformation {

class Stacks {
public:
    Stacks(Surroundings& surroundings, StackOperations& operations, TemplateObjects& objects)
        : surroundings_(surroundings)
        , operations_(operations)
        , objects_(objects) {}

    api::CreateStackOutput create_stack(const aws::Call& call, const api::CreateStackInput& input);
    api::UpdateStackOutput update_stack(const aws::Call& call, const api::UpdateStackInput& input);
    api::DeleteStackOutput delete_stack(const aws::Call& call, const api::DeleteStackInput& input);
    api::CancelUpdateStackOutput
    cancel_update_stack(const aws::Call& call, const api::CancelUpdateStackInput& input);
    api::ContinueUpdateRollbackOutput
    continue_update_rollback(const aws::Call& call, const api::ContinueUpdateRollbackInput& input);

    // Forgets stacks that were deleted long ago.
    void expire(Timestamp now);

private:
    Surroundings& surroundings_;
    StackOperations& operations_;
    TemplateObjects& objects_;
};

// Throws AWS's error when there is none of that name.
const Stack& stack_of(const State& state, const aws::Call& call, const std::string& name_or_id);
void check_stack_name(const std::string& name);
// A stack that is neither created nor reviewed yet.
Stack new_stack(Surroundings& surroundings, const aws::Call& call, const std::string& name);

} // namespace diorama::cloudformation
