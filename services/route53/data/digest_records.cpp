// See digest_records.hpp.
#include "services/route53/data/digest_records.hpp"

#include <fmt/format.h>

#include <limits>

namespace diorama::route53 {

namespace {

// How many bytes each number in front of the digest has.
std::vector<std::size_t> numbers_of(RecordType type) {
    switch (type) {
    case RecordType::ds:
        return {2, 1, 1}; // key tag, algorithm, digest type
    case RecordType::sshfp:
        return {1, 1}; // algorithm, fingerprint type
    default:
        return {1, 1, 1}; // usage, selector, matching type
    }
}

} // namespace

std::variant<std::string, ValueProblem> parse_digest(RecordType type, std::string_view text) {
    const auto name = to_string(type);
    const auto sizes = numbers_of(type);
    const auto fields = fields_of(text);
    if (fields.size() <= sizes.size()) {
        return field_problem(name, fmt::format("Value must have {} fields", sizes.size() + 1));
    }
    std::string bytes;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        std::uint32_t number = 0;
        const auto most = sizes[i] == 1 ? 255U : 65535U;
        if (!parse_number(fields[i], number) || number > most) {
            return field_problem(name, fmt::format("Value is not a number between 0 and {}", most));
        }
        if (sizes[i] == 2) bytes += static_cast<char>(number >> 8);
        bytes += static_cast<char>(number);
    }
    std::string digits;
    for (std::size_t i = sizes.size(); i < fields.size(); ++i) {
        digits += fields[i];
    }
    const auto digest = from_hex(digits);
    if (!digest || digest->empty()) {
        return field_problem(name, "Digest is not in hexadecimal digits");
    }
    return bytes + *digest;
}

std::string digest_text(RecordType type, std::string_view bytes) {
    std::string text;
    std::size_t at = 0;
    for (const auto size : numbers_of(type)) {
        text += fmt::format("{} ", number_at(bytes, at, size));
        at += size;
    }
    return text + to_hex(bytes.substr(at));
}

// RFC 3403 4.1: order, preference, flags, services, regular expression, replacement.
std::variant<std::string, ValueProblem> parse_naptr(std::string_view text) {
    std::string bytes;
    std::size_t at = 0;
    const auto skip_blanks = [&] {
        while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) {
            ++at;
        }
    };
    for (int i = 0; i < 2; ++i) {
        skip_blanks();
        const auto end = std::min(text.find_first_of(" \t", at), text.size());
        std::uint16_t number = 0;
        if (!parse_number(text.substr(at, end - at), number)) {
            return field_problem("NAPTR", "Value is not a number between 0 and 65535");
        }
        append_u16(bytes, number);
        at = end;
    }
    for (int i = 0; i < 3; ++i) {
        skip_blanks();
        std::string value;
        if (auto wrong = quoted_string(text, at, value)) return *std::move(wrong);
        if (value.size() > std::numeric_limits<std::uint8_t>::max()) {
            return field_problem("NAPTR", "Value is too long");
        }
        bytes += static_cast<char>(value.size());
        bytes += value;
    }
    skip_blanks();
    if (auto wrong = append_name(bytes, text.substr(at))) return *std::move(wrong);
    return bytes;
}

std::string naptr_text(std::string_view bytes) {
    auto text = fmt::format("{} {} ", number_at(bytes, 0, 2), number_at(bytes, 2, 2));
    std::size_t at = 4;
    for (int i = 0; i < 3; ++i) {
        const auto length = static_cast<std::uint8_t>(bytes[at]);
        append_quoted(text, bytes.substr(at + 1, length));
        text += ' ';
        at += 1u + length;
    }
    return text + name_at(bytes, at).to_string();
}

} // namespace diorama::route53
