// What every step of an operation on a stack works with, and how it tells what happens: statuses
// and events.
#pragma once

#include "emulator/environment.hpp"
#include "services/cloudformation/control/resources/resource_type.hpp"
#include "services/cloudformation/control/template/template.hpp"
#include "services/cloudformation/state.hpp"

#include <functional>

namespace diorama::cloudformation {

struct Surroundings {
    Environment& environment;
    State& state;
    ServiceCalls& calls;
    Random random;

    Timestamp now() const { return environment.clock.now(); }

    // Both add an event.
    void set_status(Stack& stack, std::string status, std::string reason = {});
    void
    set_status(Stack& stack, StackResource& resource, std::string status, std::string reason = {});

    Work work_on(const Stack& stack, const StackResource& resource);

    // The template of a stack, read once: clients that wait for a stack describe it again and
    // again.
    const Template& template_of(const Stack& stack);

    void forget_template(const std::string& stack_id) { templates.erase(stack_id); }

    std::map<std::string, std::pair<std::string, Template>> templates{}; // body and what it says
};

// Runs a step of a resource. What went wrong, as AWS's resource handlers tell it; nothing when all
// is well.
struct StepFailure {
    std::string code;
    std::string reason;
};

std::optional<StepFailure> attempt(Work& work, const std::function<void()>& step);

// Names in a list: "The following resource(s) failed to create: [A, B]. "
std::string failed_resources(std::string_view verb, const std::vector<std::string>& names);

} // namespace diorama::cloudformation
