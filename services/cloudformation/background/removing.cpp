// See removing.hpp.
#include "services/cloudformation/background/removing.hpp"

#include "services/cloudformation/limits.hpp"

#include <algorithm>
#include <array>

namespace diorama::cloudformation {
namespace {

// Errors of things that cannot go yet but will: they are being made, changed or still used.
constexpr std::array busy_codes{
    "InvalidDBInstanceState",
    "InvalidDBInstanceStateFault",
    "ResourceInUse",
    "ScalingActivityInProgress",
    "ResourceInUseFault",
    "ResourceContention",
    "DependencyViolation",
    "DistributionNotDisabled",
    "OriginAccessControlInUse",
    "CachePolicyInUse",
    "PriorRequestNotComplete"
};

bool is_busy(const StepFailure& failure) {
    return std::find(busy_codes.begin(), busy_codes.end(), failure.code) != busy_codes.end();
}

} // namespace

void Removing::begin_with_everything(Stack& stack) {
    for (auto& [name, resource] : stack.resources) {
        if (resource.status == "DELETE_COMPLETE" || resource.logical_id.empty()) continue;
        auto leaving = resource;
        leaving.progress = Progress::waiting;
        stack.removals.push_back(std::move(leaving));
    }
}

Removing::Outcome Removing::step() {
    bool moved = false;
    bool waits = false;
    for (auto& resource : stack_.removals) {
        if (resource.progress == Progress::done || resource.progress == Progress::failed) continue;
        if (resource.progress == Progress::waiting && is_needed(resource)) continue;
        waits = true;
        moved = advance(resource) || moved;
    }
    if (moved) return Outcome::goes_on;
    return waits ? Outcome::waits : Outcome::finished;
}

bool Removing::is_needed(const StackResource& resource) const {
    return std::any_of(stack_.removals.begin(), stack_.removals.end(), [&](const auto& other) {
        return other.progress != Progress::done && other.needs.contains(resource.logical_id) &&
               other.logical_id != resource.logical_id;
    });
}

bool Removing::advance(StackResource& resource) {
    const auto before = resource.progress;
    if (resource.progress == Progress::waiting)
        begin(resource);
    else
        look_at(resource);
    return resource.progress != before;
}

std::string Removing::policy_of(const StackResource& resource) const {
    if (stack_.retained.contains(resource.logical_id)) return "Retain";
    auto policy = resource.deletion_policy;
    // AWS: "RetainExceptOnCreate behaves like Retain except for the stack operation that initially
    // creates the resource."
    if (policy == "RetainExceptOnCreate") policy = resource.is_new ? "Delete" : "Retain";
    if (!policy.empty()) return policy;
    const auto* type = find_resource_type(resource.type);
    // What failed to come into being has nothing worth a snapshot.
    if (type == nullptr || resource.is_new) return "Delete";
    return std::string(type->default_deletion_policy(resource.properties));
}

void Removing::begin(StackResource& resource) {
    const auto* type = find_resource_type(resource.type);
    if (resource.physical_id.empty() || type == nullptr) return finish(resource, "DELETE_COMPLETE");
    const auto policy = policy_of(resource);
    if (policy == "Retain") return finish(resource, "DELETE_SKIPPED");
    if (resource.status != "DELETE_IN_PROGRESS") {
        resource.began = surroundings_.now();
        surroundings_.set_status(stack_, resource, "DELETE_IN_PROGRESS");
        show(resource);
    }
    auto work = surroundings_.work_on(stack_, resource);
    work.takes_snapshot = policy == "Snapshot" && type->supports_snapshots();
    const auto failure = attempt(work, [&] { type->remove(work); });
    resource.notes = work.notes;
    if (failure) return failed_with(resource, *failure);
    resource.progress = Progress::working;
}

void Removing::look_at(StackResource& resource) {
    const auto* type = find_resource_type(resource.type);
    auto work = surroundings_.work_on(stack_, resource);
    bool is_gone = false;
    const auto failure = attempt(work, [&] { is_gone = type->is_gone(work); });
    resource.notes = work.notes;
    if (failure) return failed_with(resource, *failure);
    if (is_gone) return finish(resource, "DELETE_COMPLETE");
    if (surroundings_.now() - resource.began >= limits::stabilisation_timeout)
        failed_with(resource, {"NotStabilized", "Resource did not stabilize in time"});
}

void Removing::failed_with(StackResource& resource, const StepFailure& failure) {
    // Something else still holds it; it is tried again.
    if (is_busy(failure) && surroundings_.now() - resource.began < limits::removal_patience) {
        resource.progress =
            resource.progress == Progress::working ? Progress::working : Progress::waiting;
        return;
    }
    resource.progress = Progress::failed;
    surroundings_.set_status(stack_, resource, "DELETE_FAILED", failure.reason);
    show(resource);
}

void Removing::finish(StackResource& resource, const char* status, const std::string& reason) {
    resource.progress = Progress::done;
    surroundings_.set_status(stack_, resource, status, reason);
    show(resource);
}

// While everything goes, descriptions of the stack's resources show how far each is; an update that
// cleans up shows the new ones.
void Removing::show(const StackResource& resource) {
    const auto found = stack_.resources.find(resource.logical_id);
    if (found != stack_.resources.end() && found->second.physical_id == resource.physical_id)
        found->second = resource;
}

std::vector<std::string> Removing::failed() const {
    std::vector<std::string> names;
    for (const auto& resource : stack_.removals)
        if (resource.progress == Progress::failed) names.push_back(resource.logical_id);
    return names;
}

} // namespace diorama::cloudformation
