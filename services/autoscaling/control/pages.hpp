// The pages of Auto Scaling's lists: MaxRecords and NextToken.
#pragma once

#include "emulator/aws/pages.hpp"
#include "services/autoscaling/api.hpp"
#include "services/autoscaling/limits.hpp"

namespace diorama::autoscaling {

template <class Item, class Input, class Result>
void keep_page(std::vector<Item>& items, const Input& input, int usual, Result& result) {
    const int most = std::clamp(input.max_records.value_or(usual), 1, limits::records_per_page);
    const auto size = static_cast<std::size_t>(most);
    if (!aws::keep_page(items, size, input.next_token, result.next_token))
        throw api::InvalidNextToken("The token '{}' is invalid.", *input.next_token);
}

} // namespace diorama::autoscaling
