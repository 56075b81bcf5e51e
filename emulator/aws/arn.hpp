// Amazon Resource Names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace diorama::aws {

// arn:partition:service:region:account:resource
struct ARN {
    std::string partition = "aws";
    std::string service;
    std::string region;
    std::string account;
    std::string resource; // may contain colons and slashes

    static std::optional<ARN> parse(std::string_view text);
    std::string to_string() const;
    bool operator==(const ARN&) const = default;
};

} // namespace diorama::aws
