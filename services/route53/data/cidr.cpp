// See cidr.hpp.
#include "services/route53/data/cidr.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace diorama::route53 {

std::optional<CidrBlock> CidrBlock::parse(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto address = network::IPAddress::parse(text.substr(0, slash));
    if (!address) return std::nullopt;
    const auto digits = text.substr(slash + 1);
    CidrBlock block{*address, 0};
    const auto* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, block.prefix);
    if (error != std::errc() || stop != end || block.prefix > block.bits()) return std::nullopt;
    if (block.shortened(block.prefix) != block) return std::nullopt;
    return block;
}

std::string CidrBlock::to_string() const {
    return address.to_string() + "/" + std::to_string(prefix);
}

CidrBlock CidrBlock::shortened(unsigned to_prefix) const {
    auto bytes = address.bytes();
    for (unsigned bit = to_prefix; bit < bits(); ++bit) {
        bytes[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
    }
    if (!address.is_v4()) return {network::IPAddress::v6(bytes), to_prefix};
    return {network::IPAddress::v4(bytes[0], bytes[1], bytes[2], bytes[3]), to_prefix};
}

bool CidrBlock::overlaps(const CidrBlock& other) const {
    if (address.is_v4() != other.address.is_v4()) return false;
    const auto common = std::min(prefix, other.prefix);
    return shortened(common) == other.shortened(common);
}

} // namespace diorama::route53
