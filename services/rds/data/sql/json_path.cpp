// Paths read and followed.
#include "services/rds/data/sql/json_path.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

namespace {

using JSON = nlohmann::json;

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || (static_cast<unsigned char>(c) & 0x80) != 0;
}

class PathParser {
public:
    explicit PathParser(std::string_view text)
        : text_(text) {}

    std::variant<JSONPath, std::size_t> run() {
        skip_space();
        if (!accept('$')) return at_ + 1;
        while (true) {
            skip_space();
            if (at_ >= text_.size()) break;
            if (!leg()) return at_ + 1;
        }
        // MySQL: a path does not end with an ellipsis.
        if (!path_.legs.empty() && path_.legs.back().kind == JSONLeg::Kind::any_depth) return at_;
        return path_;
    }

private:
    void skip_space() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')
        )
            ++at_;
    }

    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    bool accept(char c) {
        if (peek() != c) return false;
        ++at_;
        return true;
    }

    bool add(JSONLeg leg) {
        path_.may_be_several = path_.may_be_several || (leg.kind != JSONLeg::Kind::member &&
                                                        leg.kind != JSONLeg::Kind::cell);
        path_.legs.push_back(std::move(leg));
        return true;
    }

    bool leg() {
        if (accept('.')) return member();
        if (accept('[')) return cell();
        if (text_.substr(at_).starts_with("**")) {
            at_ += 2;
            return add({JSONLeg::Kind::any_depth, {}, {}, {}});
        }
        return false;
    }

    bool member() {
        skip_space();
        if (accept('*')) return add({JSONLeg::Kind::any_member, {}, {}, {}});
        if (peek() == '"') {
            auto end = at_ + 1;
            while (end < text_.size() && text_[end] != '"')
                end += text_[end] == '\\' ? 2 : 1;
            if (end >= text_.size()) return false;
            const auto name = JSON::parse(text_.substr(at_, end + 1 - at_), nullptr, false);
            if (!name.is_string()) return false;
            at_ = end + 1;
            return add({JSONLeg::Kind::member, name.get<std::string>(), {}, {}});
        }
        const auto from = at_;
        while (is_name_character(peek()))
            ++at_;
        const bool is_name = at_ > from && !(text_[from] >= '0' && text_[from] <= '9');
        if (!is_name) return false;
        return add({JSONLeg::Kind::member, std::string(text_.substr(from, at_ - from)), {}, {}});
    }

    bool cell() {
        skip_space();
        JSONLeg leg{JSONLeg::Kind::any_cell, {}, {}, {}};
        if (!accept('*')) {
            leg.kind = JSONLeg::Kind::cell;
            if (!number(leg.from)) return false;
            skip_space();
            if (text_.substr(at_).starts_with("to")) {
                at_ += 2;
                skip_space();
                leg.kind = JSONLeg::Kind::range;
                if (!number(leg.to)) return false;
            }
        }
        skip_space();
        return accept(']') && add(std::move(leg));
    }

    bool number(JSONCell& cell) {
        if (text_.substr(at_).starts_with("last")) {
            at_ += 4;
            cell.is_from_last = true;
            skip_space();
            if (!accept('-')) return true;
            skip_space();
        }
        const auto from = at_;
        while (peek() >= '0' && peek() <= '9' && at_ - from < 9)
            cell.number = cell.number * 10 + static_cast<std::size_t>(text_[at_++] - '0');
        return at_ > from;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    JSONPath path_;
};

// The place of a cell among so many; nothing before the first.
std::optional<std::size_t> place_of(const JSONCell& cell, std::size_t size) {
    if (!cell.is_from_last) return cell.number;
    if (cell.number + 1 > size) return std::nullopt;
    return size - 1 - cell.number;
}

std::string member_leg(const std::string& name) {
    const bool is_plain = !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
                          std::all_of(name.begin(), name.end(), is_name_character);
    return is_plain ? "." + name : "." + JSON(name).dump();
}

class Walker {
public:
    std::vector<FoundJSON> found;

    void walk(
        const JSON& at,
        const std::string& path,
        const std::vector<JSONLeg>& legs,
        std::size_t next
    ) {
        if (next == legs.size()) {
            const bool is_known = std::any_of(found.begin(), found.end(), [&](const auto& other) {
                return other.value == &at;
            });
            if (!is_known) found.push_back({path, &at});
            return;
        }
        const auto& leg = legs[next];
        switch (leg.kind) {
        case JSONLeg::Kind::member:
            if (at.is_object() && at.contains(leg.member))
                walk(at[leg.member], path + member_leg(leg.member), legs, next + 1);
            return;
        case JSONLeg::Kind::any_member:
            for (const auto& [name, value] : members_of(at))
                walk(*value, path + member_leg(name), legs, next + 1);
            return;
        case JSONLeg::Kind::any_depth:
            walk(at, path, legs, next + 1);
            for (const auto& [name, value] : members_of(at))
                walk(*value, path + member_leg(name), legs, next);
            if (at.is_array())
                for (std::size_t i = 0; i < at.size(); ++i)
                    walk(at[i], fmt::format("{}[{}]", path, i), legs, next);
            return;
        default:
            return cells(at, path, legs, next);
        }
    }

private:
    // In MySQL's order: by length, then by bytes.
    static std::vector<std::pair<std::string, const JSON*>> members_of(const JSON& at) {
        std::vector<std::pair<std::string, const JSON*>> members;
        if (!at.is_object()) return members;
        for (const auto& [name, value] : at.items())
            members.emplace_back(name, &value);
        std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) {
            return std::pair(a.first.size(), a.first) < std::pair(b.first.size(), b.first);
        });
        return members;
    }

    // What is no array is its own only cell.
    void cells(
        const JSON& at,
        const std::string& path,
        const std::vector<JSONLeg>& legs,
        std::size_t next
    ) {
        const auto& leg = legs[next];
        const auto size = at.is_array() ? at.size() : 1;
        auto from = std::optional<std::size_t>(0);
        auto to = std::optional<std::size_t>(size - 1);
        if (leg.kind == JSONLeg::Kind::any_cell) {
            if (!at.is_array() || size == 0) return;
        } else {
            from = place_of(leg.from, size);
            to = leg.kind == JSONLeg::Kind::range ? place_of(leg.to, size) : from;
            if (leg.kind == JSONLeg::Kind::range && !from) from = 0;
        }
        if (!from || !to || size == 0) return;
        for (auto i = *from; i <= *to && i < size; ++i) {
            if (at.is_array())
                walk(at[i], fmt::format("{}[{}]", path, i), legs, next + 1);
            else
                walk(at, path, legs, next + 1);
        }
    }
};

} // namespace

std::variant<JSONPath, std::size_t> parse_json_path(std::string_view text) {
    return PathParser(text).run();
}

std::vector<const JSON*> json_at(const JSON& document, const JSONPath& path) {
    std::vector<const JSON*> values;
    for (const auto& found : json_values_below(document, path))
        values.push_back(found.value);
    return values;
}

std::vector<FoundJSON> json_values_below(const JSON& document, const JSONPath& path) {
    Walker walker;
    walker.walk(document, "$", path.legs, 0);
    return std::move(walker.found);
}

} // namespace diorama::rds::sql
