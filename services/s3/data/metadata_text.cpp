// See metadata_text.hpp.
#include "services/s3/data/metadata_text.hpp"

#include "emulator/aws/base64.hpp"
#include "emulator/aws/utf8.hpp"
#include "emulator/http/message.hpp"

#include <algorithm>
#include <optional>

namespace diorama::s3 {

namespace {

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x80;
    });
}

std::string utf8_of_latin1(std::string_view bytes) {
    std::string text;
    for (const auto c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            text += c;
        } else {
            text += static_cast<char>(0xC0 | (byte >> 6));
            text += static_cast<char>(0x80 | (byte & 0x3F));
        }
    }
    return text;
}

// RFC 2047 4.2: "Q" encoding.
std::optional<std::string> decode_q(std::string_view text) {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '_') {
            bytes += ' ';
        } else if (text[i] != '=') {
            bytes += text[i];
        } else {
            if (i + 2 >= text.size()) return std::nullopt;
            const auto high = digits.find(text[i + 1]);
            const auto low = digits.find(text[i + 2]);
            if (high == digits.npos || low == digits.npos) return std::nullopt;
            bytes += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return bytes;
}

// RFC 2047 2: "=?" charset "?" encoding "?" encoded-text "?=". Nothing for what is none.
std::optional<std::string> decode_word(std::string_view word) {
    if (!word.starts_with("=?") || !word.ends_with("?=") || word.size() < 8) return std::nullopt;
    word = word.substr(2, word.size() - 4);
    const auto first = word.find('?');
    if (first == word.npos || word.size() < first + 3 || word[first + 2] != '?')
        return std::nullopt;
    const auto charset = http::lower_case(std::string(word.substr(0, first)));
    const auto encoded = word.substr(first + 3);
    const bool is_base64 = word[first + 1] == 'B' || word[first + 1] == 'b';
    const bool is_q = word[first + 1] == 'Q' || word[first + 1] == 'q';
    if (!is_base64 && !is_q) return std::nullopt;
    const auto bytes = is_base64 ? aws::base64_decode(encoded) : decode_q(encoded);
    if (!bytes) return std::nullopt;
    if (charset == "iso-8859-1") return utf8_of_latin1(*bytes);
    if (charset != "utf-8" && charset != "us-ascii") return std::nullopt;
    return aws::is_utf8(*bytes) ? bytes : std::nullopt;
}

} // namespace

std::string decode_metadata(std::string_view header) {
    // RFC 9110 5.5: bytes outside ASCII are ISO-8859-1, whatever the client meant.
    if (!is_ascii(header)) return utf8_of_latin1(header);
    std::string text;
    bool was_encoded = false;
    while (!header.empty()) {
        const auto space = header.find(' ');
        const auto word = header.substr(0, space);
        const auto decoded = decode_word(word);
        // RFC 2047 6.2: white space between two encoded words is no part of the text.
        if (was_encoded && decoded) text.pop_back();
        text += decoded ? *decoded : std::string(word);
        was_encoded = decoded.has_value();
        if (space == header.npos) break;
        text += ' ';
        header.remove_prefix(space + 1);
    }
    return text;
}

std::string encode_metadata(const std::string& text) {
    if (is_ascii(text)) return text;
    return "=?UTF-8?B?" + aws::base64_encode(text) + "?=";
}

} // namespace diorama::s3
