// MySQL's character sets and collations: names, numbers, whose characters a collation orders and by
// which rule. https://dev.mysql.com/doc/refman/8.0/en/charset-charsets.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace diorama::rds::sql {

enum class CharacterSet : std::uint8_t { utf8mb4, utf8mb3, latin1, ascii, binary };

// A place in the list; the first ones have names because code speaks of them.
enum class Collation : std::uint8_t {
    utf8mb4_0900_ai_ci,
    utf8mb4_general_ci,
    utf8mb4_unicode_ci,
    utf8mb4_bin,
    binary,
    utf8mb3_general_ci,
    latin1_swedish_ci,
    ascii_general_ci,
    utf8mb3_bin,
};

// What the order of two texts is made of.
enum class Weighing : std::uint8_t {
    unicode,       // the Unicode Collation Algorithm
    unicode_plane, // likewise, and all characters beyond U+FFFF are equal
    general,       // one weight for each character, from MySQL's own table
    one_byte,      // a table of 256 weights
    bytes,         // the bytes
};

struct CollationEntry {
    std::string_view name;
    CharacterSet character_set = CharacterSet::utf8mb4;
    std::uint16_t id = 0;
    Weighing weighing = Weighing::bytes;
    std::string_view locale = {}; // whose tailoring of the algorithm; ICU's name for it
    std::uint8_t levels = 1;      // 1 base letters, 2 accents, 3 case, 4 kinds of kana
    bool pads = true;             // PAD SPACE: spaces at the end make no difference
};

struct CharacterSetEntry {
    std::string_view name;
    std::string_view description;
    Collation default_collation;
    std::uint8_t longest; // bytes of a character
};

std::span<const CollationEntry> all_collations();
const CollationEntry& entry_of(Collation collation);
const CharacterSetEntry& entry_of(CharacterSet set);
constexpr std::size_t character_set_count = 5;

std::string_view collation_name(Collation collation);
std::uint16_t collation_id(Collation collation);
std::optional<Collation> find_collation(std::string_view name);
std::optional<Collation> find_collation(std::uint16_t id);
CharacterSet set_of(Collation collation);
std::string_view character_set_of(Collation collation);
std::optional<CharacterSet> find_character_set(std::string_view name);
std::optional<Collation> default_collation_of(std::string_view character_set);
// Whether it is what its character set means when no collation is named.
bool is_default(Collation collation);
// The collation by bytes of that set: utf8mb4_bin of utf8mb4.
Collation binary_collation_of(CharacterSet set);

} // namespace diorama::rds::sql
