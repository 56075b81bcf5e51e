// See filters.hpp.
#include "services/ec2/control/filters.hpp"

#include "emulator/aws/error.hpp"
#include "emulator/aws/wildcard.hpp"

#include <algorithm>

namespace diorama::ec2 {

namespace {

std::optional<std::vector<std::string>> tag_values(std::string_view name, const Tags& tags) {
    std::vector<std::string> values;
    if (name.starts_with("tag:")) {
        if (const auto found = tags.find(std::string(name.substr(4))); found != tags.end()) {
            values.push_back(found->second);
        }
        return values;
    }
    if (name != "tag-key") return std::nullopt;
    for (const auto& [key, value] : tags)
        values.push_back(key);
    return values;
}

bool any_matches(const std::vector<std::string>& wanted, const std::vector<std::string>& actual) {
    return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& pattern) {
        return std::any_of(actual.begin(), actual.end(), [&](const std::string& value) {
            return aws::matches_wildcard(pattern, value);
        });
    });
}

} // namespace

bool matches(
    const std::vector<api::Filter>& filters,
    const Tags& tags,
    const FilterValues& values_of
) {
    bool all_match = true; // every name is looked at, also behind one that does not match
    for (const auto& filter : filters) {
        const std::string name = filter.name.value_or("");
        auto actual = tag_values(name, tags);
        if (!actual) actual = values_of(name);
        if (!actual) {
            throw aws::AWSError(
                "InvalidParameterValue",
                400,
                fmt::format("The filter '{}' is invalid", name)
            );
        }
        all_match = all_match && any_matches(filter.values, *actual);
    }
    return all_match;
}

void check_names(const std::vector<api::Filter>& filters, const FilterValues& values_of) {
    matches(filters, {}, values_of);
}

} // namespace diorama::ec2
