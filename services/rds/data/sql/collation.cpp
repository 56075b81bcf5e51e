// DIFFERS: MySQL's utf8mb4_0900_ai_ci walks the whole weight table of UCA 9.0.0. Here ASCII has its
// exact order, the accented Latin letters of U+00C0 to U+017F are their base letters, ß is "ss",
// Greek and Cyrillic fold case, and everything else is ordered by code point.
#include "services/rds/data/sql/collation.hpp"

#include <array>
#include <utility>

namespace diorama::rds::sql {

namespace {

// The base letters of U+00C0 to U+017F; a dot keeps the character.
constexpr std::string_view base_letters =
    "aaaaaa.ceeeeiiii.nooooo..uuuuy..aaaaaa.ceeeeiiii.nooooo..uuuuy.y"
    "aaaaaaccccccccdd..eeeeeeeeeegggggggghh..iiiiiiiii...jjkk.llllll."
    "...nnnnnn...oooooo..rrrrrrsssssssstttt..uuuuuuuuuuuuwwyyyzzzzzz.";

// The order of ASCII in UCA 9.0.0: white space, punctuation, symbols, digits, letters.
constexpr std::array<std::uint8_t, 128> ascii_weights = [] {
    std::array<std::uint8_t, 128> weights{};
    constexpr std::string_view order = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789";
    std::uint8_t next = 1;
    for (const char c : order)
        weights[static_cast<std::size_t>(c)] = next++;
    for (std::size_t letter = 0; letter < 26; ++letter)
        weights['a' + letter] = weights['A' + letter] = static_cast<std::uint8_t>(next + letter);
    return weights;
}();

char32_t folded(char32_t c) {
    if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
    if (c >= 0xc0 && c < 0xc0 + base_letters.size()) {
        const char base = base_letters[c - 0xc0];
        if (base != '.') return static_cast<char32_t>(base);
        return c >= 0xc0 && c <= 0xde ? c + 32 : c;
    }
    if (c >= 0x391 && c <= 0x3a9) return c + 32; // Greek
    if (c >= 0x410 && c <= 0x42f) return c + 32; // Cyrillic
    if (c >= 0x400 && c <= 0x40f) return c + 80;
    return c;
}

std::uint32_t weight(char32_t folded_character) {
    if (folded_character < 0x80) return ascii_weights[folded_character];
    return 0x100 + folded_character;
}

// The weights of a text, one after another; ß and the like give two.
class Weights {
public:
    Weights(std::string_view text, Collation collation)
        : text_(text)
        , splits_sharp_s_(collation != Collation::utf8mb4_general_ci) {}

    // 0 at the end.
    std::uint32_t next() {
        if (pending_ != 0) return std::exchange(pending_, 0);
        while (!text_.empty()) {
            const auto c = take_character(text_);
            if (c == 0xdf && splits_sharp_s_) return pending_ = weight('s');
            if (c == 0xdf) return weight('s');
            const auto result = weight(folded(c));
            if (result != 0) return result; // control characters are ignored
        }
        return 0;
    }

private:
    std::string_view text_;
    std::uint32_t pending_ = 0;
    bool splits_sharp_s_;
};

std::string_view without_trailing_spaces(std::string_view text) {
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

int compare_bytes(std::string_view a, std::string_view b) {
    const auto order = a.compare(b); // char_traits<char> compares as unsigned
    return order < 0 ? -1 : order > 0 ? 1 : 0;
}

} // namespace

int compare(Collation collation, std::string_view a, std::string_view b) {
    if (collation == Collation::binary) return compare_bytes(a, b);
    if (collation != Collation::utf8mb4_0900_ai_ci) { // PAD SPACE
        a = without_trailing_spaces(a);
        b = without_trailing_spaces(b);
        if (collation == Collation::utf8mb4_bin) return compare_bytes(a, b);
    }
    std::size_t same = 0;
    const auto shorter = std::min(a.size(), b.size());
    while (same < shorter) { // ASCII needs no decoding
        const auto x = static_cast<std::uint8_t>(a[same]);
        const auto y = static_cast<std::uint8_t>(b[same]);
        if ((x | y) & 0x80) break;
        if (x != y && ascii_weights[x] != ascii_weights[y]) {
            if (ascii_weights[x] == 0 || ascii_weights[y] == 0) break;
            // What follows could only matter if one of them were ignored.
            return ascii_weights[x] < ascii_weights[y] ? -1 : 1;
        }
        ++same;
    }
    Weights left(a.substr(same), collation);
    Weights right(b.substr(same), collation);
    while (true) {
        const auto x = left.next();
        const auto y = right.next();
        if (x != y) return x < y ? -1 : 1;
        if (x == 0) return 0;
    }
}

std::string sort_key(Collation collation, std::string_view text) {
    if (collation == Collation::binary) return std::string(text);
    if (collation != Collation::utf8mb4_0900_ai_ci) text = without_trailing_spaces(text);
    if (collation == Collation::utf8mb4_bin) return std::string(text);
    std::string key;
    Weights weights(text, collation);
    for (auto weight = weights.next(); weight != 0; weight = weights.next())
        for (int shift = 16; shift >= 0; shift -= 8)
            key.push_back(static_cast<char>(weight >> shift & 0xff));
    return key;
}

bool like(Collation collation, std::string_view text, std::string_view pattern, char32_t escape) {
    const bool is_exact = collation == Collation::binary || collation == Collation::utf8mb4_bin;
    const auto same = [is_exact](char32_t a, char32_t b) {
        return a == b || (!is_exact && folded(a) == folded(b));
    };
    std::string_view text_retry;
    std::string_view pattern_retry;
    bool can_retry = false;
    while (true) {
        if (!pattern.empty()) {
            auto rest = pattern;
            const auto c = take_character(rest);
            if (c == '%' && c != escape) {
                pattern = pattern_retry = rest;
                text_retry = text;
                can_retry = true;
                continue;
            }
            if (!text.empty()) {
                auto text_rest = text;
                const auto t = take_character(text_rest);
                auto wanted = c;
                const bool is_escaped = c == escape && escape != 0 && !rest.empty();
                if (is_escaped) wanted = take_character(rest);
                if ((c == '_' && !is_escaped) || same(t, wanted)) {
                    text = text_rest;
                    pattern = rest;
                    continue;
                }
            }
        } else if (text.empty()) {
            return true;
        }
        if (!can_retry || text_retry.empty()) return false;
        take_character(text_retry);
        text = text_retry;
        pattern = pattern_retry;
    }
}

char32_t take_character(std::string_view& text) {
    const auto first = static_cast<std::uint8_t>(text[0]);
    const std::size_t length = first < 0x80             ? 1
                               : (first & 0xe0) == 0xc0 ? 2
                               : (first & 0xf0) == 0xe0 ? 3
                               : (first & 0xf8) == 0xf0 ? 4
                                                        : 0;
    if (length <= 1 || length > text.size()) {
        text.remove_prefix(1);
        return first;
    }
    char32_t c = first & (0x7f >> length);
    for (std::size_t i = 1; i < length; ++i) {
        const auto next = static_cast<std::uint8_t>(text[i]);
        if ((next & 0xc0) != 0x80) {
            text.remove_prefix(1);
            return first;
        }
        c = c << 6 | (next & 0x3f);
    }
    text.remove_prefix(length);
    return c;
}

std::size_t character_count(std::string_view text) {
    std::size_t count = 0;
    while (!text.empty()) {
        take_character(text);
        ++count;
    }
    return count;
}

std::size_t character_offset(std::string_view text, std::size_t character) {
    auto rest = text;
    while (character-- > 0 && !rest.empty())
        take_character(rest);
    return text.size() - rest.size();
}

void append_character(std::string& out, char32_t c) {
    if (c < 0x80) {
        out.push_back(static_cast<char>(c));
    } else if (c < 0x800) {
        out.push_back(static_cast<char>(0xc0 | c >> 6));
        out.push_back(static_cast<char>(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        out.push_back(static_cast<char>(0xe0 | c >> 12));
        out.push_back(static_cast<char>(0x80 | (c >> 6 & 0x3f)));
        out.push_back(static_cast<char>(0x80 | (c & 0x3f)));
    } else {
        out.push_back(static_cast<char>(0xf0 | c >> 18));
        out.push_back(static_cast<char>(0x80 | (c >> 12 & 0x3f)));
        out.push_back(static_cast<char>(0x80 | (c >> 6 & 0x3f)));
        out.push_back(static_cast<char>(0x80 | (c & 0x3f)));
    }
}

std::string lower_case_unicode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto c = take_character(text);
        const bool is_upper = (c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7) ||
                              (c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f);
        append_character(out, is_upper ? c + 32 : c);
    }
    return out;
}

std::string upper_case_unicode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto c = take_character(text);
        const bool is_lower = (c >= 'a' && c <= 'z') || (c >= 0xe0 && c <= 0xfe && c != 0xf7) ||
                              (c >= 0x3b1 && c <= 0x3c9 && c != 0x3c2) ||
                              (c >= 0x430 && c <= 0x44f);
        append_character(out, is_lower ? c - 32 : c);
    }
    return out;
}

} // namespace diorama::rds::sql
