// See service_binding.hpp.
#include "services/route53/data/service_binding.hpp"

#include "emulator/aws/base64.hpp"
#include "emulator/network/address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace diorama::route53 {

namespace {

// RFC 9460 14.3.2 and RFC 9461 8.
constexpr std::string_view key_names[] =
    {"mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath"};

constexpr std::size_t parameter_bytes_max = 65'535;

enum Key : std::uint16_t {
    mandatory,
    alpn,
    no_default_alpn,
    port,
    ipv4hint,
    ech,
    ipv6hint,
    dohpath
};

std::string name_of(std::uint16_t key) {
    if (key < std::size(key_names)) return std::string(key_names[key]);
    return fmt::format("key{}", key);
}

std::optional<std::uint16_t> parse_key(std::string_view text) {
    for (std::uint16_t key = 0; key < std::size(key_names); ++key) {
        if (key_names[key] == text) return key;
    }
    std::uint16_t number = 0;
    if (!text.starts_with("key") || !parse_number(text.substr(3), number)) return std::nullopt;
    return number;
}

std::vector<std::string_view> parts_of(std::string_view list) {
    std::vector<std::string_view> parts;
    for (std::size_t at = 0; at <= list.size();) {
        const auto end = std::min(list.find(',', at), list.size());
        parts.push_back(list.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

std::optional<std::string> encode_protocols(std::string_view list) {
    std::string bytes;
    for (const auto part : parts_of(list)) {
        if (part.empty() || part.size() > 255) return std::nullopt;
        bytes += static_cast<char>(part.size());
        bytes += part;
    }
    return bytes;
}

std::optional<std::string> encode_addresses(std::string_view list, bool is_v4) {
    std::string bytes;
    for (const auto part : parts_of(list)) {
        const auto address = network::IPAddress::parse(part);
        if (!address || address->is_v4() != is_v4) return std::nullopt;
        bytes.append(address->bytes().begin(), address->bytes().begin() + (is_v4 ? 4 : 16));
    }
    return bytes;
}

std::optional<std::string> encode_keys(std::string_view list) {
    std::vector<std::uint16_t> keys;
    for (const auto part : parts_of(list)) {
        const auto key = parse_key(part);
        if (!key || *key == mandatory) return std::nullopt;
        keys.push_back(*key);
    }
    std::sort(keys.begin(), keys.end());
    std::string bytes;
    for (const auto key : keys) {
        append_u16(bytes, key);
    }
    return bytes;
}

// Nothing when the value is none for that key.
std::optional<std::string> encode(std::uint16_t key, std::string_view value) {
    std::uint16_t number = 0;
    std::string bytes;
    switch (key) {
    case mandatory:
        return encode_keys(value);
    case alpn:
        return encode_protocols(value);
    case no_default_alpn:
        return value.empty() ? std::optional(bytes) : std::nullopt;
    case port:
        if (!parse_number(value, number)) return std::nullopt;
        append_u16(bytes, number);
        return bytes;
    case ipv4hint:
        return encode_addresses(value, true);
    case ipv6hint:
        return encode_addresses(value, false);
    case ech:
        return aws::base64_decode(value);
    default:
        return std::string(value);
    }
}

std::string address_list(std::string_view bytes, std::size_t size) {
    std::string text;
    for (std::size_t at = 0; at + size <= bytes.size(); at += size) {
        std::array<std::uint8_t, 16> one{};
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), size, one.begin());
        if (at != 0) text += ',';
        text += size == 4 ? network::IPAddress::v4(one[0], one[1], one[2], one[3]).to_string()
                          : network::IPAddress::v6(one).to_string();
    }
    return text;
}

std::string decode(std::uint16_t key, std::string_view bytes) {
    std::string text;
    switch (key) {
    case mandatory:
        for (std::size_t at = 0; at + 2 <= bytes.size(); at += 2) {
            if (at != 0) text += ',';
            text += name_of(static_cast<std::uint16_t>(number_at(bytes, at, 2)));
        }
        return text;
    case alpn:
        for (std::size_t at = 0; at < bytes.size();) {
            const auto length = static_cast<std::uint8_t>(bytes[at]);
            if (at != 0) text += ',';
            text += bytes.substr(at + 1, length);
            at += 1u + length;
        }
        return text;
    case port:
        return std::to_string(number_at(bytes, 0, 2));
    case ipv4hint:
        return address_list(bytes, 4);
    case ipv6hint:
        return address_list(bytes, 16);
    case ech:
        return aws::base64_encode(bytes);
    default:
        return std::string(bytes);
    }
}

struct Parameter {
    std::string_view key;
    std::string value;
};

// "key", "key=value", "key=\"value\""; moves `at` past it.
std::optional<Parameter> next_parameter(std::string_view text, std::size_t& at) {
    Parameter parameter;
    const auto end = std::min(text.find_first_of("= \t", at), text.size());
    parameter.key = text.substr(at, end - at);
    at = end;
    if (at == text.size() || text[at] != '=') return parameter;
    ++at;
    if (at < text.size() && text[at] == '"') {
        if (quoted_string(text, at, parameter.value)) return std::nullopt;
        return parameter;
    }
    const auto stop = std::min(text.find_first_of(" \t", at), text.size());
    parameter.value = text.substr(at, stop - at);
    at = stop;
    return parameter;
}

} // namespace

std::variant<std::string, ValueProblem>
parse_service_binding(std::string_view type, std::string_view text) {
    const auto fields = fields_of(text);
    std::uint16_t priority = 0;
    if (fields.size() < 2) return field_problem(type, "Value must have a priority and a target");
    if (!parse_number(fields[0], priority)) {
        return field_problem(type, "Value is not a number between 0 and 65535");
    }
    std::string bytes;
    append_u16(bytes, priority);
    if (auto wrong = append_name(bytes, fields[1])) return *std::move(wrong);
    std::map<std::uint16_t, std::string> parameters; // RFC 9460 2.2: in the order of their keys
    auto at = static_cast<std::size_t>(fields[1].data() + fields[1].size() - text.data());
    for (;;) {
        at = text.find_first_not_of(" \t", at);
        if (at == std::string_view::npos) break;
        const auto parameter = next_parameter(text, at);
        if (!parameter) return field_problem(type, "A parameter is not well-formed");
        const auto key = parse_key(parameter->key);
        const auto value = key ? encode(*key, parameter->value) : std::nullopt;
        if (!value || value->size() > parameter_bytes_max ||
            !parameters.emplace(*key, *value).second) {
            return field_problem(
                type,
                fmt::format("The parameter {} is not valid", parameter->key)
            );
        }
    }
    // RFC 9460 2.4.2: in AliasMode parameters have no meaning.
    if (priority == 0 && !parameters.empty()) {
        return field_problem(type, "A record with priority 0 must not have parameters");
    }
    for (const auto& [key, value] : parameters) {
        append_u16(bytes, key);
        append_u16(bytes, static_cast<std::uint16_t>(value.size()));
        bytes += value;
    }
    return bytes;
}

std::string service_binding_text(std::string_view bytes) {
    std::size_t at = 2;
    const auto target = name_at(bytes, at);
    auto text = fmt::format("{} {}", number_at(bytes, 0, 2), target.to_string());
    while (at + 4 <= bytes.size()) {
        const auto key = static_cast<std::uint16_t>(number_at(bytes, at, 2));
        const auto length = number_at(bytes, at + 2, 2);
        const auto value = decode(key, bytes.substr(at + 4, length));
        text += ' ' + name_of(key);
        if (!value.empty()) {
            text += '=';
            append_quoted(text, value);
        }
        at += 4 + length;
    }
    return text;
}

} // namespace diorama::route53
