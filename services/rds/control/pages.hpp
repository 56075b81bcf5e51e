// Lists in pages (MaxRecords, Marker) and by filters, the same way in all Describe operations.
#pragma once

#include "services/rds/control/validation.hpp"

#include <algorithm>
#include <functional>

namespace diorama::rds {

// Records in key order; the marker is the key of the last one given.
class Page {
public:
    Page(std::optional<std::int32_t> max_records, const std::optional<std::string>& marker)
        : most_(static_cast<std::size_t>(max_records.value_or(100)))
        , after_(marker.value_or("")) {
        if (max_records && (*max_records < 20 || *max_records > 100)) {
            throw invalid_value(
                "Invalid value {} for MaxRecords. Must be between 20 and 100",
                *max_records
            );
        }
    }

    // Whether the record with this key, which comes next and fits, is to be given.
    bool takes(const std::string& key) {
        if (!after_.empty() && key <= after_) return false;
        if (taken_ == most_) {
            marker_ = last_;
            return false;
        }
        ++taken_;
        last_ = key;
        return true;
    }

    // Where to go on; nothing at the end.
    const std::optional<std::string>& marker() const { return marker_; }

private:
    std::size_t most_;
    std::size_t taken_ = 0;
    std::string after_;
    std::string last_;
    std::optional<std::string> marker_;
};

// `value_of` gives the value that a filter looks at, nothing for a filter that there is not.
inline bool matches(
    const std::vector<api::Filter>& filters,
    const std::function<std::optional<std::string>(std::string_view name)>& value_of
) {
    return std::all_of(filters.begin(), filters.end(), [&](const api::Filter& filter) {
        const auto value = value_of(filter.name);
        if (!value) throw invalid_value("Unrecognized filter name: {}", filter.name);
        return std::find(filter.values.begin(), filter.values.end(), *value) != filter.values.end();
    });
}

} // namespace diorama::rds
