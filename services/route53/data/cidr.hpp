// Blocks of addresses ("192.0.2.0/24") and maps from blocks to values, where the longest block that
// an address lies in counts. Pure.
#pragma once

#include "emulator/network/address.hpp"

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace diorama::route53 {

struct CidrBlock {
    network::IPAddress address; // bits beyond the prefix are zero
    unsigned prefix = 0;

    // Nothing when the text is no block, or has bits beyond its prefix.
    static std::optional<CidrBlock> parse(std::string_view text);
    std::string to_string() const;

    unsigned bits() const { return address.is_v4() ? 32 : 128; }

    // The block of that length around this one.
    CidrBlock shortened(unsigned to_prefix) const;
    bool overlaps(const CidrBlock& other) const;
    auto operator<=>(const CidrBlock&) const = default;
};

template <class Value>
class CidrMap {
public:
    void put(const CidrBlock& block, Value value) {
        prefixes_.insert(block.prefix);
        values_.insert_or_assign(block, std::move(value));
    }

    // AWS: "If the DNS query's subnet is longer than a block, it matches the shorter block"; the
    // longest block wins.
    const Value* find(const CidrBlock& where) const {
        for (auto prefix = prefixes_.rbegin(); prefix != prefixes_.rend(); ++prefix) {
            if (*prefix > where.prefix) continue;
            const auto found = values_.find(where.shortened(*prefix));
            if (found != values_.end()) return &found->second;
        }
        return nullptr;
    }

    bool empty() const { return values_.empty(); }

private:
    std::map<CidrBlock, Value> values_;
    std::set<unsigned> prefixes_; // that occur
};

} // namespace diorama::route53
