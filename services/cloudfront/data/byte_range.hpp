// The Range request header for one range of bytes (RFC 9110 section 14).
#pragma once

#include <cstdint>
#include <string_view>

namespace diorama::cloudfront {

struct ByteRange {
    enum class Kind { whole, part, unsatisfiable };
    Kind kind = Kind::whole;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

// What `range` asks of a body of `size` bytes. Anything that is not one well-formed range of bytes
// asks for the whole.
// DIFFERS: CloudFront answers several valid ranges with multipart/byteranges; here they get the
// whole object, as CloudFront does for invalid ones.
ByteRange parse_range(std::string_view range, std::uint64_t size);

} // namespace diorama::cloudfront
