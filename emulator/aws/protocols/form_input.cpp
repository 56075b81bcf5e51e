// See form_input.hpp.
#include "emulator/aws/protocols/form_input.hpp"

#include "emulator/aws/utf8.hpp"

#include <fmt/format.h>

#include <charconv>
#include <set>

namespace diorama::aws {

FormParameters form_parameters(const http::RequestHead& request, std::string_view body) {
    FormParameters parameters;
    for (const auto text : {body, request.query()}) {
        for (auto& [name, value] : http::parse_query(text))
            parameters.emplace(well_formed(std::move(name)), well_formed(std::move(value)));
    }
    return parameters;
}

bool FormInput::is_present(const std::string& key) const {
    const auto found = parameters_.lower_bound(key);
    if (found == parameters_.end()) return false;
    if (found->first == key) return true;
    // Between "Tag" and "Tag." other names may stand ("Tag-x"), so ask for the second itself.
    const auto below = parameters_.lower_bound(key + ".");
    return below != parameters_.end() && below->first.starts_with(key + ".");
}

std::string FormInput::name_of(const Member& member) const {
    if (names_ == FormNames::query) return std::string(member.wire_name());
    if (!member.query_name.empty()) return std::string(member.query_name);
    std::string name(member.wire_name());
    if (!name.empty() && name[0] >= 'a' && name[0] <= 'z')
        name[0] = static_cast<char>(name[0] - 'a' + 'A');
    return name;
}

std::vector<std::size_t> FormInput::numbers_after(const std::string& prefix) const {
    std::set<std::size_t> numbers;
    const auto start = prefix + ".";
    for (auto it = parameters_.lower_bound(start);
         it != parameters_.end() && it->first.starts_with(start);
         ++it) {
        std::size_t number = 0;
        const char* first = it->first.data() + start.size();
        const char* last = it->first.data() + it->first.size();
        const auto [end, error] = std::from_chars(first, last, number);
        if (error == std::errc() && (end == last || *end == '.')) numbers.insert(number);
    }
    return {numbers.begin(), numbers.end()};
}

void FormInput::read_structure(
    const Shape& shape,
    const std::string& prefix,
    void* value,
    const Path& path
) {
    for (const auto& member : shape.members) {
        const auto name = name_of(member);
        const auto key = prefix.empty() ? name : prefix + "." + name;
        const auto inner = path.member(member.name);
        bool present = is_present(key);
        // A flattened list is named after its elements where they have a name.
        if (!present && names_ == FormNames::query && member.flattened && member.shape->list &&
            !member.shape->element().location_name.empty()) {
            const auto other = (prefix.empty() ? "" : prefix + ".") +
                               std::string(member.shape->element().location_name);
            if (is_present(other)) {
                read(member, other, member.set(value, member), inner);
                continue;
            }
        }
        if (present)
            read(member, key, member.set(value, member), inner);
        else if (member.required)
            checks_.missing(inner, key);
    }
}

void FormInput::read(const Member& member, const std::string& key, void* value, const Path& path) {
    const auto& shape = *member.shape;
    if (path.depth > deepest_input) {
        checks_.unparseable(path, "...", shape);
        return;
    }
    switch (shape.kind) {
    case ShapeKind::structure:
        read_structure(shape, key, value, path);
        return;
    case ShapeKind::list:
        read_list(member, key, value, path);
        return;
    case ShapeKind::map:
        read_map(member, key, value, path);
        return;
    default:
        break;
    }
    const auto found = parameters_.find(key);
    if (found == parameters_.end())
        checks_.unparseable(path, "a structure", shape); // Name.x=1 where Name is a scalar
    else
        read_scalar_text(shape, found->second, value, path, checks_);
}

void FormInput::read_list(
    const Member& member,
    const std::string& key,
    void* value,
    const Path& path
) {
    const auto& list = *member.shape;
    const auto& element = list.element();
    std::string prefix = key;
    if (names_ == FormNames::query && !member.flattened) {
        const std::string name(element.location_name.empty() ? "member" : element.location_name);
        prefix = key + "." + name;
        if (!is_present(prefix)) prefix = key + ".member";
        if (!is_present(prefix)) prefix = key; // what the oldest clients write
    }
    std::size_t position = 0;
    for (const auto number : numbers_after(prefix))
        read(
            element,
            fmt::format("{}.{}", prefix, number),
            list.list->append(value, *element.shape),
            path.element(++position)
        );
    checks_.check(list, value, path);
}

void FormInput::read_map(
    const Member& member,
    const std::string& key,
    void* value,
    const Path& path
) {
    const auto& map = *member.shape;
    const auto prefix = member.flattened ? key : key + ".entry";
    const auto name = [](const Member& part, std::string_view otherwise) {
        return std::string(part.location_name.empty() ? otherwise : part.location_name);
    };
    for (const auto number : numbers_after(prefix)) {
        const auto entry = fmt::format("{}.{}.", prefix, number);
        const auto entry_key = parameters_.find(entry + name(map.key(), "key"));
        if (entry_key == parameters_.end()) continue;
        void* held = map.map->insert(value, *map.value().shape, entry_key->second);
        const auto value_key = entry + name(map.value(), "value");
        if (is_present(value_key))
            read(map.value(), value_key, held, path.entry(entry_key->second));
    }
    checks_.check(map, value, path);
}

} // namespace diorama::aws
