// Request bodies that clients have compressed (Content-Encoding: gzip).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace diorama::aws {

// Nothing when it is not gzip, is cut short, or would be larger than `limit`.
std::optional<std::string> gunzip(std::string_view bytes, std::size_t limit);

} // namespace diorama::aws
