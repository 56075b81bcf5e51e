// Text to record data and back; see record_data.hpp. The sentences of the complaints are those that
// Route 53 is known to send for A, AAAA, TXT and names; see UNKNOWN for the others.
#include "services/route53/data/record_data.hpp"

#include "emulator/network/address.hpp"
#include "services/route53/data/digest_records.hpp"
#include "services/route53/data/service_binding.hpp"

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

Parsed parse_name(std::string_view text) {
    std::string bytes;
    if (auto wrong = append_name(bytes, text)) return *std::move(wrong);
    return bytes;
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
    case RecordType::spf:
        return parse_txt(text);
    case RecordType::caa:
        return parse_caa(text);
    case RecordType::ds:
    case RecordType::sshfp:
    case RecordType::tlsa:
        return parse_digest(type, text);
    case RecordType::naptr:
        return parse_naptr(text);
    case RecordType::svcb:
    case RecordType::https:
        return parse_service_binding(to_string(type), text);
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
    case RecordType::spf:
        return txt_text(bytes);
    case RecordType::ds:
    case RecordType::sshfp:
    case RecordType::tlsa:
        return digest_text(type, bytes);
    case RecordType::naptr:
        return naptr_text(bytes);
    case RecordType::svcb:
    case RecordType::https:
        return service_binding_text(bytes);
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
    case RecordType::svcb:
    case RecordType::https:
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
