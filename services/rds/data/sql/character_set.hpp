// Texts in other character sets than our own. Inside, every text is UTF-8, whatever set its column
// has; bytes of another set exist where they are looked at (LENGTH, HEX, CONVERT … USING binary)
// and on the way to and from clients.
#pragma once

#include "services/rds/data/sql/collation_list.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace diorama::rds::sql {

// Whether the bytes of a text in that set are those of its UTF-8.
constexpr bool is_kept_as_bytes(CharacterSet set) {
    return set != CharacterSet::latin1;
}

// Whether the set has all characters of the text.
bool holds(CharacterSet set, std::string_view text);
// The text with '?' for what the set lacks.
std::string fitted(CharacterSet set, std::string_view text);
// The bytes of a text in that set, '?' for what it lacks.
std::string encoded(CharacterSet set, std::string_view text);
// The text that those bytes are in that set; nothing if they are none.
std::optional<std::string> decoded(CharacterSet set, std::string_view bytes);

bool is_ascii(std::string_view text);
bool is_utf8(std::string_view text);

// The byte of a character in latin1, or nothing.
std::optional<std::uint8_t> latin1_byte(char32_t character);

} // namespace diorama::rds::sql
