// What a scenario is composed of before anybody reads its sections: the file, the files that it
// includes, the world that was chosen, and what --set changes, laid over each other as one tree.
#pragma once

#include "emulator/simulation/reader/yaml_tree.hpp"
#include "emulator/simulation/scenario_reader.hpp"

#include <string>
#include <vector>

namespace diorama::simulation {

struct Composition {
    YamlNode tree;
    std::string description; // the comment at the head of the file
};

// How far includes may reach.
struct IncludeLimits {
    std::size_t depth = 8;
    std::size_t files = 64;
};

// Nothing when there is no tree to read at all.
std::optional<Composition> compose(
    const std::string& path,
    const SourceFiles& files,
    const std::vector<std::string>& overrides,
    Mistakes& mistakes
);

// Sets what "key=value" says; the value is YAML. A dot leads into a map, or into a list by number
// from 1; keys with dots in them are found, too.
void apply_override(YamlNode& tree, const std::string& override_text, Mistakes& mistakes);

// The path of a file that is named in another, relative to the folder of that one.
std::string beside(const std::string& file, const std::string& path);

} // namespace diorama::simulation
