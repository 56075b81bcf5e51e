// MySQL's latin1 is cp1252, with the five places that cp1252 leaves open as control characters.
// https://dev.mysql.com/doc/refman/8.0/en/charset-we-sets.html
#include "services/rds/data/sql/character_set.hpp"

#include "services/rds/data/sql/collation.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace diorama::rds::sql {

namespace {

// 0x80 to 0x9f.
constexpr std::array<char16_t, 32> cp1252 = {
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178,
};

bool has(CharacterSet set, char32_t character) {
    switch (set) {
    case CharacterSet::latin1:
        return latin1_byte(character).has_value();
    case CharacterSet::ascii:
        return character < 0x80;
    case CharacterSet::utf8mb3:
        return character <= 0xffff;
    case CharacterSet::utf8mb4:
    case CharacterSet::binary:
        break;
    }
    return true;
}

bool has_everything(CharacterSet set) {
    return set == CharacterSet::utf8mb4 || set == CharacterSet::binary;
}

} // namespace

std::optional<std::uint8_t> latin1_byte(char32_t character) {
    if (character < 0x80 || (character >= 0xa0 && character <= 0xff))
        return static_cast<std::uint8_t>(character);
    const auto found = std::find(cp1252.begin(), cp1252.end(), character);
    if (found == cp1252.end()) return std::nullopt;
    return static_cast<std::uint8_t>(0x80 + (found - cp1252.begin()));
}

bool is_ascii(std::string_view text) {
    std::uint64_t bits = 0;
    while (text.size() >= sizeof bits) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, text.data(), sizeof bytes);
        bits |= bytes;
        text.remove_prefix(sizeof bytes);
    }
    for (const char c : text)
        bits |= static_cast<std::uint8_t>(c);
    return (bits & 0x8080808080808080) == 0;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto first = static_cast<std::uint8_t>(text[0]);
        const auto before = text.size();
        const auto character = take_character(text);
        const auto size = before - text.size();
        if (first >= 0x80 && size == 1) return false;
        constexpr char32_t shortest[] = {0, 0, 0x80, 0x800, 0x10000};
        const bool is_surrogate = character >= 0xd800 && character <= 0xdfff;
        if (character > 0x10ffff || character < shortest[size] || is_surrogate) return false;
    }
    return true;
}

bool holds(CharacterSet set, std::string_view text) {
    if (has_everything(set) || is_ascii(text)) return true;
    while (!text.empty())
        if (!has(set, take_character(text))) return false;
    return true;
}

std::string fitted(CharacterSet set, std::string_view text) {
    if (holds(set, text)) return std::string(text);
    std::string out;
    while (!text.empty()) {
        const auto character = take_character(text);
        append_character(out, has(set, character) ? character : U'?');
    }
    return out;
}

std::string encoded(CharacterSet set, std::string_view text) {
    if (is_kept_as_bytes(set)) return fitted(set, text);
    if (is_ascii(text)) return std::string(text);
    std::string out;
    out.reserve(text.size());
    while (!text.empty())
        out.push_back(static_cast<char>(latin1_byte(take_character(text)).value_or('?')));
    return out;
}

std::optional<std::string> decoded(CharacterSet set, std::string_view bytes) {
    if (set == CharacterSet::binary || is_ascii(bytes)) return std::string(bytes);
    if (set != CharacterSet::latin1) {
        if (!is_utf8(bytes) || !holds(set, bytes)) return std::nullopt;
        return std::string(bytes);
    }
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto byte = static_cast<std::uint8_t>(c);
        const bool is_of_windows = byte >= 0x80 && byte < 0xa0;
        append_character(out, is_of_windows ? cp1252[byte - 0x80] : byte);
    }
    return out;
}

} // namespace diorama::rds::sql
