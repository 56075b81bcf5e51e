// The MaxResults and NextToken of the Describe operations.
#pragma once

#include "emulator/aws/error.hpp"
#include "emulator/aws/pages.hpp"
#include "services/ec2/limits.hpp"

#include <fmt/format.h>

#include <vector>

namespace diorama::ec2 {

// Cuts the items of `result` down to the page that `input` asks for. What the model does not bound
// is bound here: AWS answers at most a thousand at a time.
template <class Input, class Result, class Item>
void keep_page(const Input& input, Result& result, std::vector<Item>& items) {
    if (input.max_results && *input.max_results < 1)
        throw aws::AWSError(
            "InvalidParameterValue",
            400,
            fmt::format("Value ( {} ) for parameter maxResults is invalid.", *input.max_results)
        );
    const auto most =
        static_cast<std::size_t>(input.max_results.value_or(limits::results_per_page));
    if (!aws::keep_page(items, most, input.next_token, result.next_token))
        throw aws::AWSError(
            "InvalidNextToken",
            400,
            fmt::format("The token '{}' is invalid.", *input.next_token)
        );
}

} // namespace diorama::ec2
