// JSON paths: "$.a[1].\"b c\"", with wildcards, ranges and cells counted from the last.
// https://dev.mysql.com/doc/refman/8.0/en/json.html#json-path-syntax
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace diorama::rds::sql {

struct JSONCell {
    std::size_t number = 0;
    bool is_from_last = false; // "last-2"
};

struct JSONLeg {
    enum class Kind { member, cell, range, any_member, any_cell, any_depth } kind = Kind::member;
    std::string member;
    JSONCell from;
    JSONCell to; // of a range
};

struct JSONPath {
    std::vector<JSONLeg> legs;
    bool may_be_several = false; // has a wildcard or a range
};

// The path, or the character at which it goes wrong.
std::variant<JSONPath, std::size_t> parse_json_path(std::string_view text);

// What the path leads to, in the order of the document.
std::vector<const nlohmann::json*> json_at(const nlohmann::json& document, const JSONPath& path);

// The same with the path to each: what JSON_SEARCH prints.
struct FoundJSON {
    std::string path;
    const nlohmann::json* value = nullptr;
};

std::vector<FoundJSON> json_values_below(const nlohmann::json& document, const JSONPath& path);

} // namespace diorama::rds::sql
