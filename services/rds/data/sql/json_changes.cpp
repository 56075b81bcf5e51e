// JSON documents changed and looked into: JSON_SET and its kin, JSON_KEYS, JSON_MERGE_PATCH.
// https://dev.mysql.com/doc/refman/8.0/en/json-modification-functions.html
#include "services/rds/data/sql/functions.hpp"
#include "services/rds/data/sql/json.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace diorama::rds::sql {

namespace {

using JSON = nlohmann::json;

// One leg of a path: a member, or a cell counted from the front or from "last".
struct Leg {
    std::optional<std::string> member;
    std::size_t cell = 0;
    bool is_from_last = false;
};

using Path = std::vector<Leg>;

std::optional<Leg> cell_leg(std::string_view text) {
    Leg leg;
    leg.is_from_last = text.starts_with("last");
    if (leg.is_from_last) {
        text.remove_prefix(4);
        if (text.empty()) return leg;
        if (text[0] != '-') return std::nullopt;
        text.remove_prefix(1);
    }
    if (text.empty() || text.size() > 9) return std::nullopt;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        leg.cell = leg.cell * 10 + static_cast<std::size_t>(c - '0');
    }
    return leg;
}

// Nothing for what is no path, or one with wildcards.
std::optional<Path> parse_path(std::string_view text) {
    if (!text.starts_with('$')) return std::nullopt;
    text.remove_prefix(1);
    Path path;
    while (!text.empty()) {
        if (text[0] == '[') {
            const auto end = text.find(']');
            if (end == std::string_view::npos) return std::nullopt;
            auto leg = cell_leg(text.substr(1, end - 1));
            if (!leg) return std::nullopt;
            path.push_back(std::move(*leg));
            text.remove_prefix(end + 1);
            continue;
        }
        if (text[0] != '.') return std::nullopt;
        text.remove_prefix(1);
        const bool is_quoted = text.starts_with('"');
        const auto end =
            is_quoted ? text.find('"', 1) : std::min(text.find_first_of(".["), text.size());
        if (end == std::string_view::npos || end == 0) return std::nullopt;
        auto member = std::string(is_quoted ? text.substr(1, end - 1) : text.substr(0, end));
        if (!is_quoted && member.find('*') != std::string::npos) return std::nullopt;
        text.remove_prefix(is_quoted ? end + 1 : end);
        path.push_back({std::move(member), 0, false});
    }
    return path;
}

// Where the leg leads; nullptr where nothing is. A scalar is also its own only cell.
JSON* step(JSON* at, const Leg& leg) {
    if (leg.member) {
        if (!at->is_object()) return nullptr;
        const auto found = at->find(*leg.member);
        return found == at->end() ? nullptr : &*found;
    }
    if (!at->is_array()) return leg.cell == 0 ? at : nullptr;
    if (leg.cell >= at->size()) return nullptr;
    return &(*at)[leg.is_from_last ? at->size() - 1 - leg.cell : leg.cell];
}

JSON* follow(JSON& document, std::span<const Leg> path) {
    auto* at = &document;
    for (const auto& leg : path)
        if (at != nullptr) at = step(at, leg);
    return at;
}

std::optional<JSON> document_of(const Call& call, std::size_t argument) {
    const auto text = canonical_json(call.text(argument)); // checks the depth too
    if (text) return std::make_optional<JSON>(JSON::parse(*text, nullptr, false));
    call.fail(
        {3141,
         "22032",
         fmt::format(
             "Invalid JSON text in argument {} to function json: \"Invalid value.\" at position 0.",
             argument + 1
         )}
    );
    return std::nullopt;
}

std::optional<Path> path_of(const Call& call, std::size_t argument) {
    auto path = parse_path(call.text(argument));
    if (!path)
        call.fail(
            {3143,
             "42000",
             "Invalid JSON path expression. The error is around character position 1."}
        );
    return path;
}

void give(const Call& call, const JSON& document) {
    call.result(*canonical_json(document.dump(-1, ' ', false, JSON::error_handler_t::replace)));
}

// Puts a value where nothing was: a new member, or a cell after the last.
void put_new(JSON& document, const Path& path, const JSON& value) {
    if (path.empty()) return;
    auto* parent = follow(document, std::span(path).first(path.size() - 1));
    if (parent == nullptr) return;
    const auto& leg = path.back();
    if (leg.member) {
        if (parent->is_object()) (*parent)[*leg.member] = value;
        return;
    }
    if (leg.is_from_last) return;
    if (!parent->is_array()) *parent = JSON::array({*parent});
    parent->push_back(value);
}

void insert_cell(JSON& document, const Path& path, const JSON& value) {
    if (path.empty() || path.back().member) return;
    auto* parent = follow(document, std::span(path).first(path.size() - 1));
    if (parent == nullptr || !parent->is_array()) return;
    const auto& leg = path.back();
    const auto size = parent->size();
    const auto at =
        leg.is_from_last ? size - std::min(size, leg.cell + 1) : std::min(size, leg.cell);
    parent->insert(parent->begin() + static_cast<std::ptrdiff_t>(at), value);
}

// my_json_change(kind, document, path, [value], …): each value alone in an array.
void change(const Call& call) {
    auto document = document_of(call, 1);
    if (!document) return;
    const auto kind = call.text(0);
    for (std::size_t i = 2; i + 1 < call.size(); i += 2) {
        const auto path = path_of(call, i);
        if (!path) return;
        const auto wrapped = JSON::parse(call.text(i + 1), nullptr, false);
        const auto& value = wrapped.is_array() && !wrapped.empty() ? wrapped[0] : wrapped;
        auto* found = follow(*document, *path);
        if (kind == "ARRAY_INSERT") {
            insert_cell(*document, *path, value);
        } else if (kind == "ARRAY_APPEND") {
            if (found == nullptr) continue;
            if (!found->is_array()) *found = JSON::array({*found});
            found->push_back(value);
        } else if (found != nullptr) {
            if (kind != "INSERT") *found = JSON(value);
        } else if (kind != "REPLACE") {
            put_new(*document, *path, value);
        }
    }
    give(call, *document);
}

void remove(const Call& call) {
    auto document = document_of(call, 0);
    if (!document) return;
    for (std::size_t i = 1; i < call.size(); ++i) {
        const auto path = path_of(call, i);
        if (!path) return;
        if (path->empty())
            return call.fail(
                {3153, "42000", "The path expression '$' is not allowed in this context."}
            );
        auto* parent = follow(*document, std::span(*path).first(path->size() - 1));
        const auto& leg = path->back();
        if (parent == nullptr) continue;
        if (leg.member && parent->is_object()) parent->erase(*leg.member);
        if (!leg.member && parent->is_array() && leg.cell < parent->size())
            parent->erase(leg.is_from_last ? parent->size() - 1 - leg.cell : leg.cell);
    }
    give(call, *document);
}

// The document, or what its path argument leads to; nothing when there is none, or after an error.
std::optional<JSON> chosen(const Call& call, std::size_t path_argument) {
    auto document = document_of(call, 0);
    if (!document || call.size() <= path_argument) return document;
    const auto path = path_of(call, path_argument);
    if (!path) return std::nullopt;
    auto* found = follow(*document, *path);
    if (found == nullptr) {
        call.null();
        return std::nullopt;
    }
    return std::make_optional<JSON>(*found);
}

void length(const Call& call) {
    const auto value = chosen(call, 1);
    if (value) call.result(value->is_structured() ? static_cast<std::int64_t>(value->size()) : 1);
}

void keys(const Call& call) {
    const auto value = chosen(call, 1);
    if (!value) return;
    if (!value->is_object()) return call.null();
    // As printed: sorted by length, then by bytes.
    std::vector<std::string> names;
    for (const auto& [key, ignored] : value->items())
        names.push_back(key);
    std::sort(names.begin(), names.end(), [](const auto& a, const auto& b) {
        return std::pair(a.size(), a) < std::pair(b.size(), b);
    });
    give(call, JSON(names));
}

std::int64_t depth_of(const JSON& value) {
    std::int64_t deepest = 0;
    if (value.is_structured())
        for (const auto& item : value)
            deepest = std::max(deepest, depth_of(item));
    return deepest + 1;
}

void depth(const Call& call) {
    if (const auto value = document_of(call, 0)) call.result(depth_of(*value));
}

void type(const Call& call) {
    const auto value = document_of(call, 0);
    if (!value) return;
    const std::string_view name =
        value->is_object()         ? "OBJECT"
        : value->is_array()        ? "ARRAY"
        : value->is_string()       ? "STRING"
        : value->is_boolean()      ? "BOOLEAN"
        : value->is_null()         ? "NULL"
        : value->is_number_float() ? "DOUBLE"
        : value->is_number_unsigned() && value->get<std::uint64_t>() > INT64_MAX
            ? "UNSIGNED INTEGER"
            : "INTEGER";
    call.result(name);
}

void contains_path(const Call& call) {
    auto document = document_of(call, 0);
    if (!document) return;
    const bool wants_all = call.text(1) == "all";
    bool result = wants_all;
    for (std::size_t i = 2; i < call.size(); ++i) {
        const auto path = path_of(call, i);
        if (!path) return;
        const bool is_there = follow(*document, *path) != nullptr;
        result = wants_all ? result && is_there : result || is_there;
    }
    call.result(std::int64_t{result});
}

// (target, candidate, path)
void contains_at(const Call& call) {
    const auto value = chosen(call, 2);
    if (!value) return;
    const auto result = json_contains_value(value->dump(), call.text(1));
    result ? call.result(std::int64_t{*result}) : call.null();
}

void merge_patch(const Call& call) {
    auto document = document_of(call, 0);
    for (std::size_t i = 1; document && i < call.size(); ++i) {
        const auto patch = document_of(call, i);
        if (!patch) return;
        document->merge_patch(*patch);
    }
    if (document) give(call, *document);
}

JSON merged(const JSON& a, const JSON& b) {
    if (a.is_object() && b.is_object()) {
        auto result = a;
        for (const auto& [key, value] : b.items())
            result[key] = a.contains(key) ? merged(a[key], value) : value;
        return result;
    }
    auto result = a.is_array() ? a : JSON::array({a});
    for (const auto& value : b.is_array() ? b : JSON::array({b}))
        result.push_back(value);
    return result;
}

void merge_preserve(const Call& call) {
    auto document = document_of(call, 0);
    for (std::size_t i = 1; document && i < call.size(); ++i) {
        const auto other = document_of(call, i);
        if (!other) return;
        *document = merged(*document, *other);
    }
    if (document) give(call, *document);
}

constexpr std::array functions = {
    Function{"my_json_change", change},
    Function{"my_json_remove", remove},
    Function{"my_json_length", length},
    Function{"my_json_keys", keys},
    Function{"my_json_depth", depth},
    Function{"my_json_type", type},
    Function{"my_json_contains_path", contains_path},
    Function{"my_json_contains_at", contains_at},
    Function{"my_json_merge_patch", merge_patch},
    Function{"my_json_merge_preserve", merge_preserve},
};

} // namespace

std::span<const Function> json_change_functions() {
    return functions;
}

} // namespace diorama::rds::sql
