// The two names that every answer of S3 has, by which AWS's support finds a request again:
// x-amz-request-id and x-amz-id-2. Made for every request, so made quickly: many characters from
// one number.
#pragma once

#include "emulator/random/random.hpp"

#include <string>

namespace diorama::s3 {

// Sixteen capital letters and digits.
std::string new_request_id(Random& random);

// What looks like 57 bytes in base64.
std::string new_host_id(Random& random);

} // namespace diorama::s3
