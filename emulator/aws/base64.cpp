// See base64.hpp.
#include "emulator/aws/base64.hpp"

#include <array>
#include <cstdint>

namespace diorama::aws {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> make_values() {
    std::array<std::int8_t, 256> values{};
    for (auto& value : values)
        value = -1;
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    return values;
}

constexpr auto values = make_values();

} // namespace

std::string base64_encode(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto rest = bytes.size() - i;
        const auto byte = [&](std::size_t offset) -> std::uint32_t {
            return offset < rest ? static_cast<unsigned char>(bytes[i + offset]) : 0U;
        };
        const auto group = byte(0) << 16 | byte(1) << 8 | byte(2);
        text += alphabet[group >> 18];
        text += alphabet[group >> 12 & 63];
        text += rest > 1 ? alphabet[group >> 6 & 63] : '=';
        text += rest > 2 ? alphabet[group & 63] : '=';
    }
    return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t group = 0;
    int bits = 0;
    bool padded = false;
    for (const char character : text) {
        if (character == '\n' || character == '\r' || character == ' ') continue;
        if (character == '=') {
            padded = true;
            continue;
        }
        const auto value = values[static_cast<unsigned char>(character)];
        if (value < 0 || padded) return std::nullopt;
        group = group << 6 | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes += static_cast<char>(group >> bits & 0xFF);
        }
    }
    if (bits >= 6) return std::nullopt;
    return bytes;
}

} // namespace diorama::aws
