// Lists in pages: a token is the number of items that came before. For operations that make the
// whole list anyway; what changes between two pages may move items across their border.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace diorama::aws {

// Cuts `items` down to the page of at most `most` that `token` names, and sets the token of the
// next page if there is one. False if `token` is not one of ours.
template <class Item>
[[nodiscard]] bool keep_page(
    std::vector<Item>& items,
    std::size_t most,
    const std::optional<std::string>& token,
    std::optional<std::string>& next
) {
    std::size_t first = 0;
    if (token) {
        const char* end = token->data() + token->size();
        const auto [stop, error] = std::from_chars(token->data(), end, first);
        if (error != std::errc{} || stop != end || token->empty()) return false;
    }
    first = std::min(first, items.size());
    const std::size_t last = first + std::min(most, items.size() - first);
    if (last < items.size()) next = std::to_string(last);
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(last), items.end());
    items.erase(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(first));
    return true;
}

} // namespace diorama::aws
