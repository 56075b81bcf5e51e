// Operations on stacks as time passes: each stack that has something to do is looked at until it is
// done. What is to be done follows from the stack's status, so operations go on after a restart.
#pragma once

#include "services/cloudformation/background/surroundings.hpp"

namespace diorama::cloudformation {

class StackOperations {
public:
    explicit StackOperations(Surroundings& surroundings)
        : surroundings_(surroundings) {}

    // Takes up what an earlier process left.
    void resume();

    // The stack is new (or reviewed) and has its source.
    void create(Stack& stack);
    // `source` is what it is to be made from now.
    void update(Stack& stack, StackSource source);
    void remove(Stack& stack);
    // UPDATE_IN_PROGRESS ends in a rollback.
    void cancel_update(Stack& stack);
    // Out of UPDATE_ROLLBACK_FAILED; `skipped` resources are taken for restored.
    void continue_rollback(Stack& stack, const std::set<std::string>& skipped);

private:
    void start(const std::string& stack_id);
    void advance(const std::string& stack_id);
    Duration pause_of(const Stack& stack) const;
    bool step(Stack& stack); // false: nothing more to do now
    bool step_building(Stack& stack);
    bool step_restoring(Stack& stack);
    bool step_removing(Stack& stack);
    void building_failed(Stack& stack);
    void building_finished(Stack& stack);
    void removing_finished(Stack& stack);
    void begin_rollback_of_update(Stack& stack, std::string reason);
    void end(Stack& stack, std::string status, std::string reason = {});
    void change_set_executed(const Stack& stack, const char* status);

    Surroundings& surroundings_;
    std::map<std::string, Timer> timers_; // by stack, of those that are busy
};

} // namespace diorama::cloudformation
