// Text to record data and back; see record_data.hpp. The sentences of the complaints are those that
// Route 53 is known to send for A, AAAA, TXT and names; see UNKNOWN for the others.
#include "services/route53/data/record_data.hpp"

#include "emulator/network/address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace diorama::route53 {

namespace {

using Parsed = std::variant<std::string, ValueProblem>;

ValueProblem problem(std::string_view code, std::string_view sentence) {
    return {std::string(code), std::string(sentence)};
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

template <class Number>
bool parse_number(std::string_view text, Number& value) {
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && stop == end;
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

// The name at `at` of well-formed bytes; moves `at` past it.
DNSName name_at(std::string_view bytes, std::size_t& at) {
    const auto start = at;
    while (bytes[at] != 0) {
        at += 1u + static_cast<std::uint8_t>(bytes[at]);
    }
    ++at;
    return DNSName::from_wire(std::string(bytes.substr(start, at - start)));
}

Parsed parse_address(RecordType type, std::string_view text) {
    const bool is_v4 = type == RecordType::a;
    const std::string_view prefix = is_v4 ? "ARRDATA" : "AAAARRDATA";
    if (fields_of(text).size() > 1) {
        return problem(fmt::format("{}NotSingleField", prefix), "Value contains spaces");
    }
    const auto address = network::IPAddress::parse(text);
    if (!address || address->is_v4() != is_v4) {
        if (is_v4) return problem("ARRDATAIllegalIPv4Address", "Value is not a valid IPv4 address");
        return problem("AAAARRDATAIllegalIPv6Address", "Value is not a valid IPv6 address");
    }
    const auto& bytes = address->bytes();
    return std::string(bytes.begin(), bytes.begin() + (is_v4 ? 4 : 16));
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

std::optional<ValueProblem> append_name(std::string& bytes, std::string_view text) {
    const auto name = DNSName::parse(text);
    if (!name || text.find_first_of(" \t") != std::string_view::npos) return name_problem(text);
    bytes += name->lower().wire();
    return std::nullopt;
}

Parsed parse_name(std::string_view text) {
    std::string bytes;
    if (auto wrong = append_name(bytes, text)) return *std::move(wrong);
    return bytes;
}

// UNKNOWN: the codes below for MX, SRV, SOA and CAA follow the pattern of the known ones.
ValueProblem field_problem(std::string_view type, std::string_view sentence) {
    return problem(fmt::format("{}RRDATANotWellFormed", type), sentence);
}

// `numbers` 16-bit numbers, then a name: MX, SRV.
Parsed parse_numbers_and_name(std::string_view type, std::string_view text, std::size_t numbers) {
    const auto fields = fields_of(text);
    if (fields.size() != numbers + 1) {
        return field_problem(type, fmt::format("Value must have {} fields", numbers + 1));
    }
    std::string bytes;
    for (std::size_t i = 0; i < numbers; ++i) {
        std::uint16_t number = 0;
        if (!parse_number(fields[i], number)) {
            return field_problem(type, "Value is not a number between 0 and 65535");
        }
        append_u16(bytes, number);
    }
    if (auto wrong = append_name(bytes, fields.back())) return *std::move(wrong);
    return bytes;
}

Parsed parse_soa(std::string_view text) {
    const auto fields = fields_of(text);
    if (fields.size() != 7) return field_problem("SOA", "Value must have 7 fields");
    std::string bytes;
    for (std::size_t i = 0; i < 2; ++i) {
        if (auto wrong = append_name(bytes, fields[i])) return *std::move(wrong);
    }
    for (std::size_t i = 2; i < 7; ++i) {
        std::uint32_t number = 0;
        if (!parse_number(fields[i], number)) {
            return field_problem("SOA", "Value is not a 32-bit number");
        }
        append_u32(bytes, number);
    }
    return bytes;
}

// One character string in quotation marks, with "\ooo" and backslash escapes; moves `at` past it.
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

Parsed parse_txt(std::string_view text) {
    std::string bytes;
    std::size_t at = 0;
    const auto skip_blanks = [&] {
        while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) {
            ++at;
        }
    };
    skip_blanks();
    do {
        std::string value;
        if (auto wrong = quoted_string(text, at, value)) return *std::move(wrong);
        // AWS: "A single string can include up to 255 characters."
        if (value.size() > 255) return problem("CharacterStringTooLong", "Value is too long");
        bytes += static_cast<char>(value.size());
        bytes += value;
        skip_blanks();
    } while (at < text.size());
    return bytes;
}

// RFC 8659 4.1: flags, tag, value.
Parsed parse_caa(std::string_view text) {
    const auto first = text.find(' ');
    const auto second = first == std::string_view::npos ? first : text.find(' ', first + 1);
    if (second == std::string_view::npos) return field_problem("CAA", "Value must have 3 fields");
    std::uint8_t flags = 0;
    if (!parse_number(text.substr(0, first), flags)) {
        return field_problem("CAA", "Value is not a number between 0 and 255");
    }
    const auto tag = text.substr(first + 1, second - first - 1);
    const auto is_tag_character = [](char c) {
        return (c >= '0' && c <= '9') || (lower_ascii(c) >= 'a' && lower_ascii(c) <= 'z');
    };
    if (tag.empty() || tag.size() > 15 || !std::all_of(tag.begin(), tag.end(), is_tag_character)) {
        return field_problem("CAA", "Tag is not valid");
    }
    std::string value;
    std::size_t at = second + 1;
    if (auto wrong = quoted_string(text, at, value)) return *std::move(wrong);
    if (at != text.size()) return field_problem("CAA", "Value must have 3 fields");
    std::string bytes(1, static_cast<char>(flags));
    bytes += static_cast<char>(tag.size());
    bytes.append(tag).append(value);
    return bytes;
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

std::string txt_text(std::string_view bytes) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size();) {
        const auto length = static_cast<std::uint8_t>(bytes[at]);
        if (at != 0) text += ' ';
        append_quoted(text, bytes.substr(at + 1, length));
        at += 1u + length;
    }
    return text;
}

std::string generic_text(std::string_view bytes) {
    auto text = fmt::format("\\# {}", bytes.size());
    if (!bytes.empty()) text += ' ';
    for (const char c : bytes) {
        text += fmt::format("{:02x}", static_cast<unsigned char>(c));
    }
    return text;
}

std::string address_text(RecordType type, std::string_view bytes) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
    if (type == RecordType::a && bytes.size() == 4) {
        return fmt::format("{}.{}.{}.{}", byte(0), byte(1), byte(2), byte(3));
    }
    if (type == RecordType::aaaa && bytes.size() == 16) {
        std::array<std::uint8_t, 16> address{};
        for (std::size_t i = 0; i < 16; ++i) {
            address[i] = byte(i);
        }
        return network::IPAddress::v6(address).to_string();
    }
    return generic_text(bytes);
}

} // namespace

std::variant<std::string, ValueProblem> parse_record_data(RecordType type, std::string_view text) {
    switch (type) {
    case RecordType::a:
    case RecordType::aaaa:
        return parse_address(type, text);
    case RecordType::cname:
    case RecordType::ns:
    case RecordType::ptr:
        return parse_name(text);
    case RecordType::mx:
        return parse_numbers_and_name("MX", text, 1);
    case RecordType::srv:
        return parse_numbers_and_name("SRV", text, 3);
    case RecordType::soa:
        return parse_soa(text);
    case RecordType::txt:
        return parse_txt(text);
    case RecordType::caa:
        return parse_caa(text);
    default:
        return field_problem(to_string(type), "Type is not supported");
    }
}

std::string record_data_text(RecordType type, std::string_view bytes) {
    std::size_t at = 0;
    switch (type) {
    case RecordType::a:
    case RecordType::aaaa:
        return address_text(type, bytes);
    case RecordType::cname:
    case RecordType::ns:
    case RecordType::ptr:
        return name_at(bytes, at).to_string();
    case RecordType::mx:
        at = 2;
        return fmt::format("{} {}", number_at(bytes, 0, 2), name_at(bytes, at).to_string());
    case RecordType::srv:
        at = 6;
        return fmt::format(
            "{} {} {} {}",
            number_at(bytes, 0, 2),
            number_at(bytes, 2, 2),
            number_at(bytes, 4, 2),
            name_at(bytes, at).to_string()
        );
    case RecordType::soa: {
        const auto soa = parse_start_of_authority(bytes);
        if (!soa) return generic_text(bytes);
        return fmt::format(
            "{} {} {} {} {} {} {}",
            soa->primary.to_string(),
            soa->mailbox.to_string(),
            soa->serial,
            soa->refresh_seconds,
            soa->retry_seconds,
            soa->expire_seconds,
            soa->minimum_seconds
        );
    }
    case RecordType::txt:
        return txt_text(bytes);
    case RecordType::caa: {
        const auto tag_length = static_cast<std::uint8_t>(bytes[1]);
        auto text = fmt::format("{} {} ", number_at(bytes, 0, 1), bytes.substr(2, tag_length));
        append_quoted(text, bytes.substr(2u + tag_length));
        return text;
    }
    default:
        return generic_text(bytes);
    }
}

std::optional<DNSName> target_name(RecordType type, std::string_view bytes) {
    std::size_t at = 0;
    switch (type) {
    case RecordType::ns:
    case RecordType::cname:
    case RecordType::ptr:
        break;
    case RecordType::mx:
        at = 2;
        break;
    case RecordType::srv:
        at = 6;
        break;
    default:
        return std::nullopt;
    }
    return name_at(bytes, at);
}

std::optional<StartOfAuthority> parse_start_of_authority(std::string_view bytes) {
    StartOfAuthority soa;
    std::size_t at = 0;
    soa.primary = name_at(bytes, at);
    soa.mailbox = name_at(bytes, at);
    if (at + 20 != bytes.size()) return std::nullopt;
    soa.serial = number_at(bytes, at, 4);
    soa.refresh_seconds = number_at(bytes, at + 4, 4);
    soa.retry_seconds = number_at(bytes, at + 8, 4);
    soa.expire_seconds = number_at(bytes, at + 12, 4);
    soa.minimum_seconds = number_at(bytes, at + 16, 4);
    return soa;
}

} // namespace diorama::route53
