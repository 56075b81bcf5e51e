// The objects of one edge location, bounded in bytes: the least recently used go first.
#pragma once

#include "services/cloudfront/data/entry.hpp"

#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace diorama::cloudfront {

class CacheStore {
public:
    explicit CacheStore(std::size_t capacity)
        : capacity_(capacity) {}

    // Fresh or not; counts as a use.
    EntryPtr find(std::string_view key);
    // Replaces. An entry larger than the whole store is not kept.
    void put(std::string key, EntryPtr entry);
    void erase(std::string_view key);
    // Removes what the predicate says; returns how many.
    std::size_t erase_if(const std::function<bool(const Entry&)>& is_removed);

    std::size_t size() const { return entries_.size(); }

    std::size_t bytes() const { return bytes_; }

private:
    struct Slot {
        std::string key;
        EntryPtr entry;
        std::size_t bytes = 0;
    };

    using Slots = std::list<Slot>; // most recently used first
    void remove(Slots::iterator slot);

    std::size_t capacity_;
    std::size_t bytes_ = 0;
    Slots slots_;
    // order-free: only looked up by key. The keys are views into the slots.
    std::unordered_map<std::string_view, Slots::iterator> entries_;
};

} // namespace diorama::cloudfront
