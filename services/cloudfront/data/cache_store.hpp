// The objects of one edge location, bounded in bytes: the least recently used go first.
#pragma once

#include "services/cloudfront/data/entry.hpp"

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace diorama::cloudfront {

class CacheStore {
    // Chained by their last use. Never freed, but used again for another entry.
    struct Slot {
        EntryPtr entry;
        Slot* later = nullptr;
        Slot* earlier = nullptr;
        std::uint64_t generation = 1; // another for every entry that lies here
        std::size_t bytes = 0;
        std::string key;
    };

public:
    explicit CacheStore(std::size_t capacity)
        : capacity_(capacity) {}

    CacheStore(const CacheStore&) = delete;
    CacheStore& operator=(const CacheStore&) = delete;

    // Where an entry of this store lay when it was found last.
    struct Place {
        Slot* slot = nullptr;
        std::uint64_t generation = 0; // tells the entry from others that lie there later
    };

    // Fresh or not; counts as a use.
    EntryPtr find(std::string_view key);

    // The same, at once if it still lies at `place`, which is always of one key. nullptr: none.
    const EntryPtr* find(std::string_view key, Place& place) {
        if (place.slot == nullptr || place.slot->generation != place.generation) {
            const auto found = entries_.find(key);
            if (found == entries_.end()) return nullptr;
            place = {found->second, found->second->generation};
        }
        use(*place.slot);
        return &place.slot->entry;
    }

    // Replaces. An entry larger than the whole store is not kept.
    void put(std::string key, EntryPtr entry);
    void erase(std::string_view key);
    // Removes what the predicate says; returns how many.
    std::size_t erase_if(const std::function<bool(const Entry&)>& is_removed);

    std::size_t size() const { return entries_.size(); }

    std::size_t bytes() const { return bytes_; }

private:
    void use(Slot& slot) {
        if (&slot == latest_) return;
        unchain(slot);
        chain(slot);
    }

    void chain(Slot& slot) {
        slot.earlier = latest_;
        slot.later = nullptr;
        (latest_ == nullptr ? earliest_ : latest_->later) = &slot;
        latest_ = &slot;
    }

    void unchain(Slot& slot) {
        (slot.later == nullptr ? latest_ : slot.later->earlier) = slot.earlier;
        (slot.earlier == nullptr ? earliest_ : slot.earlier->later) = slot.later;
    }

    void remove(Slot& slot);

    std::size_t capacity_;
    std::size_t bytes_ = 0;
    std::deque<Slot> slots_; // they stay where they are
    std::vector<Slot*> unused_;
    Slot* latest_ = nullptr;
    Slot* earliest_ = nullptr;
    // order-free: only looked up by key. The keys are views into the slots.
    std::unordered_map<std::string_view, Slot*> entries_;
};

} // namespace diorama::cloudfront
