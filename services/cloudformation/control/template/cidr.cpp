// See cidr.hpp.
#include "services/cloudformation/control/template/cidr.hpp"

#include <fmt/format.h>

#include <charconv>

namespace diorama::cloudformation {
namespace {

// The 32 bits of a dotted address.
std::optional<std::uint32_t> address_of(std::string_view text) {
    std::uint32_t address = 0;
    for (int part = 0; part < 4; ++part) {
        const auto end = part < 3 ? text.find('.') : text.size();
        if (end == std::string_view::npos) return std::nullopt;
        std::uint32_t byte = 0;
        const auto read = std::from_chars(text.data(), text.data() + end, byte);
        if (read.ec != std::errc() || read.ptr != text.data() + end || byte > 255)
            return std::nullopt;
        address = address << 8 | byte;
        text.remove_prefix(part < 3 ? end + 1 : end);
    }
    return address;
}

} // namespace

// AWS: "The number of subnet bits for the CIDR. For example, specifying a value "8" for this
// parameter will create a CIDR with a mask of "/24"." (32 - 8)
// DIFFERS: IPv6 blocks are not divided.
std::optional<std::vector<std::string>>
cidr_blocks(std::string_view block, std::int64_t count, std::int64_t host_bits) {
    const auto slash = block.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto address = address_of(block.substr(0, slash));
    int prefix = 0;
    const auto mask = block.substr(slash + 1);
    const auto read = std::from_chars(mask.data(), mask.data() + mask.size(), prefix);
    if (!address || read.ec != std::errc() || read.ptr != mask.data() + mask.size() || prefix < 0 ||
        prefix > 32 || count < 1 || count > 256)
        return std::nullopt;
    const std::int64_t bits = host_bits == 0 ? 8 : host_bits;
    if (bits < 1 || bits > 32 - prefix) return std::nullopt;
    const std::uint64_t size = std::uint64_t{1} << bits;
    const std::uint64_t whole = std::uint64_t{1} << (32 - prefix);
    if (size * static_cast<std::uint64_t>(count) > whole) return std::nullopt;
    const std::uint64_t first = *address & ~(whole - 1);
    std::vector<std::string> blocks;
    for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(count); ++i) {
        const auto start = first + i * size;
        blocks.push_back(fmt::format(
            "{}.{}.{}.{}/{}",
            start >> 24 & 255,
            start >> 16 & 255,
            start >> 8 & 255,
            start & 255,
            32 - bits
        ));
    }
    return blocks;
}

} // namespace diorama::cloudformation
