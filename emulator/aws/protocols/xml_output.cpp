// See xml_output.hpp.
#include "emulator/aws/protocols/xml_output.hpp"

#include "emulator/aws/protocols/input.hpp"

#include <fmt/format.h>

namespace diorama::aws {

namespace {

// XML 1.0 2.2: other control characters have no place in a document.
std::string unfit(unsigned code, UnfitCharacters treatment) {
    if (treatment == UnfitCharacters::replaced) return "\xEF\xBF\xBD";
    return fmt::format("&#x{:x};", code);
}

// Neither have U+FFFE and U+FFFF. 0: something else begins here.
unsigned noncharacter_at(std::string_view text, std::size_t at) {
    const auto bytes = text.substr(at, 3);
    if (bytes == "\xEF\xBF\xBE") return 0xfffe;
    return bytes == "\xEF\xBF\xBF" ? 0xffff : 0;
}

} // namespace

std::string xml_escape(std::string_view text, UnfitCharacters unfit_characters) {
    std::string escaped;
    escaped.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char character = text[i];
        if (character == '\xEF' && noncharacter_at(text, i) != 0) {
            escaped += unfit(noncharacter_at(text, i), unfit_characters);
            i += 2;
            continue;
        }
        switch (character) {
        case '&':
            escaped += "&amp;";
            break;
        case '<':
            escaped += "&lt;";
            break;
        case '>':
            escaped += "&gt;";
            break;
        case '"':
            escaped += "&quot;";
            break;
        case '\r':
            escaped += "&#13;";
            break;
        default:
            if (static_cast<unsigned char>(character) < 0x20 && character != '\n' &&
                character != '\t')
                escaped += unfit(static_cast<unsigned char>(character), unfit_characters);
            else
                escaped += character;
        }
    }
    return escaped;
}

std::string XMLOutput::namespace_attribute(std::string_view uri, std::string_view prefix) {
    if (uri.empty()) return {};
    if (prefix.empty()) return fmt::format(" xmlns=\"{}\"", xml_escape(uri));
    return fmt::format(" xmlns:{}=\"{}\"", prefix, xml_escape(uri));
}

void XMLOutput::open(std::string_view name, std::string_view attributes) {
    xml_ += '<';
    xml_ += name;
    xml_ += attributes;
    xml_ += '>';
}

void XMLOutput::close(std::string_view name) {
    xml_ += "</";
    xml_ += name;
    xml_ += '>';
}

void XMLOutput::text_element(std::string_view name, std::string_view text) {
    open(name);
    xml_ += xml_escape(text, unfit_characters_);
    close(name);
}

std::string XMLOutput::attributes(const Shape& structure, const void* value) {
    std::string text;
    for (const auto& attribute : structure.members) {
        if (!attribute.xml_attribute) continue;
        if (const void* held = attribute.get(value, attribute))
            text += fmt::format(
                " {}=\"{}\"",
                attribute.wire_name(),
                xml_escape(scalar_text(*attribute.shape, held, TimestampFormat::iso8601))
            );
    }
    return text;
}

void XMLOutput::members(const Shape& structure, const void* value) {
    for (const auto& part : structure.members) {
        if (part.location != Location::body || part.xml_attribute) continue;
        if (const void* held = part.get(value, part)) member(part, held);
    }
}

void XMLOutput::member(const Member& member, const void* value) {
    const auto& shape = *member.shape;
    const bool is_empty =
        (shape.list && shape.list->size(value) == 0) || (shape.map && shape.map->size(value) == 0);
    if (is_empty &&
        (member.flattened || (empty_lists_ == EmptyLists::when_required && !member.required)))
        return;
    if (member.flattened && (shape.list || shape.map))
        flattened(member, value);
    else
        element(member.wire_name(), member, shape, value);
}

void XMLOutput::flattened(const Member& member, const void* value) {
    if (member.shape->list)
        list_elements(*member.shape, member.wire_name(), value);
    else
        map_entries(
            *member.shape,
            member.wire_name(),
            namespace_attribute(member.xml_namespace, member.xml_namespace_prefix),
            value
        );
}

void XMLOutput::list_elements(const Shape& list, std::string_view name, const void* value) {
    for (std::size_t i = 0; i < list.list->size(value); ++i)
        element(name, list.element(), *list.element().shape, list.list->at(value, i));
}

void XMLOutput::map_entries(
    const Shape& map,
    std::string_view entry_name,
    std::string attributes,
    const void* value
) {
    struct Context {
        XMLOutput& output;
        const Shape& map;
        std::string_view entry_name;
        std::string attributes;
    } context{*this, map, entry_name, std::move(attributes)};

    map.map->each(value, &context, [](void* untyped, const std::string& key, const void* held) {
        auto& [output, shape, name, attributes_of_entry] = *static_cast<Context*>(untyped);
        output.open(name, attributes_of_entry);
        const auto key_name = shape.key().location_name;
        const auto value_name = shape.value().location_name;
        const auto opened = key_name.empty() ? std::string_view("key") : key_name;
        output.open(
            opened,
            namespace_attribute(shape.key().xml_namespace, shape.key().xml_namespace_prefix)
        );
        output.raw(xml_escape(key));
        output.close(opened);
        output.element(
            value_name.empty() ? std::string_view("value") : value_name,
            shape.value(),
            *shape.value().shape,
            held
        );
        output.close(name);
    });
}

void XMLOutput::element(
    std::string_view name,
    const Member& member,
    const Shape& shape,
    const void* value
) {
    auto attributes_text = namespace_attribute(member.xml_namespace, member.xml_namespace_prefix);
    if (shape.kind == ShapeKind::structure) attributes_text += attributes(shape, value);
    open(name, attributes_text);
    if (shape.kind == ShapeKind::structure) {
        members(shape, value);
    } else if (shape.list) {
        const auto item = shape.element().location_name;
        list_elements(shape, item.empty() ? std::string_view("member") : item, value);
    } else if (shape.map) {
        map_entries(shape, "entry", {}, value);
    } else {
        xml_ += xml_escape(scalar_text(shape, value, member.timestamp_format), unfit_characters_);
    }
    close(name);
}

} // namespace diorama::aws
