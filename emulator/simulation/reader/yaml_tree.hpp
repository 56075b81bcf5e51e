// A YAML document as a tree in which everything knows where it stands: what yaml-cpp's events say,
// within limits, and with the parentheses of `cpu: lognormal(6ms, 0.5)` kept together where YAML
// would split them at the comma. Pure.
#pragma once

#include "emulator/simulation/mistake.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::simulation {

struct YamlNode {
    enum class Kind { null, scalar, sequence, map };
    struct Entry;

    Kind kind = Kind::null;
    std::string text; // of a scalar
    bool is_quoted = false;
    Position position;
    std::vector<YamlNode> items;
    std::vector<Entry> entries; // in the order of the file

    const YamlNode* find(std::string_view key) const;
    YamlNode* find(std::string_view key);

    bool is_null() const { return kind == Kind::null; }

    bool is_scalar() const { return kind == Kind::scalar; }

    bool is_sequence() const { return kind == Kind::sequence; }

    bool is_map() const { return kind == Kind::map; }

    // Where the character of the scalar's text stands.
    Position at(std::size_t offset) const;
};

struct YamlNode::Entry {
    std::string key;
    Position position; // of the key
    YamlNode value;
};

struct YamlLimits {
    std::size_t bytes = 4 * 1024 * 1024;
    std::size_t nodes = 100'000; // with those that aliases repeat
};

// The first document of a text; nothing, and a mistake, when it is no YAML. Keys that are given
// twice are mistakes too; the first counts.
std::optional<YamlNode>
parse_yaml(const std::string& text, const std::string& file, Mistakes& mistakes, YamlLimits = {});

// Lays `upper` over `lower`: maps are merged, everything else is replaced.
void merge_into(YamlNode& lower, const YamlNode& upper);

} // namespace diorama::simulation
