// CBOR (RFC 8949), as much of it as smithy-rpc-v2-cbor uses.
#pragma once

#include "emulator/aws/shape.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace diorama::aws {

// A document as JSON values: byte strings become binary values, tags vanish (a timestamp is its
// number), undefined is null. Nothing when it is not CBOR or nested deeper than any input may be.
std::optional<nlohmann::json> parse_cbor(std::string_view bytes);

void cbor_text(std::string& bytes, std::string_view text);
void cbor_map_head(std::string& bytes, std::size_t entries);
// A structure as a map of its members.
void cbor_structure(std::string& bytes, const Shape& structure, const void* value);

} // namespace diorama::aws
