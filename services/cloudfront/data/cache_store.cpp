// See cache_store.hpp.
#include "services/cloudfront/data/cache_store.hpp"

namespace diorama::cloudfront {

EntryPtr CacheStore::find(std::string_view key) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return {};
    slots_.splice(slots_.begin(), slots_, found->second);
    return found->second->entry;
}

void CacheStore::put(std::string key, EntryPtr entry) {
    erase(key);
    const auto bytes = key.size() + entry->bytes();
    if (bytes > capacity_) return;
    while (bytes_ + bytes > capacity_)
        remove(std::prev(slots_.end()));
    slots_.push_front({std::move(key), std::move(entry), bytes});
    entries_.emplace(slots_.front().key, slots_.begin());
    bytes_ += bytes;
}

void CacheStore::erase(std::string_view key) {
    if (const auto found = entries_.find(key); found != entries_.end()) remove(found->second);
}

std::size_t CacheStore::erase_if(const std::function<bool(const Entry&)>& is_removed) {
    std::size_t count = 0;
    for (auto slot = slots_.begin(); slot != slots_.end();) {
        const auto next = std::next(slot);
        if (is_removed(*slot->entry)) {
            remove(slot);
            ++count;
        }
        slot = next;
    }
    return count;
}

void CacheStore::remove(Slots::iterator slot) {
    bytes_ -= slot->bytes;
    entries_.erase(slot->key);
    slots_.erase(slot);
}

} // namespace diorama::cloudfront
