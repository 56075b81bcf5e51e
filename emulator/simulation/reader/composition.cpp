// See composition.hpp.
#include "emulator/simulation/reader/composition.hpp"

#include "emulator/simulation/reader/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

namespace diorama::simulation {

namespace {

constexpr std::size_t largest_file = 4 * 1024 * 1024;

class Includer {
public:
    Includer(const SourceFiles& files, Mistakes& mistakes)
        : files_(files)
        , mistakes_(mistakes) {}

    // The file over what it includes. `from` is where it is named.
    std::optional<YamlNode> read(const std::string& path, const Position& from) {
        if (open_.size() >= limits_.depth || ++read_ > limits_.files) {
            mistakes_.add(
                from,
                fmt::format(
                    "too many includes: at most {} files, {} deep",
                    limits_.files,
                    limits_.depth
                )
            );
            return std::nullopt;
        }
        const auto text = files_.read(path, largest_file);
        if (!text) {
            mistakes_.add(from, fmt::format("cannot read {}", path));
            return std::nullopt;
        }
        auto tree = parse_yaml(*text, path, mistakes_);
        if (!tree) return std::nullopt;
        if (!tree->is_map()) {
            mistakes_.add({path, 1, 1}, "not a scenario: a scenario is a map of sections");
            return std::nullopt;
        }
        return over_includes(*std::move(tree), path);
    }

private:
    YamlNode over_includes(YamlNode tree, const std::string& path) {
        const YamlNode* include = tree.find("include");
        if (include == nullptr) return tree;
        open_.push_back(path);
        YamlNode lower;
        lower.kind = YamlNode::Kind::map;
        lower.position = tree.position;
        if (include->is_sequence()) {
            for (const YamlNode& item : include->items)
                lay_over(lower, item, path);
        } else {
            lay_over(lower, *include, path);
        }
        open_.pop_back();
        std::erase_if(tree.entries, [](const auto& entry) { return entry.key == "include"; });
        merge_into(lower, tree);
        return lower;
    }

    void lay_over(YamlNode& lower, const YamlNode& name, const std::string& path) {
        if (!name.is_scalar() || name.text.empty()) {
            mistakes_.add(name.position, "`include` names a file, or a list of files");
            return;
        }
        const std::string included = beside(path, name.text);
        if (std::ranges::find(open_, included) != open_.end()) {
            std::string cycle;
            for (const auto& open : open_)
                cycle += open + " → ";
            mistakes_.add(name.position, fmt::format("includes itself: {}{}", cycle, included));
            return;
        }
        if (auto tree = read(included, name.position)) merge_into(lower, *tree);
    }

    const SourceFiles& files_;
    Mistakes& mistakes_;
    IncludeLimits limits_;
    std::size_t read_ = 0;
    std::vector<std::string> open_;
};

// The comment at the head of a file, without what is meant for editors.
std::string head_comment(const std::string& text) {
    std::string comment;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        std::string_view line(text.data() + begin, end - begin);
        begin = end + 1;
        if (!line.starts_with('#')) break;
        line = line.substr(line.find_first_not_of('#') == std::string_view::npos ? line.size() : 1);
        if (line.find("yaml-language-server:") != std::string_view::npos) continue;
        if (line.starts_with(' ')) line.remove_prefix(1);
        while (line.ends_with(' ') || line.ends_with('\r'))
            line.remove_suffix(1);
        comment.append(line).push_back('\n');
    }
    while (comment.ends_with('\n'))
        comment.pop_back();
    return comment;
}

// Lays the chosen world over the tree. Nothing is chosen: the first.
void choose_world(YamlNode& tree, Mistakes& mistakes) {
    const YamlNode* worlds = tree.find("worlds");
    const YamlNode* chosen = tree.find("world");
    const bool has_worlds = worlds != nullptr && worlds->is_map() && !worlds->entries.empty();
    if (!has_worlds) {
        if (chosen != nullptr)
            mistakes.add(chosen->position, "a world is chosen, but `worlds` names none");
        return;
    }
    const YamlNode* world = &worlds->entries.front().value;
    if (chosen != nullptr) {
        world = worlds->find(chosen->text);
        if (world == nullptr) {
            std::vector<std::string> names;
            for (const auto& entry : worlds->entries)
                names.push_back(entry.key);
            mistakes.add(
                chosen->position,
                fmt::format("no world `{}`", chosen->text),
                nearest_word(chosen->text, names)
            );
            return;
        }
    }
    if (!world->is_map()) return; // reported where the section is read
    const YamlNode overlay = *world;
    for (const auto& entry : overlay.entries) {
        if (entry.key == "description") continue;
        YamlNode single;
        single.kind = YamlNode::Kind::map;
        single.entries.push_back(entry);
        merge_into(tree, single);
    }
}

// The entry of the map whose key the path begins with: the longest, as keys may have dots.
YamlNode::Entry* entry_of(YamlNode& map, std::string_view path) {
    YamlNode::Entry* best = nullptr;
    for (auto& entry : map.entries) {
        const bool fits = path.starts_with(entry.key) &&
                          (path.size() == entry.key.size() || path[entry.key.size()] == '.');
        if (fits && (best == nullptr || entry.key.size() > best->key.size())) best = &entry;
    }
    return best;
}

YamlNode* item_of(YamlNode& sequence, std::string_view word) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    const bool is_number = error == std::errc() && end == word.data() + word.size();
    if (!is_number || number == 0 || number > sequence.items.size()) return nullptr;
    return &sequence.items[number - 1];
}

// Where the path leads, made where it does not exist; nothing when it leads through a value.
YamlNode* reach(YamlNode& tree, std::string_view path, const Position& position) {
    YamlNode* node = &tree;
    while (!path.empty()) {
        const std::string_view word = path.substr(0, path.find('.'));
        std::size_t taken = word.size();
        if (node->is_sequence()) {
            node = item_of(*node, word);
            if (node == nullptr) return nullptr;
        } else if (node->is_map() || node->is_null()) {
            node->kind = YamlNode::Kind::map;
            YamlNode::Entry* entry = entry_of(*node, path);
            if (entry == nullptr) {
                node->entries.push_back({std::string(word), position, {}});
                entry = &node->entries.back();
                entry->value.position = position;
            }
            taken = entry->key.size();
            node = &entry->value;
        } else {
            return nullptr;
        }
        path.remove_prefix(std::min(path.size(), taken + 1));
    }
    return node;
}

void relocate(YamlNode& node, const Position& position) {
    node.position = position;
    for (auto& item : node.items)
        relocate(item, position);
    for (auto& entry : node.entries) {
        entry.position = position;
        relocate(entry.value, position);
    }
}

// The value of an override: YAML, or the bare text where that would be no YAML.
YamlNode value_of(const std::string& text, const Position& position) {
    Mistakes ignored;
    auto value = parse_yaml(text, position.file, ignored, {.bytes = 65'536, .nodes = 10'000});
    if (!value || !ignored.empty()) {
        value.emplace();
        value->kind = YamlNode::Kind::scalar;
        value->text = text;
    }
    relocate(*value, position);
    return *std::move(value);
}

} // namespace

std::string beside(const std::string& file, const std::string& path) {
    const std::filesystem::path folder = std::filesystem::path(file).parent_path();
    return (folder / path).lexically_normal().string();
}

void apply_override(YamlNode& tree, const std::string& override_text, Mistakes& mistakes) {
    const Position position{"--set " + override_text, 0, 0};
    const auto equals = override_text.find('=');
    const auto key = trimmed(std::string_view(override_text).substr(0, equals));
    if (equals == std::string::npos || key.empty()) {
        mistakes.add(position, "an override is written `key=value`");
        return;
    }
    YamlNode* node = reach(tree, key, position);
    if (node == nullptr) {
        mistakes.add(position, fmt::format("`{}` leads to nothing", key));
        return;
    }
    *node = value_of(override_text.substr(equals + 1), position);
}

std::optional<Composition> compose(
    const std::string& path,
    const SourceFiles& files,
    const std::vector<std::string>& overrides,
    Mistakes& mistakes
) {
    const std::string normal = std::filesystem::path(path).lexically_normal().string();
    auto tree = Includer(files, mistakes).read(normal, {path, 0, 0});
    if (!tree) return std::nullopt;
    // Once to know the world that is chosen, and once more so that they win over it.
    Mistakes ignored;
    for (const auto& text : overrides)
        apply_override(*tree, text, ignored);
    choose_world(*tree, mistakes);
    for (const auto& text : overrides)
        apply_override(*tree, text, mistakes);
    const auto text = files.read(normal, largest_file);
    return Composition{*std::move(tree), text ? head_comment(*text) : ""};
}

} // namespace diorama::simulation
