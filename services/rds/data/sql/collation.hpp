// How text is compared. One function per collation, used by SQLite's indexes and by our own code.
#pragma once

#include "services/rds/data/sql/type.hpp"

#include <string_view>

namespace diorama::rds::sql {

// Negative, zero, positive.
int compare(Collation collation, std::string_view a, std::string_view b);

// Bytes that are equal for equal texts, and only for those.
std::string sort_key(Collation collation, std::string_view text);

// LIKE with % and _; case and accents as the collation says.
bool like(Collation collation, std::string_view text, std::string_view pattern, char32_t escape);

// Takes the next character off the text; a byte that is not UTF-8 counts as a character.
char32_t take_character(std::string_view& text);
std::size_t character_count(std::string_view text);
// The byte offset of the character with that number, or the size.
std::size_t character_offset(std::string_view text, std::size_t character);
void append_character(std::string& out, char32_t character);
std::string upper_case_unicode(std::string_view text);
std::string lower_case_unicode(std::string_view text);

} // namespace diorama::rds::sql
