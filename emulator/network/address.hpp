// Addresses and endpoints as values, without sockets.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace diorama::network {

// An IPv4 or IPv6 address.
class IPAddress {
public:
    IPAddress() = default; // 0.0.0.0
    static IPAddress v4(std::uint32_t host_order);
    static IPAddress v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d);
    static IPAddress v6(const std::array<std::uint8_t, 16>& bytes);
    // "127.0.0.1", "::1"; nothing for anything else (names, brackets, zones).
    static std::optional<IPAddress> parse(std::string_view text);

    bool is_v4() const { return is_v4_; }

    bool is_loopback() const;
    bool is_any() const;
    std::uint32_t v4_bits() const; // host order; v4 only

    const std::array<std::uint8_t, 16>& bytes() const { return bytes_; } // v4: the first four

    std::string to_string() const;
    auto operator<=>(const IPAddress&) const = default;

private:
    bool is_v4_ = true;
    std::array<std::uint8_t, 16> bytes_{};
};

struct Endpoint {
    IPAddress address;
    std::uint16_t port = 0;
    std::string to_string() const; // "127.0.0.1:80", "[::1]:80"
    // The two forms above.
    static std::optional<Endpoint> parse(std::string_view text);
    auto operator<=>(const Endpoint&) const = default;
};

} // namespace diorama::network
