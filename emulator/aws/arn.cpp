// See arn.hpp.
#include "emulator/aws/arn.hpp"

#include <fmt/format.h>

#include <array>

namespace diorama::aws {

std::optional<ARN> ARN::parse(std::string_view text) {
    std::array<std::string_view, 5> parts;
    for (auto& part : parts) {
        const auto colon = text.find(':');
        if (colon == std::string_view::npos) return std::nullopt;
        part = text.substr(0, colon);
        text.remove_prefix(colon + 1);
    }
    if (parts[0] != "arn" || parts[1].empty() || parts[2].empty() || text.empty())
        return std::nullopt;
    return ARN{
        std::string(parts[1]),
        std::string(parts[2]),
        std::string(parts[3]),
        std::string(parts[4]),
        std::string(text)
    };
}

std::string ARN::to_string() const {
    return fmt::format("arn:{}:{}:{}:{}:{}", partition, service, region, account, resource);
}

} // namespace diorama::aws
