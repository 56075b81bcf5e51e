// See restoring.hpp.
#include "services/cloudformation/background/restoring.hpp"

#include "services/cloudformation/limits.hpp"

#include <algorithm>

namespace diorama::cloudformation {

void Restoring::begin() {
    // The update did not touch what the list of removals holds of the old; it stays.
    stack_.removals.clear();
    auto now = std::exchange(stack_.resources, {});
    for (auto& [name, resource] : now) {
        const auto old = stack_.before.find(name);
        const bool is_same =
            old != stack_.before.end() && old->second.physical_id == resource.physical_id;
        if (is_same) continue;
        resource.progress = Progress::waiting;
        resource.is_new = true;
        if (!resource.physical_id.empty()) stack_.removals.push_back(resource);
    }
    for (const auto& [name, old] : stack_.before) {
        auto& resource = stack_.resources[name] = old;
        resource.progress = Progress::done;
        const auto changed = now.find(name);
        if (changed == now.end()) continue;
        if (changed->second.physical_id != old.physical_id) {
            surroundings_.set_status(stack_, resource, "UPDATE_COMPLETE");
        } else if (changed->second.properties != old.properties) {
            resource.progress = Progress::waiting;
            resource.previous = changed->second.properties;
            resource.notes = changed->second.notes;
        }
    }
    stack_.failed.clear();
}

Restoring::Outcome Restoring::step() {
    bool moved = false;
    bool waits = false;
    for (auto& [name, resource] : stack_.resources) {
        if (resource.progress == Progress::done || resource.progress == Progress::failed) continue;
        waits = true;
        if (resource.progress == Progress::working) {
            look_at(resource);
            moved = moved || resource.progress != Progress::working;
            continue;
        }
        const bool can_begin =
            std::all_of(resource.needs.begin(), resource.needs.end(), [&](const auto& other) {
                const auto found = stack_.resources.find(other);
                return found == stack_.resources.end() ||
                       found->second.progress == Progress::done ||
                       found->second.progress == Progress::failed;
            });
        if (!can_begin) continue;
        restore(resource);
        moved = true;
    }
    if (moved) return Outcome::goes_on;
    if (waits) return Outcome::waits;
    return stack_.failed.empty() ? Outcome::finished : Outcome::failed;
}

void Restoring::restore(StackResource& resource) {
    resource.began = surroundings_.now();
    surroundings_.set_status(stack_, resource, "UPDATE_IN_PROGRESS");
    const auto* type = find_resource_type(resource.type);
    auto work = surroundings_.work_on(stack_, resource);
    const auto failure = attempt(work, [&] { type->update(work); });
    resource.notes = work.notes;
    if (failure) return fail(resource, failure->reason);
    resource.progress = Progress::working;
}

void Restoring::look_at(StackResource& resource) {
    const auto* type = find_resource_type(resource.type);
    auto work = surroundings_.work_on(stack_, resource);
    bool is_stable = false;
    const auto failure = attempt(work, [&] {
        is_stable = type->is_stable(work);
        if (is_stable) resource.attributes = type->read(work);
    });
    resource.notes = work.notes;
    if (failure) return fail(resource, failure->reason);
    if (!is_stable) {
        if (surroundings_.now() - resource.began >= limits::stabilisation_timeout)
            fail(resource, "Resource did not stabilize in time");
        return;
    }
    resource.progress = Progress::done;
    resource.previous = Json::object();
    surroundings_.set_status(stack_, resource, "UPDATE_COMPLETE");
}

void Restoring::fail(StackResource& resource, const std::string& reason) {
    resource.progress = Progress::failed;
    stack_.failed.push_back(resource.logical_id);
    surroundings_.set_status(stack_, resource, "UPDATE_FAILED", reason);
}

} // namespace diorama::cloudformation
