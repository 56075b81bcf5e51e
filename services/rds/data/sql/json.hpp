// JSON as MySQL prints it: keys sorted by length, then by bytes, a space after ':' and ','.
// https://dev.mysql.com/doc/refman/8.0/en/json.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::rds::sql {

// Nothing for what is not JSON.
std::optional<std::string> canonical_json(std::string_view text);
std::string quoted_json(std::string_view text);
std::string unquoted_json(std::string_view text);
std::optional<bool> json_contains_value(std::string_view target, std::string_view candidate);

struct ExtractedJSON {
    std::optional<std::string> text;
    std::size_t wrong_at = 0; // the character at which a path is none, from 1
};

// One path without wildcards gives the value, others an array of what they lead to.
ExtractedJSON extracted_json(std::string_view text, const std::vector<std::string_view>& paths);

} // namespace diorama::rds::sql
