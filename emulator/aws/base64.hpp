// Base64 (RFC 4648 section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace diorama::aws {

std::string base64_encode(std::string_view bytes);
// Nothing for what is not Base64. Missing padding and line breaks are accepted.
std::optional<std::string> base64_decode(std::string_view text);

} // namespace diorama::aws
