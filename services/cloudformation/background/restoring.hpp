// One step of UPDATE_ROLLBACK_IN_PROGRESS: every resource becomes again what it was before the
// update; what the update made goes on the list of removals.
#pragma once

#include "services/cloudformation/background/surroundings.hpp"

namespace diorama::cloudformation {

class Restoring {
public:
    Restoring(Surroundings& surroundings, Stack& stack)
        : surroundings_(surroundings)
        , stack_(stack) {}

    enum class Outcome { waits, goes_on, failed, finished };
    // Once, when the rollback begins.
    void begin();
    Outcome step();

private:
    void restore(StackResource& resource);
    void look_at(StackResource& resource);
    void fail(StackResource& resource, const std::string& reason);

    Surroundings& surroundings_;
    Stack& stack_;
};

} // namespace diorama::cloudformation
