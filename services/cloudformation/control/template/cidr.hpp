// Fn::Cidr: an address block cut into smaller ones. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::cloudformation {

// `count` blocks from the beginning of `block` ("10.0.0.0/16"), each with `host_bits` bits for
// hosts; 0 means AWS's defaults. Nothing when they do not fit or `block` is none.
std::optional<std::vector<std::string>>
cidr_blocks(std::string_view block, std::int64_t count, std::int64_t host_bits);

} // namespace diorama::cloudformation
