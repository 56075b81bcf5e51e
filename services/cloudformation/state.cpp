// See state.hpp; records are encoded in state_encoding.cpp.
#include "services/cloudformation/state.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::cloudformation {

namespace {

// Events of a stack lie together, in the order in which they happened.
std::string event_prefix(const std::string& stack_id) {
    return stack_id + "#";
}

} // namespace

State::State(Journal& journal)
    : stacks(journal, "cloudformation.stacks")
    , events(journal, "cloudformation.events")
    , change_sets(journal, "cloudformation.change_sets") {
    for (const auto& [key, event] : events)
        last_event_ = std::max<std::uint64_t>(
            last_event_,
            std::stoull(key.substr(event_prefix(event.stack_id).size()))
        );
}

const Stack* State::find_stack(const Place& place, const std::string& name_or_id) const {
    if (name_or_id.starts_with("arn:")) {
        const auto* stack = stacks.find(name_or_id);
        return stack != nullptr && stack->place == place ? stack : nullptr;
    }
    for (const auto& [id, stack] : stacks)
        if (stack.name == name_or_id && stack.place == place && !stack.is_gone()) return &stack;
    return nullptr;
}

const ChangeSet* State::find_change_set(const Stack& stack, const std::string& name_or_id) const {
    for (const auto* set : change_sets_of(stack.id))
        if (set->name == name_or_id || set->id == name_or_id) return set;
    return nullptr;
}

std::vector<const ChangeSet*> State::change_sets_of(const std::string& stack_id) const {
    std::vector<const ChangeSet*> sets;
    for (const auto& [id, set] : change_sets)
        if (set.stack_id == stack_id) sets.push_back(&set);
    return sets;
}

std::vector<const Event*> State::events_of(const std::string& stack_id) const {
    std::vector<const Event*> found;
    const auto prefix = event_prefix(stack_id);
    for (auto entry = events.lower_bound(prefix);
         entry != events.end() && entry->first.starts_with(prefix);
         ++entry)
        found.push_back(&entry->second);
    std::reverse(found.begin(), found.end());
    return found;
}

void State::add_event(Event event) {
    const auto key = fmt::format("{}{:012}", event_prefix(event.stack_id), ++last_event_);
    events.put(key, std::move(event));
}

const Stack* State::exporter_of(const Place& place, const std::string& export_name) const {
    for (const auto& [id, stack] : stacks) {
        if (stack.place != place || stack.is_gone()) continue;
        for (const auto& output : stack.outputs)
            if (output.export_name == export_name && !export_name.empty()) return &stack;
    }
    return nullptr;
}

void State::forget_stack(const std::string& id) {
    std::vector<std::string> keys;
    const auto prefix = event_prefix(id);
    for (auto entry = events.lower_bound(prefix);
         entry != events.end() && entry->first.starts_with(prefix);
         ++entry)
        keys.push_back(entry->first);
    for (const auto& key : keys)
        events.erase(key);
    keys.clear();
    for (const auto* set : change_sets_of(id))
        keys.push_back(set->id);
    for (const auto& key : keys)
        change_sets.erase(key);
    stacks.erase(id);
}

} // namespace diorama::cloudformation
