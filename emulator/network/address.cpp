// See address.hpp. Texts are read and written by the C library's inet functions.
#include "emulator/network/address.hpp"

#include "emulator/assert.hpp"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <charconv>
#include <cstring>

namespace diorama::network {

IPAddress IPAddress::v4(std::uint32_t bits) {
    return v4(
        static_cast<std::uint8_t>(bits >> 24),
        static_cast<std::uint8_t>(bits >> 16),
        static_cast<std::uint8_t>(bits >> 8),
        static_cast<std::uint8_t>(bits)
    );
}

IPAddress IPAddress::v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    IPAddress address;
    address.bytes_ = {a, b, c, d};
    return address;
}

IPAddress IPAddress::v6(const std::array<std::uint8_t, 16>& bytes) {
    IPAddress address;
    address.is_v4_ = false;
    address.bytes_ = bytes;
    return address;
}

std::optional<IPAddress> IPAddress::parse(std::string_view text) {
    if (text.size() >= INET6_ADDRSTRLEN) return std::nullopt;
    const std::string terminated(text);
    IPAddress address;
    if (inet_pton(AF_INET, terminated.c_str(), address.bytes_.data()) == 1) return address;
    if (inet_pton(AF_INET6, terminated.c_str(), address.bytes_.data()) == 1) {
        address.is_v4_ = false;
        return address;
    }
    return std::nullopt;
}

bool IPAddress::is_loopback() const {
    if (is_v4_) return bytes_[0] == 127;
    std::array<std::uint8_t, 16> loopback{};
    loopback[15] = 1;
    return bytes_ == loopback;
}

bool IPAddress::is_any() const {
    return bytes_ == std::array<std::uint8_t, 16>{};
}

std::uint32_t IPAddress::v4_bits() const {
    ASSERT(is_v4_);
    return static_cast<std::uint32_t>(bytes_[0]) << 24 |
           static_cast<std::uint32_t>(bytes_[1]) << 16 |
           static_cast<std::uint32_t>(bytes_[2]) << 8 | bytes_[3];
}

std::string IPAddress::to_string() const {
    char text[INET6_ADDRSTRLEN] = {};
    inet_ntop(is_v4_ ? AF_INET : AF_INET6, bytes_.data(), text, sizeof text);
    return text;
}

std::string Endpoint::to_string() const {
    if (address.is_v4()) return fmt::format("{}:{}", address.to_string(), port);
    return fmt::format("[{}]:{}", address.to_string(), port);
}

std::optional<Endpoint> Endpoint::parse(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    auto host = text.substr(0, colon);
    const auto digits = text.substr(colon + 1);
    if (host.size() > 1 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    const auto address = IPAddress::parse(host);
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (!address || digits.empty() || error != std::errc() ||
        end != digits.data() + digits.size()) {
        return std::nullopt;
    }
    return Endpoint{*address, port};
}

} // namespace diorama::network
