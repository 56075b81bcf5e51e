// See section.hpp.
#include "emulator/simulation/reader/section.hpp"

#include "emulator/simulation/reader/composition.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace diorama::simulation {

std::string Reading::path_in(const YamlNode& node) const {
    // What --set says is relative to the scenario.
    const bool is_override = node.position.file.starts_with("--set ");
    return beside(is_override ? scenario.path : node.position.file, node.text);
}

void Reading::need_file(const YamlNode& node, const std::string& path) {
    if (options.needs_files && !files.exists(path)) mistake(node, fmt::format("no file {}", path));
}

void Reading::need_resource(Position where, const std::string& id, std::string_view types) {
    if (!outline) return;
    const auto wanted = split_choices(types);
    const auto fits = [&wanted](const std::string& type) {
        return wanted.empty() || std::ranges::find(wanted, type) != wanted.end();
    };
    std::vector<std::string> known;
    for (const auto& [name, type] : outline->resources) {
        if (name == id && fits(type)) return;
        if (name == id) {
            mistakes.add(
                std::move(where),
                fmt::format("`{}` is an {}, not an {}", id, type, fmt::join(wanted, " or an "))
            );
            return;
        }
        if (fits(type)) known.push_back(name);
    }
    auto suggestion = nearest_word(id, known);
    if (suggestion.empty() && known.size() == 1) suggestion = known.front();
    mistakes.add(
        std::move(where),
        fmt::format("the template has no resource `{}`", id),
        std::move(suggestion)
    );
}

bool Reading::is_within_run(const YamlNode& node, Duration at) {
    if (at < Duration::zero()) {
        mistake(node, fmt::format("`{}` is before the start", node.text));
        return false;
    }
    // When the duration itself was wrong there is nothing to compare with.
    if (scenario.duration > Duration::zero() && at >= scenario.duration) {
        mistake(
            node,
            fmt::format(
                "`{}` is after the end of the run ({})",
                node.text,
                spelled(scenario.duration)
            )
        );
        return false;
    }
    return true;
}

Section::Section(Reading& reading, const YamlNode& node, const SectionKeys& keys)
    : reading_(reading)
    , node_(node)
    , keys_(keys) {
    if (!node.is_map()) {
        if (!node.is_null())
            reading.mistake(
                node, fmt::format("expected keys: {}", fmt::join(keys.names(), ", "))
            );
        return;
    }
    for (const auto& entry : node.entries) {
        if (keys.find(entry.key) != nullptr) continue;
        reading.mistakes.add(
            entry.position,
            fmt::format("unknown key `{}`", entry.key),
            nearest_word(entry.key, keys.names())
        );
    }
}

const YamlNode* Section::find(std::string_view key) const {
    const YamlNode* node = node_.find(key);
    return node == nullptr || node->is_null() ? nullptr : node;
}

const YamlNode* Section::require(std::string_view key) {
    const YamlNode* node = find(key);
    if (node == nullptr && node_.is_map())
        reading_.mistake(node_, fmt::format("`{}` is missing", key));
    return node;
}

bool Section::text(std::string_view key, std::string& into) {
    const YamlNode* node = find(key);
    const std::string* text = node ? scalar_of(reading_, *node, "a text") : nullptr;
    if (text != nullptr) into = *text;
    return text != nullptr;
}

bool Section::flag(std::string_view key, bool& into) {
    const YamlNode* node = find(key);
    if (node == nullptr) return false;
    if (node->text == "true" || node->text == "yes") {
        into = true;
    } else if (node->text == "false" || node->text == "no") {
        into = false;
    } else {
        reading_.mistake(*node, fmt::format("`{}` is neither true nor false", node->text));
        return false;
    }
    return true;
}

bool Section::duration(std::string_view key, Duration& into) {
    const YamlNode* node = find(key);
    const auto value = node ? duration_of(reading_, *node) : std::nullopt;
    if (value) into = *value;
    return value.has_value();
}

bool Section::quantity(std::string_view key, Quantity quantity, double& into) {
    const YamlNode* node = find(key);
    const auto value = node ? quantity_of(reading_, *node, quantity) : std::nullopt;
    if (value) into = *value;
    return value.has_value();
}

bool Section::share(std::string_view key, double& into) {
    double value = 0;
    if (!quantity(key, Quantity::share, value)) return false;
    if (value > 1) {
        const YamlNode* node = find(key);
        const bool lacks_percent = node->text.find('%') == std::string::npos;
        reading_.mistake(
            *node,
            fmt::format(
                "`{}` is more than all{}",
                node->text,
                lacks_percent ? ": is a `%` missing?" : ""
            )
        );
        return false;
    }
    into = value;
    return true;
}

bool Section::law(std::string_view key, Quantity quantity, RandomVariable& into) {
    const YamlNode* node = find(key);
    const auto law = node ? law_of(reading_, *node, quantity) : std::nullopt;
    if (law) into = *law;
    return law.has_value();
}

bool Section::choice(std::string_view key, std::size_t& into) {
    const YamlNode* node = find(key);
    if (node == nullptr) return false;
    const auto choices = split_choices(keys_.find(key)->choices);
    const auto found = std::ranges::find(choices, node->text);
    if (found == choices.end()) {
        reading_.mistake(
            *node,
            fmt::format("`{}` is not one of {}", node->text, fmt::join(choices, ", ")),
            nearest_word(node->text, choices)
        );
        return false;
    }
    into = static_cast<std::size_t>(found - choices.begin());
    return true;
}

bool Section::count_up_to(std::string_view key, std::uint64_t most, std::uint64_t& into) {
    double value = 0;
    if (!quantity(key, Quantity::number, value)) return false;
    const YamlNode& node = *find(key);
    // Above 2^53 a double no longer counts.
    constexpr double exact = 9'007'199'254'740'992.0;
    if (value != std::floor(value)) {
        reading_.mistake(node, fmt::format("`{}` is not a whole number", node.text));
        return false;
    }
    if (value > std::min(exact, static_cast<double>(most))) {
        reading_.mistake(node, fmt::format("`{}` is too large", node.text));
        return false;
    }
    into = static_cast<std::uint64_t>(value);
    return true;
}

const std::string* scalar_of(Reading& reading, const YamlNode& node, std::string_view what) {
    if (node.is_scalar()) return &node.text;
    reading.mistake(node, fmt::format("expected {}", what));
    return nullptr;
}

std::vector<const YamlNode*> scalars_of(Reading& reading, const YamlNode& node) {
    std::vector<const YamlNode*> found;
    if (!node.is_sequence()) {
        if (scalar_of(reading, node, "a text or a list of texts") != nullptr)
            found.push_back(&node);
        return found;
    }
    for (const YamlNode& item : node.items) {
        if (scalar_of(reading, item, "a text") != nullptr) found.push_back(&item);
    }
    return found;
}

std::optional<double> quantity_of(Reading& reading, const YamlNode& node, Quantity quantity) {
    if (scalar_of(reading, node, description_of(quantity)) == nullptr) return std::nullopt;
    const auto value = quantity_of({node.text, 0}, quantity);
    if (!value) reading.mistake(node, value.problem);
    return value.value;
}

std::optional<Duration> duration_of(Reading& reading, const YamlNode& node) {
    const auto value = quantity_of(reading, node, Quantity::duration);
    if (!value) return std::nullopt;
    return Duration(std::llround(*value));
}

namespace {

// The arguments of a law that is written as a map, as if they stood in parentheses.
std::string argument_list(const YamlNode& arguments, std::string_view law) {
    if (arguments.is_scalar()) return arguments.text;
    std::vector<std::string> pieces;
    for (const YamlNode& item : arguments.items)
        pieces.push_back(item.text);
    for (const auto& entry : arguments.entries) {
        const bool is_weighted = law == "empirical";
        pieces.push_back(is_weighted ? entry.key + " " + entry.value.text : entry.value.text);
    }
    return fmt::format("{}", fmt::join(pieces, ", "));
}

} // namespace

std::optional<RandomVariable> law_of(Reading& reading, const YamlNode& node, Quantity quantity) {
    std::string text = node.text;
    const bool is_map = node.is_map() && node.entries.size() == 1;
    if (is_map) {
        const auto& [name, position, arguments] = node.entries.front();
        text = name + "(" + argument_list(arguments, name) + ")";
    } else if (scalar_of(reading, node, "a law like `6ms` or `lognormal(6ms, 0.5)`") == nullptr) {
        return std::nullopt;
    }
    const auto law = parse_law(text, quantity);
    if (law) return law.value;
    if (is_map)
        reading.mistake(node, law.problem.message, law.problem.suggestion);
    else
        reading.mistake(node, law.problem);
    return std::nullopt;
}

void check_placeholders(Reading& reading, const YamlNode& node, std::string_view text) {
    const std::size_t lead = node.text.find(text);
    const std::size_t shift = lead == std::string::npos ? 0 : lead;
    std::size_t from = 0;
    while ((from = text.find('{', from)) != std::string_view::npos) {
        const auto end = text.find('}', from);
        if (end == std::string_view::npos) {
            reading.mistake(node, Problem{shift + from, "a brace is not closed"});
            return;
        }
        const std::string name(text.substr(from + 1, end - from - 1));
        std::vector<std::string> known;
        for (const auto& [value, source] : reading.scenario.app.values)
            known.push_back(value);
        if (std::ranges::find(known, name) == known.end()) {
            auto near = nearest_word(name, known);
            auto message = fmt::format("`app: values` does not say what `{}` is", name);
            reading.mistake(node, Problem{shift + from + 1, std::move(message), std::move(near)});
        }
        from = end;
    }
}

} // namespace diorama::simulation
