// See commit_history.hpp.
#include "services/rds/data/commit_history.hpp"

#include "services/rds/limits.hpp"

namespace diorama::rds {

void CommitHistory::open(std::uint64_t position) {
    const std::lock_guard lock(mutex_);
    open_.insert(position);
}

void CommitHistory::close(std::uint64_t position) {
    const std::lock_guard lock(mutex_);
    if (const auto found = open_.find(position); found != open_.end()) open_.erase(found);
    const auto needed = open_.empty() ? UINT64_MAX : *open_.begin();
    while (!entries_.empty() && entries_.front()->position <= needed) {
        changes_ -= entries_.front()->changes.size();
        entries_.pop_front();
    }
}

void CommitHistory::add(LogEntry entry) {
    const std::lock_guard lock(mutex_);
    if (open_.empty()) return;
    changes_ += entry.changes.size();
    entries_.push_back(std::make_shared<const LogEntry>(std::move(entry)));
    while (changes_ > limits::most_changes_in_history) {
        changes_ -= entries_.front()->changes.size();
        forgotten_ = entries_.front()->position;
        entries_.pop_front();
    }
}

std::optional<CommitHistory::Entries> CommitHistory::since(std::uint64_t position) const {
    const std::lock_guard lock(mutex_);
    if (position < forgotten_) return std::nullopt;
    Entries found;
    for (const auto& entry : entries_)
        if (entry->position > position) found.push_back(entry);
    return found;
}

} // namespace diorama::rds
