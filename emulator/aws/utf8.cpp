// See utf8.hpp.
#include "emulator/aws/utf8.hpp"

namespace diorama::aws {

namespace {

struct Sequence {
    std::size_t length = 1; // of what belongs together, well-formed or not
    bool is_well_formed = false;
};

// The Unicode Standard, table 3-7: well-formed UTF-8 byte sequences. A malformed one is its longest
// beginning that could have become well-formed, as recommended there for replacement.
Sequence first_sequence(std::string_view text) {
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    if (first < 0x80) return {1, true};
    std::size_t length = 0;
    if (first >= 0xC2 && first <= 0xDF) length = 2;
    if (first >= 0xE0 && first <= 0xEF) length = 3;
    if (first >= 0xF0 && first <= 0xF4) length = 4;
    if (length == 0) return {1, false};
    // The second byte's range depends on the first one.
    unsigned least = 0x80;
    unsigned greatest = 0xBF;
    if (first == 0xE0) least = 0xA0;
    if (first == 0xED) greatest = 0x9F;
    if (first == 0xF0) least = 0x90;
    if (first == 0xF4) greatest = 0x8F;
    for (std::size_t i = 1; i < length; ++i) {
        if (i >= text.size() || byte(i) < least || byte(i) > greatest) return {i, false};
        least = 0x80;
        greatest = 0xBF;
    }
    return {length, true};
}

} // namespace

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto sequence = first_sequence(text);
        if (!sequence.is_well_formed) return false;
        text.remove_prefix(sequence.length);
    }
    return true;
}

std::string well_formed(std::string text) {
    if (is_utf8(text)) return text;
    std::string result;
    for (std::string_view rest = text; !rest.empty();) {
        const auto sequence = first_sequence(rest);
        result += sequence.is_well_formed ? rest.substr(0, sequence.length) : "\xEF\xBF\xBD";
        rest.remove_prefix(sequence.length);
    }
    return result;
}

} // namespace diorama::aws
