// JSON documents, read by nlohmann's parser and printed in MySQL's way.
#include "services/rds/data/sql/json.hpp"

#include "services/rds/data/sql/json_path.hpp"
#include "services/rds/data/sql/type.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace diorama::rds::sql {

namespace {

using JSON = nlohmann::json;

// MySQL: documents nest at most 100 deep.
bool is_too_deep(std::string_view text) {
    int depth = 0;
    bool is_in_text = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_in_text && text[i] == '\\')
            ++i;
        else if (text[i] == '"')
            is_in_text = !is_in_text;
        else if (!is_in_text && (text[i] == '[' || text[i] == '{'))
            ++depth;
        else if (!is_in_text && (text[i] == ']' || text[i] == '}'))
            --depth;
        if (depth > 100) return true;
    }
    return false;
}

JSON parsed(std::string_view text) {
    if (is_too_deep(text)) return JSON(JSON::value_t::discarded);
    return JSON::parse(text, nullptr, false);
}

std::string dumped_text(const std::string& text) {
    return JSON(text).dump(-1, ' ', false, JSON::error_handler_t::replace);
}

void print(std::string& out, const JSON& document) {
    if (document.is_object()) {
        std::vector<std::pair<std::string, const JSON*>> members;
        for (const auto& [key, value] : document.items())
            members.emplace_back(key, &value);
        std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) {
            return std::pair(a.first.size(), a.first) < std::pair(b.first.size(), b.first);
        });
        out += '{';
        for (const auto& [key, value] : members) {
            if (out.back() != '{') out += ", ";
            out += dumped_text(key) + ": ";
            print(out, *value);
        }
        out += '}';
    } else if (document.is_array()) {
        out += '[';
        bool is_first = true;
        for (const auto& value : document) {
            if (!is_first) out += ", ";
            is_first = false;
            print(out, value);
        }
        out += ']';
    } else if (document.is_number_float()) {
        auto text = double_text(document.get<double>());
        if (text.find_first_of(".e") == std::string::npos) text += ".0";
        out += text;
    } else {
        out += document.dump(-1, ' ', false, JSON::error_handler_t::replace);
    }
}

std::string printed(const JSON& document) {
    std::string out;
    print(out, document);
    return out;
}

bool contains(const JSON& target, const JSON& candidate) {
    if (target.is_array()) {
        const auto has = [&](const JSON& wanted) {
            return std::any_of(target.begin(), target.end(), [&](const JSON& value) {
                return contains(value, wanted);
            });
        };
        if (!candidate.is_array()) return has(candidate);
        return std::all_of(candidate.begin(), candidate.end(), has);
    }
    if (target.is_object() && candidate.is_object()) {
        return std::all_of(
            candidate.items().begin(),
            candidate.items().end(),
            [&](const auto& member) {
                return target.contains(member.key()) &&
                       contains(target[member.key()], member.value());
            }
        );
    }
    return target == candidate;
}

} // namespace

std::optional<std::string> canonical_json(std::string_view text) {
    const auto document = parsed(text);
    if (document.is_discarded()) return std::nullopt;
    return printed(document);
}

std::string quoted_json(std::string_view text) {
    return dumped_text(std::string(text));
}

std::string unquoted_json(std::string_view text) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
    const auto document = parsed(text);
    return document.is_string() ? document.get<std::string>() : std::string(text);
}

std::optional<bool> json_contains_value(std::string_view target, std::string_view candidate) {
    const auto a = parsed(target);
    const auto b = parsed(candidate);
    if (a.is_discarded() || b.is_discarded()) return std::nullopt;
    return contains(a, b);
}

ExtractedJSON extracted_json(std::string_view text, const std::vector<std::string_view>& paths) {
    const auto document = parsed(text);
    if (document.is_discarded()) return {std::nullopt, 1};
    auto found = JSON::array();
    bool gives_array = paths.size() > 1;
    for (const auto text_of_path : paths) {
        const auto path = parse_json_path(text_of_path);
        if (const auto* position = std::get_if<std::size_t>(&path))
            return {std::nullopt, *position};
        const auto& legs = std::get<JSONPath>(path);
        gives_array = gives_array || legs.may_be_several;
        for (const auto* value : json_at(document, legs))
            found.push_back(*value);
    }
    if (found.empty()) return {};
    return {printed(gives_array ? found : found[0]), 0};
}

} // namespace diorama::rds::sql
