// One function per rule. ASCII has a path of its own: most texts are nothing else, and ICU is not
// asked before there is more.
#include "services/rds/data/sql/collation.hpp"

#include "services/rds/data/sql/character_set.hpp"
#include "services/rds/data/sql/simple_weights.hpp"
#include "services/rds/data/sql/unicode_order.hpp"

#include <array>
#include <utility>

namespace diorama::rds::sql {

namespace {

// The order of ASCII in UCA 9.0.0: white space, punctuation, symbols, digits, letters. Control
// characters have no weight, and so make no difference.
using ASCIIWeights = std::array<std::uint8_t, 128>;

constexpr ASCIIWeights weights_in(std::string_view order) {
    ASCIIWeights weights{};
    std::uint8_t next = 1;
    for (const char c : order)
        weights[static_cast<std::size_t>(c)] = next++;
    for (std::size_t letter = 0; letter < 26; ++letter)
        weights['a' + letter] = weights['A' + letter] = static_cast<std::uint8_t>(next + letter);
    return weights;
}

constexpr ASCIIWeights ascii_weights =
    weights_in("\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789");
// Before UCA 6.
constexpr ASCIIWeights former_ascii_weights =
    weights_in("\t\n\v\f\r `^_-,;:!?.'\"()[]{}@*/\\&#%+<=>|~$0123456789");

// The weights of a text, one after another, where each character has its own.
class Weights {
public:
    Weights(std::string_view text, Collation collation)
        : text_(text)
        , table_(
              entry_of(collation).weighing == Weighing::one_byte ? &byte_weights(collation)
                                                                 : nullptr
          ) {}

    // 0 at the end.
    std::uint32_t next() {
        if (pending_ != 0) return std::exchange(pending_, 0);
        if (text_.empty()) return 0;
        const auto character = take_character(text_);
        if (table_ == nullptr) return 1U + general_weight(character);
        const auto byte = latin1_byte(character);
        if (!byte) return 0x100 + character; // what no column of that set holds
        if (const auto second = table_->second[*byte]; second != 0) pending_ = 1U + second;
        return 1U + table_->first[*byte];
    }

private:
    std::string_view text_;
    std::uint32_t pending_ = 0;
    const ByteWeights* table_;
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

int compare_weights(Collation collation, std::string_view a, std::string_view b) {
    Weights left(a, collation);
    Weights right(b, collation);
    while (true) {
        const auto x = left.next();
        const auto y = right.next();
        if (x != y) return x < y ? -1 : 1;
        if (x == 0) return 0;
    }
}

// Without a tailoring, ASCII letters stand for themselves whatever follows them: the first two that
// differ decide, and where only their case differs, nothing else does.
int compare_unicode(Collation collation, std::string_view a, std::string_view b) {
    if (a == b) return 0;
    const auto& entry = entry_of(collation);
    if (!entry.locale.empty()) return compare_by_unicode(collation, a, b);
    const auto& weights = entry.pads ? former_ascii_weights : ascii_weights;
    int by_case = 0; // MySQL: a lower case letter is less than the upper case one
    const auto shorter = std::min(a.size(), b.size());
    for (std::size_t i = 0; i < shorter; ++i) {
        const auto x = static_cast<std::uint8_t>(a[i]);
        const auto y = static_cast<std::uint8_t>(b[i]);
        if ((x | y) & 0x80) return compare_by_unicode(collation, a, b);
        if (x == y) continue;
        const auto left = weights[x];
        const auto right = weights[y];
        if (left == 0 || right == 0) return compare_by_unicode(collation, a, b);
        if (left != right) return left < right ? -1 : 1;
        if (by_case == 0) by_case = x > y ? -1 : 1;
    }
    for (const char c : a.size() > shorter ? a.substr(shorter) : b.substr(shorter)) {
        const auto byte = static_cast<std::uint8_t>(c);
        if (byte >= 0x80) return compare_by_unicode(collation, a, b);
        if (weights[byte] != 0) return a.size() > shorter ? 1 : -1;
    }
    return entry.levels >= 3 ? by_case : 0;
}

// What decides whether a character is another one, as LIKE sees it.
struct KnownKey {
    std::string key;
    char32_t character = 0xffffffff;
    Collation collation{};
};

const std::string& character_key(Collation collation, char32_t character) {
    thread_local std::array<KnownKey, 256> known;
    auto& place = known[(character ^ character >> 8 ^ static_cast<std::size_t>(collation)) % 256];
    if (place.character == character && place.collation == collation) return place.key;
    std::string text;
    append_character(text, character);
    place = {sort_key(collation, text), character, collation};
    return place.key;
}

bool is_same_character(Collation collation, char32_t a, char32_t b) {
    if (a == b) return true;
    const auto& entry = entry_of(collation);
    switch (entry.weighing) {
    case Weighing::bytes:
        return false;
    case Weighing::general:
        return general_weight(a) == general_weight(b);
    case Weighing::unicode:
    case Weighing::unicode_plane:
        if (a < 0x80 && b < 0x80 && entry.locale.empty())
            return entry.levels < 3 && ascii_weights[a] == ascii_weights[b];
        break;
    case Weighing::one_byte:
        break;
    }
    const auto left = character_key(collation, a); // a copy: b may take its place
    return left == character_key(collation, b);
}

} // namespace

int compare(Collation collation, std::string_view a, std::string_view b) {
    const auto& entry = entry_of(collation);
    if (entry.pads) {
        a = without_trailing_spaces(a);
        b = without_trailing_spaces(b);
    }
    switch (entry.weighing) {
    case Weighing::unicode:
    case Weighing::unicode_plane:
        return compare_unicode(collation, a, b);
    case Weighing::general:
    case Weighing::one_byte:
        return compare_weights(collation, a, b);
    case Weighing::bytes:
        break;
    }
    return compare_bytes(a, b);
}

std::string sort_key(Collation collation, std::string_view text) {
    const auto& entry = entry_of(collation);
    if (entry.pads) text = without_trailing_spaces(text);
    if (entry.weighing == Weighing::bytes) return std::string(text);
    std::string key;
    if (entry.weighing == Weighing::general || entry.weighing == Weighing::one_byte) {
        Weights weights(text, collation);
        for (auto weight = weights.next(); weight != 0; weight = weights.next())
            for (int shift = 16; shift >= 0; shift -= 8)
                key.push_back(static_cast<char>(weight >> shift & 0xff));
        return key;
    }
    return unicode_sort_key(collation, text);
}

bool like(Collation collation, std::string_view text, std::string_view pattern, char32_t escape) {
    const auto same = [collation](char32_t a, char32_t b) {
        return is_same_character(collation, a, b);
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

} // namespace diorama::rds::sql
