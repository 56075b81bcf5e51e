// What has changed in a session since its client was last told, for clients that track that.
// https://dev.mysql.com/doc/refman/8.0/en/session-state-tracking.html
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::rds::sql {

struct SessionChanges {
    bool schema = false;
    // Anything that another connection would not have.
    bool state = false;
    std::vector<std::string> variables; // in the order they were set

    bool is_empty() const { return !schema && !state && variables.empty(); }

    void note_variable(std::string_view name) {
        state = true;
        if (std::find(variables.begin(), variables.end(), name) == variables.end())
            variables.emplace_back(name);
    }

    void note_schema() { schema = state = true; }
};

} // namespace diorama::rds::sql
