// See yaml_tree.hpp.
#include "emulator/simulation/reader/yaml_tree.hpp"

#include <fmt/format.h>

#include <map>
#include <sstream>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

namespace diorama::simulation {

namespace {

// yaml-cpp stops at 500 levels of its own; a tree of ours is walked with less stack.
constexpr std::size_t deepest = 64;

// Ends the parsing of a document that is too large.
struct TooLarge {
    YAML::Mark mark;
    std::string message;
};

int open_parentheses(std::string_view text) {
    int open = 0;
    for (const char letter : text)
        open += letter == '(' ? 1 : letter == ')' ? -1 : 0;
    return open;
}

bool is_torn(const YamlNode& node) {
    return node.is_scalar() && !node.is_quoted && open_parentheses(node.text) > 0;
}

// Within brackets and braces YAML ends a plain scalar at a comma. A law with two parameters then
// comes in pieces; pieces follow until the parentheses are closed.
void mend_sequence(std::vector<YamlNode>& items) {
    for (std::size_t i = 0; i < items.size(); ++i) {
        while (is_torn(items[i]) && i + 1 < items.size() && items[i + 1].is_scalar()) {
            items[i].text += ", " + items[i + 1].text;
            items.erase(items.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        }
    }
}

void mend_map(std::vector<YamlNode::Entry>& entries) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
        while (is_torn(entries[i].value) && i + 1 < entries.size()) {
            const auto& next = entries[i + 1];
            // "empirical(1ms: 50%, 20ms: 50%)" tears into keys with values.
            if (!next.value.is_null() && !next.value.is_scalar()) break;
            entries[i].value.text += ", " + next.key;
            if (next.value.is_scalar()) entries[i].value.text += ": " + next.value.text;
            entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        }
    }
}

class TreeBuilder final : public YAML::EventHandler {
public:
    TreeBuilder(const std::string& file, Mistakes& mistakes, YamlLimits limits)
        : file_(file)
        , mistakes_(mistakes)
        , limits_(limits) {}

    YamlNode root;

    void OnDocumentStart(const YAML::Mark&) override {}

    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        finish(node_at(mark, YamlNode::Kind::null), anchor);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end()) {
            mistakes_.add(position_of(mark), "an alias of what is not complete yet");
            return OnNull(mark, 0);
        }
        YamlNode copy = found->second.first;
        count(mark, found->second.second);
        finish(std::move(copy), 0);
    }

    void OnScalar(
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        const std::string& value
    ) override {
        YamlNode node = node_at(mark, YamlNode::Kind::scalar);
        node.is_quoted = tag == "!";
        node.text = value;
        finish(std::move(node), anchor);
    }

    void OnSequenceStart(
        const YAML::Mark& mark,
        const std::string&,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value style
    ) override {
        open(mark, YamlNode::Kind::sequence, anchor, style);
    }

    void OnSequenceEnd() override { close(); }

    void OnMapStart(
        const YAML::Mark& mark,
        const std::string&,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value style
    ) override {
        open(mark, YamlNode::Kind::map, anchor, style);
    }

    void OnMapEnd() override { close(); }

private:
    struct Level {
        YamlNode node;
        YAML::anchor_t anchor = 0;
        bool is_flow = false;
        std::optional<YamlNode> key; // of a map, while its value is awaited
        std::size_t nodes_before = 0;
    };

    Position position_of(const YAML::Mark& mark) const {
        return {file_, mark.line + 1, mark.column + 1};
    }

    void count(const YAML::Mark& mark, std::size_t nodes) {
        nodes_ += nodes;
        if (nodes_ > limits_.nodes)
            throw TooLarge{mark, fmt::format("the file has more than {} values", limits_.nodes)};
    }

    YamlNode node_at(const YAML::Mark& mark, YamlNode::Kind kind) {
        count(mark, 1);
        YamlNode node;
        node.kind = kind;
        node.position = position_of(mark);
        return node;
    }

    void open(
        const YAML::Mark& mark,
        YamlNode::Kind kind,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value style
    ) {
        if (levels_.size() >= deepest)
            throw TooLarge{mark, fmt::format("nested more than {} levels deep", deepest)};
        Level level;
        level.nodes_before = nodes_;
        level.node = node_at(mark, kind);
        level.anchor = anchor;
        level.is_flow = style == YAML::EmitterStyle::Flow;
        levels_.push_back(std::move(level));
    }

    void close() {
        Level level = std::move(levels_.back());
        levels_.pop_back();
        if (level.is_flow) mend_sequence(level.node.items);
        if (level.is_flow) mend_map(level.node.entries);
        report_repeated_keys(level.node);
        finish(std::move(level.node), level.anchor, nodes_ - level.nodes_before);
    }

    void report_repeated_keys(YamlNode& map) {
        std::map<std::string, int> lines;
        std::erase_if(map.entries, [&](const YamlNode::Entry& entry) {
            const auto [first, is_new] = lines.emplace(entry.key, entry.position.line);
            if (is_new) return false;
            mistakes_.add(
                entry.position,
                fmt::format("`{}` is given twice, first in line {}", entry.key, first->second)
            );
            return true;
        });
    }

    void finish(YamlNode node, YAML::anchor_t anchor, std::size_t nodes = 1) {
        if (anchor != 0) {
            // Remembering is copying, too.
            count({}, nodes);
            anchors_[anchor] = {node, nodes};
        }
        if (levels_.empty()) {
            root = std::move(node);
            return;
        }
        Level& level = levels_.back();
        if (level.node.is_sequence()) {
            level.node.items.push_back(std::move(node));
        } else if (!level.key) {
            if (!node.is_scalar() && !node.is_null())
                mistakes_.add(node.position, "a key is a single word or text");
            level.key = std::move(node);
        } else {
            level.node.entries.push_back({level.key->text, level.key->position, std::move(node)});
            level.key.reset();
        }
    }

    const std::string& file_;
    Mistakes& mistakes_;
    YamlLimits limits_;
    std::size_t nodes_ = 0;
    std::vector<Level> levels_;
    std::map<YAML::anchor_t, std::pair<YamlNode, std::size_t>> anchors_;
};

// yaml-cpp's words for what everybody gets wrong once.
std::string explained(const YAML::Exception& error) {
    if (error.msg.find("illegal map value") != std::string::npos)
        return "not YAML: a text with `: ` in it needs quotes";
    return "not YAML: " + error.msg;
}

} // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
    for (const auto& entry : entries) {
        if (entry.key == key) return &entry.value;
    }
    return nullptr;
}

YamlNode* YamlNode::find(std::string_view key) {
    return const_cast<YamlNode*>(std::as_const(*this).find(key));
}

Position YamlNode::at(std::size_t offset) const {
    Position where = position;
    where.column += static_cast<int>(offset) + (is_quoted ? 1 : 0);
    return where;
}

std::optional<YamlNode> parse_yaml(
    const std::string& text,
    const std::string& file,
    Mistakes& mistakes,
    YamlLimits limits
) {
    if (text.size() > limits.bytes) {
        mistakes.add({file, 1, 1}, fmt::format("larger than {} bytes", limits.bytes));
        return std::nullopt;
    }
    if (const auto zero = text.find('\0'); zero != std::string::npos) {
        mistakes.add({file, 1, 1}, "not YAML: not a text file");
        return std::nullopt;
    }
    TreeBuilder builder(file, mistakes, limits);
    try {
        std::istringstream stream(text);
        YAML::Parser parser(stream);
        parser.HandleNextDocument(builder);
        return std::move(builder.root);
    } catch (const YAML::Exception& error) {
        const auto& mark = error.mark;
        const Position where{file, mark.line < 0 ? 1 : mark.line + 1, mark.column + 1};
        mistakes.add(where, explained(error));
    } catch (const TooLarge& error) {
        mistakes.add({file, error.mark.line + 1, error.mark.column + 1}, error.message);
    }
    return std::nullopt;
}

void merge_into(YamlNode& lower, const YamlNode& upper) {
    if (!lower.is_map() || !upper.is_map()) {
        lower = upper;
        return;
    }
    for (const auto& entry : upper.entries) {
        if (YamlNode* existing = lower.find(entry.key))
            merge_into(*existing, entry.value);
        else
            lower.entries.push_back(entry);
    }
}

} // namespace diorama::simulation
