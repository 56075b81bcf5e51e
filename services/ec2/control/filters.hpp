// The Filter parameter of the Describe operations.
#pragma once

#include "services/ec2/api.hpp"
#include "services/ec2/state.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::ec2 {

// The values a resource has for a filter name ("instance-state-name"); nothing for a name the
// resource does not know.
using FilterValues = std::function<std::optional<std::vector<std::string>>(std::string_view name)>;

// AWS: filters are joined by AND, the values of one by OR; values are case-sensitive, with * and ?.
// "tag:Key", "tag-key" are answered from `tags`. Throws InvalidParameterValue for an unknown name.
bool matches(
    const std::vector<api::Filter>& filters,
    const Tags& tags,
    const FilterValues& values_of
);

// For operations that may have nothing to match: throws for an unknown name all the same. Asks
// `values_of` for the names only.
void check_names(const std::vector<api::Filter>& filters, const FilterValues& values_of);

} // namespace diorama::ec2
