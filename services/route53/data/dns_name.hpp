// A domain name, kept as the bytes of the wire (RFC 1035 3.1: labels with their lengths, ended by
// the root's zero), so that questions are looked up and answers written without conversion.
// Everything else of the service that deals in names uses this class.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace diorama::route53 {

class DNSName {
public:
    DNSName() = default; // the root

    // What the API and people write: "www.example.com", with or without the last dot. A backslash
    // with three octal digits stands for a byte, with another character for that character.
    // Nothing for empty labels, labels over 63 bytes and names over 255.
    static std::optional<DNSName> parse(std::string_view text);

    // Bytes already known to be one well-formed, uncompressed name.
    static DNSName from_wire(std::string bytes) { return DNSName(std::move(bytes)); }

    const std::string& wire() const { return wire_; }

    // With the last dot and Route 53's escapes: "\052.example.com.".
    std::string to_string() const;
    // Labels from the right with dots between, the order in which Route 53 lists record sets:
    // "com.example.www.".
    std::string sort_text() const;

    DNSName lower() const;
    // The name without its first label; the root is its own parent.
    DNSName parent() const;
    // The name below this one; nothing when that would be too long.
    std::optional<DNSName> child(std::string_view label) const;

    bool is_root() const { return wire_.size() == 1; }

    bool is_wildcard() const { return wire_.size() > 2 && wire_[0] == 1 && wire_[1] == '*'; }

    // Equal to `ancestor` or below it; both in lower case.
    bool is_within(const DNSName& ancestor) const;
    std::size_t label_count() const;

    auto operator<=>(const DNSName&) const = default;

private:
    explicit DNSName(std::string wire)
        : wire_(std::move(wire)) {}

    std::string wire_ = std::string(1, '\0');
};

inline constexpr std::size_t label_bytes_max = 63; // RFC 1035 2.3.4
inline constexpr std::size_t name_bytes_max = 255; // RFC 1035 2.3.4

inline char lower_ascii(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

} // namespace diorama::route53
