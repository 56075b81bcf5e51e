// The parts of an http or https URL that a delivery needs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace diorama::sns {

struct EndpointURL {
    bool is_tls = false;
    std::string host; // lower case, without brackets
    std::uint16_t port = 80;
    std::string authority; // as it stands in the URL, for the Host header; without user
    std::string target = "/";
    std::string user; // "name:password", or empty
};

std::optional<EndpointURL> parse_endpoint_url(std::string_view url);

} // namespace diorama::sns
