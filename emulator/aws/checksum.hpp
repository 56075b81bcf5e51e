// What signatures are made of. The checksums that clients of S3 choose from stand in
// services/s3/data/checksum.hpp.
#pragma once

#include <string>
#include <string_view>

namespace diorama::aws {

std::string sha256(std::string_view bytes); // raw
std::string hmac_sha256(std::string_view key, std::string_view message);
std::string hex(std::string_view bytes); // lower case

} // namespace diorama::aws
