// See cache_store.hpp.
#include "services/cloudfront/data/cache_store.hpp"

namespace diorama::cloudfront {

EntryPtr CacheStore::find(std::string_view key) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return {};
    use(*found->second);
    return found->second->entry;
}

void CacheStore::put(std::string key, EntryPtr entry) {
    erase(key);
    const auto bytes = key.size() + entry->bytes();
    if (bytes > capacity_) return;
    while (bytes_ + bytes > capacity_)
        remove(*earliest_);
    if (unused_.empty()) unused_.push_back(&slots_.emplace_back());
    Slot& slot = *unused_.back();
    unused_.pop_back();
    slot.key = std::move(key);
    slot.entry = std::move(entry);
    slot.bytes = bytes;
    chain(slot);
    entries_.emplace(slot.key, &slot);
    bytes_ += bytes;
}

void CacheStore::erase(std::string_view key) {
    if (const auto found = entries_.find(key); found != entries_.end()) remove(*found->second);
}

std::size_t CacheStore::erase_if(const std::function<bool(const Entry&)>& is_removed) {
    std::size_t count = 0;
    for (Slot* slot = latest_; slot != nullptr;) {
        Slot* next = slot->earlier;
        if (is_removed(*slot->entry)) {
            remove(*slot);
            ++count;
        }
        slot = next;
    }
    return count;
}

void CacheStore::remove(Slot& slot) {
    bytes_ -= slot.bytes;
    entries_.erase(slot.key);
    unchain(slot);
    slot.entry.reset();
    slot.key = {};
    ++slot.generation;
    unused_.push_back(&slot);
}

} // namespace diorama::cloudfront
