// https://dev.mysql.com/doc/refman/8.0/en/string-functions.html
#include "services/rds/data/sql/collation.hpp"
#include "services/rds/data/sql/functions.hpp"

#include <fmt/core.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace diorama::rds::sql {

namespace {

void concat(const Call& call) {
    std::string text;
    for (std::size_t i = 0; i < call.size(); ++i)
        text += call.text(i);
    call.result(text);
}

void concat_ws(const Call& call) {
    if (call.is_null(0)) return call.null();
    std::string text;
    bool is_first = true;
    for (std::size_t i = 1; i < call.size(); ++i) {
        if (call.is_null(i)) continue;
        if (!is_first) text += call.text(0);
        text += call.text(i);
        is_first = false;
    }
    call.result(text);
}

// MySQL: "LOWER() and UPPER() are ineffective when applied to binary strings".
bool is_bytes(const Call& call) {
    return call.value(0).kind == Value::Kind::blob;
}

void upper(const Call& call) {
    is_bytes(call) ? call.result(call.value(0)) : call.result(upper_case_unicode(call.text(0)));
}

void lower(const Call& call) {
    is_bytes(call) ? call.result(call.value(0)) : call.result(lower_case_unicode(call.text(0)));
}

// The first argument, counted as MySQL counts it: of bytes each is a character.
struct Subject {
    explicit Subject(const Call& call)
        : text(call.text(0))
        , are_bytes(is_bytes(call)) {}

    std::int64_t size() const {
        return static_cast<std::int64_t>(are_bytes ? text.size() : character_count(text));
    }

    std::size_t offset(std::int64_t character) const {
        const auto number = static_cast<std::size_t>(character);
        return are_bytes ? std::min(number, text.size()) : character_offset(text, number);
    }

    std::string_view text;
    bool are_bytes;
};

void length(const Call& call) {
    call.result(static_cast<std::int64_t>(call.text(0).size()));
}

void character_length(const Call& call) {
    call.result(Subject(call).size());
}

void substring(const Call& call) {
    const Subject subject(call);
    auto from = call.integer(1);
    const auto count = subject.size();
    if (from < 0) from += count + 1;
    const auto wanted = call.size() > 2 ? call.integer(2) : count;
    if (from < 1 || from > count || wanted <= 0) return call.result(std::string_view());
    const auto start = subject.offset(from - 1);
    const auto end = subject.offset(from - 1 + std::min(wanted, count));
    call.result(subject.text.substr(start, end - start));
}

void left(const Call& call) {
    const Subject subject(call);
    const auto count = std::max<std::int64_t>(0, call.integer(1));
    call.result(subject.text.substr(0, subject.offset(count)));
}

void right(const Call& call) {
    const Subject subject(call);
    const auto count = std::max<std::int64_t>(0, call.integer(1));
    const auto all = subject.size();
    call.result(subject.text.substr(subject.offset(std::max<std::int64_t>(0, all - count))));
}

std::string_view
trimmed(std::string_view text, std::string_view removed, bool at_start, bool at_end) {
    if (removed.empty()) return text;
    while (at_start && text.starts_with(removed))
        text.remove_prefix(removed.size());
    while (at_end && text.ends_with(removed))
        text.remove_suffix(removed.size());
    return text;
}

std::string_view removed_by(const Call& call) {
    return call.size() > 1 ? call.text(1) : " ";
}

void trim(const Call& call) {
    call.result(trimmed(call.text(0), removed_by(call), true, true));
}

void trim_start(const Call& call) {
    call.result(trimmed(call.text(0), removed_by(call), true, false));
}

void trim_end(const Call& call) {
    call.result(trimmed(call.text(0), removed_by(call), false, true));
}

void replace(const Call& call) {
    const auto text = call.text(0);
    const auto from = call.text(1);
    if (from.empty()) return call.result(text);
    std::string out;
    std::size_t at = 0;
    for (auto found = text.find(from); found != std::string_view::npos;
         found = text.find(from, at)) {
        out.append(text.substr(at, found - at)).append(call.text(2));
        at = found + from.size();
    }
    call.result(out.append(text.substr(at)));
}

void repeat(const Call& call) {
    std::string text;
    const auto size = static_cast<std::int64_t>(call.text(0).size());
    for (std::int64_t i = 0; i < call.integer(1); ++i) {
        if (size * (i + 1) > std::int64_t{64} << 20) return call.null(); // max_allowed_packet
        text += call.text(0);
        if (size == 0) break;
    }
    call.result(text);
}

void pad(const Call& call, bool at_start) {
    const auto text = call.text(0);
    const auto wanted = call.integer(1);
    const auto filler = call.text(2);
    const auto count = static_cast<std::int64_t>(character_count(text));
    if (wanted < 0 || wanted > (16 << 20)) return call.null();
    if (wanted <= count)
        return call.result(text.substr(0, character_offset(text, static_cast<std::size_t>(wanted)))
        );
    if (filler.empty()) return call.result(std::string_view());
    std::string padding;
    auto rest = filler;
    for (auto i = count; i < wanted; ++i) {
        if (rest.empty()) rest = filler;
        append_character(padding, take_character(rest));
    }
    call.result(at_start ? padding + std::string(text) : std::string(text) + padding);
}

void pad_start(const Call& call) {
    pad(call, true);
}

void pad_end(const Call& call) {
    pad(call, false);
}

void reverse(const Call& call) {
    if (is_bytes(call)) {
        const auto bytes = call.text(0);
        return call.result(std::string(bytes.rbegin(), bytes.rend()));
    }
    std::vector<char32_t> characters;
    for (auto text = call.text(0); !text.empty();)
        characters.push_back(take_character(text));
    std::string out;
    for (auto i = characters.rbegin(); i != characters.rend(); ++i)
        append_character(out, *i);
    call.result(out);
}

void hexadecimal(const Call& call) {
    const auto value = call.value(0);
    if (value.kind == Value::Kind::integer)
        return call.result(fmt::format("{:X}", static_cast<std::uint64_t>(value.integer)));
    std::string out;
    for (const char c : call.text(0))
        out += fmt::format("{:02X}", static_cast<std::uint8_t>(c));
    call.result(out);
}

void unhexadecimal(const Call& call) {
    std::string digits(call.text(0));
    if (digits.size() % 2 != 0) digits.insert(0, "0");
    std::string out;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const auto pair = digits.substr(i, 2);
        if (pair.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos)
            return call.null();
        out.push_back(static_cast<char>(std::stoi(pair, nullptr, 16)));
    }
    call.result_blob(out);
}

void digest(const Call& call, const EVP_MD* algorithm) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    EVP_Digest(call.text(0).data(), call.text(0).size(), bytes.data(), &size, algorithm, nullptr);
    std::string out;
    for (unsigned i = 0; i < size; ++i)
        out += fmt::format("{:02x}", bytes[i]);
    call.result(out);
}

void md5(const Call& call) {
    digest(call, EVP_md5());
}

void sha1(const Call& call) {
    digest(call, EVP_sha1());
}

void sha2(const Call& call) {
    switch (call.integer(1)) {
    case 0:
    case 256:
        return digest(call, EVP_sha256());
    case 224:
        return digest(call, EVP_sha224());
    case 384:
        return digest(call, EVP_sha384());
    case 512:
        return digest(call, EVP_sha512());
    default:
        return call.null();
    }
}

void ascii(const Call& call) {
    call.result(
        call.text(0).empty() ? std::int64_t{0}
                             : std::int64_t{static_cast<std::uint8_t>(call.text(0)[0])}
    );
}

// Each number is as many bytes as it needs; NULL is none at all.
void character(const Call& call) {
    std::string out;
    for (std::size_t i = 0; i < call.size(); ++i) {
        if (call.is_null(i)) continue;
        const auto number = static_cast<std::uint32_t>(call.integer(i));
        for (int shift = 24; shift >= 0; shift -= 8)
            if (shift == 0 || number >> shift != 0)
                out.push_back(static_cast<char>(number >> shift & 0xff));
    }
    call.result_blob(out);
}

// my_like(text, pattern, escape, collation)
void like_function(const Call& call) {
    auto escape = call.text(2);
    const char32_t character = escape.empty() ? 0 : take_character(escape);
    const auto collation = static_cast<Collation>(call.integer(3));
    call.result(std::int64_t{like(collation, call.text(0), call.text(1), character)});
}

void substring_index(const Call& call) {
    const auto text = call.text(0);
    const auto delimiter = call.text(1);
    auto count = call.integer(2);
    if (delimiter.empty() || count == 0) return call.result(std::string_view());
    std::size_t at = count > 0 ? 0 : text.size();
    while (true) {
        const auto found = count > 0 ? text.find(delimiter, at)
                           : at == 0 ? std::string_view::npos
                                     : text.rfind(delimiter, at - 1);
        if (found == std::string_view::npos) return call.result(text);
        if (count > 0 && --count == 0) return call.result(text.substr(0, found));
        if (count < 0 && ++count == 0) return call.result(text.substr(found + delimiter.size()));
        at = count > 0 ? found + delimiter.size() : found;
    }
}

// Place of a member of an ENUM, for sorting: my_member(text, member…).
void member(const Call& call) {
    for (std::size_t i = 1; i < call.size(); ++i)
        if (call.text(0) == call.text(i)) return call.result(static_cast<std::int64_t>(i));
    call.result(std::int64_t{0});
}

// my_tuple(collation or -1, value, …): a text that is equal for equal values, NULL if one is.
void tuple(const Call& call) {
    std::string key;
    for (std::size_t i = 0; i + 1 < call.size(); i += 2) {
        const auto collation = call.integer(i);
        const auto part = collation < 0
                              ? std::string(call.text(i + 1))
                              : sort_key(static_cast<Collation>(collation), call.text(i + 1));
        key += std::to_string(part.size()) + ":" + part;
    }
    call.result_blob(key);
}

// MySQL: "a standard soundex string is four characters long, but the SOUNDEX() function returns an
// arbitrarily long string"; vowels part equal codes, and so do H and W.
void soundex(const Call& call) {
    constexpr std::string_view codes = "01230120022455012623010202"; // of A to Z
    std::string out;
    std::size_t count = 0;
    char last = 0;
    for (auto rest = call.text(0); !rest.empty();) {
        auto c = take_character(rest);
        if (c >= 'a' && c <= 'z') c -= 'a' - 'A';
        const bool is_latin = c >= 'A' && c <= 'Z';
        // MySQL: "All international alphabetic characters outside the A-Z range are treated as
        // vowels."
        if (!is_latin && c < 0x80) continue;
        const char code = is_latin ? codes[c - 'A'] : '0';
        if (count == 0 || (code != '0' && code != last)) {
            count == 0 ? append_character(out, c) : out.push_back(code);
            ++count;
        }
        if (count == 1 || code != '0') last = code;
    }
    constexpr std::size_t least = 4;
    if (count > 0 && count < least) out.append(least - count, '0');
    call.result(out);
}

constexpr auto passed = Function::Nulls::are_passed;

constexpr std::array functions = {
    Function{"my_concat", concat},
    Function{"my_concat_ws", concat_ws, passed},
    Function{"my_upper", upper},
    Function{"my_lower", lower},
    Function{"my_length", length},
    Function{"my_character_length", character_length},
    Function{"my_substring", substring},
    Function{"my_left", left},
    Function{"my_right", right},
    Function{"my_trim", trim},
    Function{"my_ltrim", trim_start},
    Function{"my_rtrim", trim_end},
    Function{"my_replace", replace},
    Function{"my_repeat", repeat},
    Function{"my_lpad", pad_start},
    Function{"my_rpad", pad_end},
    Function{"my_reverse", reverse},
    Function{"my_hex", hexadecimal},
    Function{"my_unhex", unhexadecimal},
    Function{"my_md5", md5},
    Function{"my_sha1", sha1},
    Function{"my_sha2", sha2},
    Function{"my_ascii", ascii},
    Function{"my_char", character, passed},
    Function{"my_like", like_function},
    Function{"my_member", member},
    Function{"my_substring_index", substring_index},
    Function{"my_tuple", tuple},
    Function{"my_soundex", soundex},
};

} // namespace

std::span<const Function> text_functions() {
    return functions;
}

} // namespace diorama::rds::sql
