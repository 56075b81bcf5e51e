// Pagination as every List operation of CloudFront does it: items after Marker, at most MaxItems.
#pragma once

#include "services/cloudfront/api.hpp"

#include <charconv>
#include <optional>
#include <string>
#include <vector>

namespace diorama::cloudfront {

template <class Item>
struct Page {
    std::vector<Item> items;
    std::int32_t max_items = 100;
    std::optional<std::string> next_marker;
};

// AWS: MaxItems is "The maximum number … in the response", 100 by default.
inline std::int32_t max_items_of(const std::optional<std::string>& text) {
    constexpr std::int32_t standard = 100;
    if (!text || text->empty()) return standard;
    std::int32_t number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc() || end != text->data() + text->size() || number < 1)
        throw api::InvalidArgument("The parameter MaxItems is not valid.");
    return std::min(number, standard);
}

// `all` in order; the marker of an item is its id, and a page begins after its marker.
template <class Item, class IdOf>
Page<Item> page_of(
    std::vector<Item> all,
    const std::optional<std::string>& marker,
    const std::optional<std::string>& max_items,
    IdOf id_of
) {
    Page<Item> page;
    page.max_items = max_items_of(max_items);
    bool is_before = marker && !marker->empty();
    for (auto& item : all) {
        if (is_before) {
            is_before = id_of(item) != *marker;
            continue;
        }
        if (page.items.size() == static_cast<std::size_t>(page.max_items)) {
            page.next_marker = id_of(page.items.back());
            break;
        }
        page.items.push_back(std::move(item));
    }
    return page;
}

// The entity tag that If-Match must name.
inline void check_if_match(const std::optional<std::string>& if_match, const std::string& e_tag) {
    if (!if_match || if_match->empty())
        throw api::InvalidIfMatchVersion(
            "The If-Match version is missing or not valid for the resource."
        );
    if (*if_match != e_tag)
        throw api::PreconditionFailed(
            "The request failed because it didn't meet the preconditions in one or more "
            "request-header fields."
        );
}

inline std::string new_id(Random& random) {
    return "E" + random.base36_upper(13);
}

inline std::string location_of(const std::string& resource) {
    return "https://cloudfront.amazonaws.com/2020-05-31/" + resource;
}

} // namespace diorama::cloudfront
