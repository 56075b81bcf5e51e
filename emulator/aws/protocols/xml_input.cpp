// See xml_input.hpp.
#include "emulator/aws/protocols/xml_input.hpp"

#include "emulator/aws/utf8.hpp"

#include <pugixml.hpp>

#include <string>

namespace diorama::aws {
namespace {

std::string_view local_name(const pugi::xml_node& node) {
    const std::string_view name = node.name();
    const auto colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node child_of(const pugi::xml_node& node, std::string_view name) {
    for (auto child = node.first_child(); child; child = child.next_sibling())
        if (child.type() == pugi::node_element && local_name(child) == name) return child;
    return {};
}

// All character data, with comments cut out.
std::string text_of(const pugi::xml_node& node) {
    std::string text;
    for (auto child = node.first_child(); child; child = child.next_sibling())
        if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata)
            text += child.value();
    return text;
}

class XMLInput {
public:
    explicit XMLInput(InputChecks& checks)
        : checks_(checks) {}

    void read_members(
        const Shape& shape,
        const pugi::xml_node& node,
        void* value,
        std::vector<bool>& seen,
        const Path& path
    ) {
        for (std::size_t i = 0; i < shape.members.size(); ++i) {
            const auto& member = shape.members[i];
            if (member.location != Location::body) continue;
            if (read_member(member, node, value, path.member(member.name))) seen[i] = true;
        }
    }

    void
    read_structure(const Shape& shape, const pugi::xml_node& node, void* value, const Path& path) {
        std::vector<bool> seen(shape.members.size());
        read_members(shape, node, value, seen, path);
        check_required(shape, seen, path, checks_);
    }

private:
    bool read_member(
        const Member& member,
        const pugi::xml_node& node,
        void* structure,
        const Path& path
    ) {
        if (member.xml_attribute) {
            const auto attribute = node.attribute(std::string(member.wire_name()).c_str());
            if (!attribute) return false;
            void* value = member.set(structure, member);
            read_scalar_text(*member.shape, attribute.value(), value, path, checks_);
            return true;
        }
        const auto name = member.wire_name();
        const auto child = child_of(node, name);
        if (!child) return false;
        void* value = member.set(structure, member);
        if (member.flattened && member.shape->list)
            read_elements(*member.shape, node, name, value, path);
        else if (member.flattened && member.shape->map)
            read_entries(*member.shape, node, name, value, path);
        else
            read(*member.shape, child, value, path);
        return true;
    }

    void read(const Shape& shape, const pugi::xml_node& node, void* value, const Path& path) {
        if (path.depth > deepest_input) {
            checks_.unparseable(path, "...", shape);
        } else if (shape.kind == ShapeKind::structure) {
            read_structure(shape, node, value, path);
        } else if (shape.list) {
            const auto item = shape.element().location_name;
            read_elements(shape, node, item.empty() ? "member" : item, value, path);
        } else if (shape.map) {
            read_entries(shape, node, "entry", value, path);
        } else {
            read_scalar_text(shape, text_of(node), value, path, checks_);
        }
    }

    void read_elements(
        const Shape& list,
        const pugi::xml_node& node,
        std::string_view name,
        void* value,
        const Path& path
    ) {
        std::size_t position = 0;
        for (auto child = node.first_child(); child; child = child.next_sibling()) {
            if (child.type() != pugi::node_element || local_name(child) != name) continue;
            const auto& element = *list.element().shape;
            read(element, child, list.list->append(value, element), path.element(++position));
        }
        checks_.check(list, value, path);
    }

    void read_entries(
        const Shape& map,
        const pugi::xml_node& node,
        std::string_view name,
        void* value,
        const Path& path
    ) {
        const auto key_name = map.key().location_name;
        const auto value_name = map.value().location_name;
        for (auto child = node.first_child(); child; child = child.next_sibling()) {
            if (child.type() != pugi::node_element || local_name(child) != name) continue;
            const auto key = text_of(child_of(child, key_name.empty() ? "key" : key_name));
            void* held = map.map->insert(value, *map.value().shape, key);
            if (const auto inner = child_of(child, value_name.empty() ? "value" : value_name))
                read(*map.value().shape, inner, held, path.entry(key));
        }
        checks_.check(map, value, path);
    }

    InputChecks& checks_;
};

bool load(pugi::xml_document& document, std::string_view xml) {
    // White space is kept inside elements that hold nothing else: it may be a key.
    const auto flags = pugi::parse_default | pugi::parse_ws_pcdata_single;
    return is_utf8(xml) &&
           document.load_buffer(xml.data(), xml.size(), flags, pugi::encoding_utf8) &&
           document.document_element();
}

} // namespace

bool read_xml_members(
    const Shape& structure,
    std::string_view xml,
    void* value,
    std::vector<bool>& seen,
    const Path& path,
    InputChecks& checks
) {
    pugi::xml_document document;
    if (!load(document, xml)) return false;
    XMLInput(checks).read_members(structure, document.document_element(), value, seen, path);
    return true;
}

bool read_xml_document(
    const Shape& structure,
    std::string_view xml,
    void* value,
    const Path& path,
    InputChecks& checks
) {
    pugi::xml_document document;
    if (!load(document, xml)) return false;
    XMLInput(checks).read_structure(structure, document.document_element(), value, path);
    return true;
}

} // namespace diorama::aws
