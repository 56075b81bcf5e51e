// One page of a bucket's keys, as ListObjects and ListObjectsV2 want it: in byte order, those with
// a prefix, what lies behind a delimiter rolled up into common prefixes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::s3 {

// Where a page begins: after this key, or after everything that begins with this common prefix.
struct ListPosition {
    std::string after;
    bool is_common_prefix = false;
    bool operator==(const ListPosition&) const = default;
};

struct ListQuery {
    std::string prefix;
    std::string delimiter; // empty: none
    ListPosition position;
    std::size_t max_keys = 1000;
};

// The common prefix that `key` is rolled up into; nothing when it stands for itself.
std::optional<std::string_view> common_prefix_of(std::string_view key, const ListQuery& query);

// The least string greater than every string that begins with `prefix`; nothing when there is none.
std::optional<std::string> after_prefix(std::string prefix);

// Opaque to clients.
std::string encode_token(const ListPosition& position);
std::optional<ListPosition> decode_token(std::string_view token);

template <class Record>
struct ListPage {
    std::vector<Record> records;
    std::vector<std::string> common_prefixes;
    bool is_truncated = false;
    ListPosition last; // of what is on this page
};

template <class Record, class Order>
ListPage<Record>
list_page(const std::map<std::string, Record, Order>& records, const ListQuery& query) {
    ListPage<Record> page;
    if (query.max_keys == 0) return page;
    auto next = records.lower_bound(query.prefix);
    if (query.position.is_common_prefix) {
        const auto rest = after_prefix(query.position.after);
        const auto start = rest ? records.lower_bound(*rest) : records.end();
        if (start == records.end() || next == records.end() || start->first > next->first)
            next = start;
    } else if (!query.position.after.empty() && query.position.after >= query.prefix) {
        next = records.upper_bound(query.position.after);
    }
    while (next != records.end() && next->first.starts_with(query.prefix)) {
        if (page.records.size() + page.common_prefixes.size() == query.max_keys) {
            page.is_truncated = true;
            break;
        }
        if (const auto rolled_up = common_prefix_of(next->first, query)) {
            page.last = {std::string(*rolled_up), true};
            page.common_prefixes.push_back(page.last.after);
            // All else behind this prefix is the same entry: go straight past it.
            const auto rest = after_prefix(page.last.after);
            next = rest ? records.lower_bound(*rest) : records.end();
        } else {
            page.last = {next->first, false};
            page.records.push_back(next->second);
            ++next;
        }
    }
    return page;
}

} // namespace diorama::s3
