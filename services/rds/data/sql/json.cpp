// JSON documents, read by nlohmann's parser and printed in MySQL's way.
#include "services/rds/data/sql/json.hpp"

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

// The value at "$.a[0].\"b c\""; invalid paths give false.
bool follow(const JSON*& at, std::string_view path) {
    if (path.empty() || path[0] != '$') return false;
    path.remove_prefix(1);
    while (!path.empty()) {
        if (path[0] == '.') {
            path.remove_prefix(1);
            std::string key;
            if (!path.empty() && path[0] == '"') {
                const auto end = path.find('"', 1);
                if (end == std::string_view::npos) return false;
                key = path.substr(1, end - 1);
                path.remove_prefix(end + 1);
            } else {
                key = path.substr(0, path.find_first_of(".["));
                if (key.empty() || key.find('*') != std::string::npos) return false;
                path.remove_prefix(key.size());
            }
            if (at != nullptr) at = at->is_object() && at->contains(key) ? &(*at)[key] : nullptr;
        } else if (path[0] == '[') {
            const auto end = path.find(']');
            if (end == std::string_view::npos || end < 2) return false;
            std::size_t index = 0;
            for (const char c : path.substr(1, end - 1)) {
                if (c < '0' || c > '9' || index > 1'000'000'000) return false;
                index = index * 10 + static_cast<std::size_t>(c - '0');
            }
            path.remove_prefix(end + 1);
            if (at != nullptr && at->is_array())
                at = index < at->size() ? &(*at)[index] : nullptr;
            else if (index != 0)
                at = nullptr; // "$[0]" of a scalar is the scalar
        } else {
            return false;
        }
    }
    return true;
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
    if (document.is_discarded()) return {std::nullopt, true};
    auto found = JSON::array();
    for (const auto path : paths) {
        const JSON* at = &document;
        if (!follow(at, path)) return {std::nullopt, true};
        if (at != nullptr) found.push_back(*at);
    }
    if (found.empty()) return {std::nullopt, false};
    return {printed(paths.size() == 1 ? found[0] : found), false};
}

} // namespace diorama::rds::sql
