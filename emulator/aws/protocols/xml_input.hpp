// Inputs written as XML documents, for rest-xml.
#pragma once

#include "emulator/aws/protocols/input.hpp"

#include <string_view>
#include <vector>

namespace diorama::aws {

// Fills the body members of a structure from the children of the document's root, marking them in
// `seen`. False when the text is not XML.
bool read_xml_members(
    const Shape& structure,
    std::string_view xml,
    void* value,
    std::vector<bool>& seen,
    const Path& path,
    InputChecks& checks
);

// Fills a whole structure (a payload) from a document.
bool read_xml_document(
    const Shape& structure,
    std::string_view xml,
    void* value,
    const Path& path,
    InputChecks& checks
);

} // namespace diorama::aws
