// Values as XML, for query, ec2 and rest-xml.
#pragma once

#include "emulator/aws/shape.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace diorama::aws {

enum class EmptyLists {
    written,       // <Things/>
    when_required, // only if the member is required
};

// What becomes of characters that XML 1.0 cannot carry.
enum class UnfitCharacters {
    replaced,   // by U+FFFD: the document stays well-formed
    referenced, // "&#x1;": parsers refuse it, but nothing is lost
};

class XMLOutput {
public:
    explicit XMLOutput(
        EmptyLists empty_lists,
        UnfitCharacters unfit_characters = UnfitCharacters::replaced
    )
        : empty_lists_(empty_lists)
        , unfit_characters_(unfit_characters) {}

    // `attributes` is written as it is: ` xmlns="…"`.
    void open(std::string_view name, std::string_view attributes = {});
    void close(std::string_view name);
    void text_element(std::string_view name, std::string_view text);

    void raw(std::string_view xml) { xml_ += xml; }

    // The members of a structure that travel in the body, without an element around them.
    void members(const Shape& structure, const void* value);
    // One value as an element.
    void
    element(std::string_view name, const Member& member, const Shape& shape, const void* value);

    std::string take() { return std::move(xml_); }

    // The members of a structure that are attributes of its element: ` id="7"`.
    static std::string attributes(const Shape& structure, const void* value);
    static std::string namespace_attribute(std::string_view uri, std::string_view prefix = {});

private:
    void member(const Member& member, const void* value);
    void flattened(const Member& member, const void* value);
    void list_elements(const Shape& list, std::string_view name, const void* value);
    void map_entries(
        const Shape& map,
        std::string_view entry_name,
        std::string attributes,
        const void* value
    );

    EmptyLists empty_lists_;
    UnfitCharacters unfit_characters_;
    std::string xml_;
};

inline constexpr std::string_view xml_declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
std::string
xml_escape(std::string_view text, UnfitCharacters unfit_characters = UnfitCharacters::replaced);

} // namespace diorama::aws
