// Whether a text has control characters at all, eight bytes at a time: header values hardly ever
// do, and whoever cares which ones looks again.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace diorama::http {

// Bytes below 0x20, and 0x7f.
inline bool has_control_characters(std::string_view text) {
    constexpr std::uint64_t each = 0x0101'0101'0101'0101;
    constexpr std::uint64_t tops = each * 0x80;
    std::uint64_t found = 0;
    const auto look_at = [&found](std::uint64_t bytes) {
        const auto deletes = bytes ^ (each * 0x7f); // 0 where a byte is 0x7f
        found |= (bytes - each * 0x20) & ~bytes;
        found |= (deletes - each) & ~deletes;
    };
    while (text.size() >= sizeof(std::uint64_t)) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, text.data(), sizeof bytes);
        look_at(bytes);
        text.remove_prefix(sizeof bytes);
    }
    if (!text.empty()) {
        auto bytes = each * ' '; // harmless beyond the end
        std::memcpy(&bytes, text.data(), text.size());
        look_at(bytes);
    }
    return (found & tops) != 0;
}

} // namespace diorama::http
