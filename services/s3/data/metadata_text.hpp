// The values of user-defined metadata: any text inside, ASCII on the wire.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
#pragma once

#include <string>
#include <string_view>

namespace diorama::s3 {

// AWS: "Values of such headers are character decoded as per RFC 2047 before storing and encoded as
// per RFC 2047 to make them mail-safe before returning."
std::string decode_metadata(std::string_view header);
std::string encode_metadata(const std::string& text);

} // namespace diorama::s3
