// See record_text.hpp.
#include "services/route53/data/record_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace diorama::route53 {

namespace {

ValueProblem problem(std::string_view code, std::string_view sentence) {
    return {std::string(code), std::string(sentence)};
}

// Says which rule a name breaks.
ValueProblem name_problem(std::string_view text) {
    if (text.empty()) return problem("DomainNameEmpty", "Domain name is empty");
    if (text.find_first_of(" \t") != std::string_view::npos) {
        return problem("UnsupportedCharacter", "Value contains unsupported characters");
    }
    if (text.find("..") != std::string_view::npos || text[0] == '.') {
        return problem("DomainLabelEmpty", "Domain label is empty");
    }
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('.', at), text.size());
        if (end - at > label_bytes_max) {
            return problem("DomainLabelTooLong", "Domain label is too long");
        }
        at = end + 1;
    }
    if (text.size() > name_bytes_max)
        return problem("DomainNameTooLong", "Domain name is too long");
    return problem("UnsupportedCharacter", "Value contains unsupported characters");
}

} // namespace

ValueProblem field_problem(std::string_view type, std::string_view sentence) {
    return problem(fmt::format("{}RRDATANotWellFormed", type), sentence);
}

std::vector<std::string_view> fields_of(std::string_view text) {
    std::vector<std::string_view> fields;
    std::size_t at = 0;
    while (at < text.size()) {
        if (text[at] == ' ' || text[at] == '\t') {
            ++at;
            continue;
        }
        const auto end = std::min(text.find_first_of(" \t", at), text.size());
        fields.push_back(text.substr(at, end - at));
        at = end;
    }
    return fields;
}

void append_u16(std::string& bytes, std::uint16_t value) {
    bytes += static_cast<char>(value >> 8);
    bytes += static_cast<char>(value);
}

void append_u32(std::string& bytes, std::uint32_t value) {
    append_u16(bytes, static_cast<std::uint16_t>(value >> 16));
    append_u16(bytes, static_cast<std::uint16_t>(value));
}

std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t length) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < length; ++i) {
        value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
    }
    return value;
}

std::optional<ValueProblem> append_name(std::string& bytes, std::string_view text) {
    const auto name = DNSName::parse(text);
    if (!name || text.find_first_of(" \t") != std::string_view::npos) return name_problem(text);
    bytes += name->lower().wire();
    return std::nullopt;
}

DNSName name_at(std::string_view bytes, std::size_t& at) {
    const auto start = at;
    while (bytes[at] != 0) {
        at += 1u + static_cast<std::uint8_t>(bytes[at]);
    }
    ++at;
    return DNSName::from_wire(std::string(bytes.substr(start, at - start)));
}

std::optional<ValueProblem>
quoted_string(std::string_view text, std::size_t& at, std::string& value) {
    const auto unquoted =
        problem("InvalidCharacterString", "Value should be enclosed in quotation marks");
    if (at >= text.size() || text[at] != '"') return unquoted;
    for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] != '\\') {
            value += text[at];
            continue;
        }
        const auto octal = text.substr(at + 1, 3);
        unsigned number = 0;
        const auto [stop, error] =
            std::from_chars(octal.data(), octal.data() + octal.size(), number, 8);
        if (octal.size() == 3 && error == std::errc() && stop == octal.data() + 3 && number < 256) {
            value += static_cast<char>(number);
            at += 3;
        } else if (at + 1 < text.size()) {
            value += text[++at];
        }
    }
    if (at >= text.size()) return unquoted;
    ++at;
    return std::nullopt;
}

void append_quoted(std::string& text, std::string_view value) {
    text += '"';
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            text += '\\';
            text += c;
        } else if (byte < 32 || byte > 126) {
            text += fmt::format("\\{:03o}", byte);
        } else {
            text += c;
        }
    }
    text += '"';
}

std::optional<std::string> from_hex(std::string_view text) {
    std::string bytes;
    if (text.size() % 2 != 0) return std::nullopt;
    for (std::size_t at = 0; at < text.size(); at += 2) {
        std::uint8_t byte = 0;
        const auto* end = text.data() + at + 2;
        const auto [stop, error] = std::from_chars(text.data() + at, end, byte, 16);
        if (error != std::errc() || stop != end) return std::nullopt;
        bytes += static_cast<char>(byte);
    }
    return bytes;
}

std::string to_hex(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
        text += fmt::format("{:02X}", static_cast<unsigned char>(c));
    }
    return text;
}

} // namespace diorama::route53
