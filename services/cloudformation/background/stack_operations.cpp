// See stack_operations.hpp.
#include "services/cloudformation/background/stack_operations.hpp"

#include "services/cloudformation/background/building.hpp"
#include "services/cloudformation/background/removing.hpp"
#include "services/cloudformation/background/restoring.hpp"
#include "services/cloudformation/limits.hpp"

#include <algorithm>

namespace diorama::cloudformation {

namespace {

std::string what_failed(const Stack& stack) {
    std::vector<std::string> created;
    std::vector<std::string> updated;
    for (const auto& name : stack.failed)
        (stack.before.contains(name) ? updated : created).push_back(name);
    std::string told;
    if (!created.empty()) told += failed_resources("create", created);
    if (!updated.empty()) told += failed_resources("update", updated);
    return told;
}

} // namespace

void StackOperations::resume() {
    for (const auto& [id, stack] : surroundings_.state.stacks)
        if (stack.is_busy()) start(id);
}

// Soon, and not in the call that asked for it: AWS answers before anything happens.
void StackOperations::start(const std::string& stack_id) {
    auto& timer = timers_[stack_id] = Timer(surroundings_.environment.scheduler);
    timer.start_after(Duration(0), [this, stack_id] { advance(stack_id); });
}

void StackOperations::advance(const std::string& stack_id) {
    auto* stack = surroundings_.state.stacks.edit(stack_id);
    if (stack == nullptr) return;
    while (stack->is_busy() && step(*stack)) {
    }
    surroundings_.environment.journal.commit();
    if (stack->is_busy())
        timers_[stack_id].start_after(pause_of(*stack), [this, stack_id] { advance(stack_id); });
    // The timer of a stack that is done stays, idle: this runs inside it.
}

// What has taken long will take longer: it is looked at less and less often.
Duration StackOperations::pause_of(const Stack& stack) const {
    constexpr int looks = 40; // in the time that it takes already
    return std::clamp<Duration>(
        (surroundings_.now() - stack.began) / looks,
        limits::stabilisation_poll,
        limits::longest_stabilisation_poll
    );
}

void StackOperations::create(Stack& stack) {
    stack.began = surroundings_.now();
    stack.failed.clear();
    surroundings_.set_status(stack, "CREATE_IN_PROGRESS", "User Initiated");
    start(stack.id);
}

void StackOperations::update(Stack& stack, StackSource source) {
    stack.began = surroundings_.now();
    stack.updated = stack.began;
    stack.failed.clear();
    stack.removals.clear();
    stack.before.clear();
    for (auto& [name, resource] : stack.resources) {
        if (resource.status == "DELETE_COMPLETE" || resource.status == "DELETE_SKIPPED") continue;
        resource.is_new = false;
        resource.progress = Progress::waiting;
        stack.before[name] = resource;
    }
    stack.resources = stack.before;
    stack.source_before = std::exchange(stack.source, std::move(source));
    surroundings_.set_status(stack, "UPDATE_IN_PROGRESS", "User Initiated");
    start(stack.id);
}

void StackOperations::remove(Stack& stack) {
    stack.began = surroundings_.now();
    stack.failed.clear();
    stack.removals.clear();
    Removing::begin_with_everything(stack);
    surroundings_.set_status(stack, "DELETE_IN_PROGRESS", "User Initiated");
    start(stack.id);
}

void StackOperations::cancel_update(Stack& stack) {
    for (auto& [name, resource] : stack.resources) {
        if (resource.progress != Progress::working) continue;
        resource.progress = Progress::failed;
        surroundings_.set_status(stack, resource, "UPDATE_FAILED", "Resource update cancelled");
    }
    begin_rollback_of_update(stack, "User Initiated");
}

void StackOperations::continue_rollback(Stack& stack, const std::set<std::string>& skipped) {
    for (auto& [name, resource] : stack.resources) {
        if (resource.progress != Progress::failed) continue;
        resource.progress = skipped.contains(name) ? Progress::done : Progress::waiting;
    }
    stack.failed.clear();
    surroundings_.set_status(stack, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated");
    start(stack.id);
}

bool StackOperations::step(Stack& stack) {
    if (stack.status == "CREATE_IN_PROGRESS" || stack.status == "UPDATE_IN_PROGRESS")
        return step_building(stack);
    if (stack.status == "UPDATE_ROLLBACK_IN_PROGRESS") return step_restoring(stack);
    return step_removing(stack);
}

bool StackOperations::step_building(Stack& stack) {
    auto outcome = Building::Outcome::failed;
    try {
        outcome = Building(surroundings_, stack).step();
    } catch (const aws::AWSError& error) { // of the template as a whole
        stack.reason = error.message();
    }
    switch (outcome) {
    case Building::Outcome::waits:
        return false;
    case Building::Outcome::goes_on:
        break;
    case Building::Outcome::failed:
        building_failed(stack);
        break;
    case Building::Outcome::finished:
        building_finished(stack);
        break;
    }
    return true;
}

void StackOperations::building_failed(Stack& stack) {
    const bool is_update = stack.status == "UPDATE_IN_PROGRESS";
    auto reason = std::exchange(stack.reason, {});
    if (!stack.failed.empty())
        reason = what_failed(stack);
    else if (reason.empty() || reason == "User Initiated")
        reason = "Stack creation time exceeded the specified timeout. ";
    if (stack.on_failure == OnFailure::nothing)
        return end(stack, is_update ? "UPDATE_FAILED" : "CREATE_FAILED", std::move(reason));
    if (is_update) return begin_rollback_of_update(stack, std::move(reason));
    Removing::begin_with_everything(stack);
    if (stack.on_failure == OnFailure::remove)
        return surroundings_
            .set_status(stack, "DELETE_IN_PROGRESS", reason + "Delete requested by user.");
    surroundings_.set_status(stack, "ROLLBACK_IN_PROGRESS", reason + "Rollback requested by user.");
}

void StackOperations::building_finished(Stack& stack) {
    if (stack.status == "CREATE_IN_PROGRESS") return end(stack, "CREATE_COMPLETE");
    // What the template does not have any more goes last, when nothing needs it.
    const auto& built = stack.resources;
    std::vector<std::string> gone;
    for (const auto& [name, resource] : built)
        if (resource.progress == Progress::waiting) gone.push_back(name);
    for (const auto& name : gone) {
        stack.removals.push_back(stack.resources.at(name));
        stack.resources.erase(name);
    }
    for (auto& resource : stack.removals)
        resource.progress = Progress::waiting;
    stack.before.clear();
    stack.source_before.reset();
    surroundings_.set_status(stack, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
}

void StackOperations::begin_rollback_of_update(Stack& stack, std::string reason) {
    Restoring(surroundings_, stack).begin();
    surroundings_.set_status(stack, "UPDATE_ROLLBACK_IN_PROGRESS", std::move(reason));
}

bool StackOperations::step_restoring(Stack& stack) {
    switch (Restoring(surroundings_, stack).step()) {
    case Restoring::Outcome::waits:
        return false;
    case Restoring::Outcome::goes_on:
        break;
    case Restoring::Outcome::failed:
        end(stack, "UPDATE_ROLLBACK_FAILED", failed_resources("update", stack.failed));
        break;
    case Restoring::Outcome::finished:
        if (stack.source_before) stack.source = *stack.source_before;
        stack.source_before.reset();
        stack.before.clear();
        surroundings_.set_status(stack, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS");
        break;
    }
    return true;
}

bool StackOperations::step_removing(Stack& stack) {
    switch (Removing(surroundings_, stack).step()) {
    case Removing::Outcome::waits:
        return false;
    case Removing::Outcome::goes_on:
        break;
    case Removing::Outcome::finished:
        removing_finished(stack);
        break;
    }
    return true;
}

void StackOperations::removing_finished(Stack& stack) {
    const auto failed = Removing(surroundings_, stack).failed();
    stack.removals.clear();
    if (stack.status == "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS") return end(stack, "UPDATE_COMPLETE");
    if (stack.status == "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        return end(stack, "UPDATE_ROLLBACK_COMPLETE");
    const bool is_rollback = stack.status == "ROLLBACK_IN_PROGRESS";
    if (!failed.empty())
        return end(
            stack,
            is_rollback ? "ROLLBACK_FAILED" : "DELETE_FAILED",
            failed_resources("delete", failed)
        );
    if (is_rollback) return end(stack, "ROLLBACK_COMPLETE");
    stack.deleted = surroundings_.now();
    stack.imports.clear();
    end(stack, "DELETE_COMPLETE");
}

void StackOperations::end(Stack& stack, std::string status, std::string reason) {
    const bool is_well = status == "CREATE_COMPLETE" || status == "UPDATE_COMPLETE";
    if (is_well)
        for (auto& [name, resource] : stack.resources)
            resource.is_new = false;
    surroundings_.set_status(stack, std::move(status), std::move(reason));
    change_set_executed(stack, is_well ? "EXECUTE_COMPLETE" : "EXECUTE_FAILED");
}

void StackOperations::change_set_executed(const Stack& stack, const char* status) {
    auto* set = surroundings_.state.change_sets.edit(stack.change_set_id);
    if (set != nullptr && set->execution_status == "EXECUTE_IN_PROGRESS")
        set->execution_status = status;
}

} // namespace diorama::cloudformation
