// One step of taking physical resources away, in the reverse of the order in which they need each
// other: when a stack is deleted or rolled back, and when an update is cleaned up.
#pragma once

#include "services/cloudformation/background/surroundings.hpp"

namespace diorama::cloudformation {

class Removing {
public:
    Removing(Surroundings& surroundings, Stack& stack)
        : surroundings_(surroundings)
        , stack_(stack) {}

    enum class Outcome { waits, goes_on, finished };
    // Does what can be done now with stack.removals. Finished: each is gone, kept or failed.
    Outcome step();

    // Everything the stack has is to be removed.
    static void begin_with_everything(Stack& stack);
    std::vector<std::string> failed() const;

private:
    bool is_needed(const StackResource& resource) const;
    bool advance(StackResource& resource);
    void begin(StackResource& resource);
    void look_at(StackResource& resource);
    void failed_with(StackResource& resource, const StepFailure& failure);
    void finish(StackResource& resource, const char* status, const std::string& reason = {});
    void show(const StackResource& resource);
    std::string policy_of(const StackResource& resource) const;

    Surroundings& surroundings_;
    Stack& stack_;
};

} // namespace diorama::cloudformation
