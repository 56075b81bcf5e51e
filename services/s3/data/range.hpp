// The Range header of a GET and the copy-source-range of UploadPartCopy.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace diorama::s3 {

// A stretch of an object.
struct ByteRange {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    bool operator==(const ByteRange&) const = default;
};

enum class RangeVerdict {
    whole,           // no range, or one that is to be ignored
    partial,         // answer 206 with the range
    not_satisfiable, // answer 416
};

struct RangeResult {
    RangeVerdict verdict = RangeVerdict::whole;
    ByteRange range;
};

// RFC 9110 14.2. What is not understood, and more than one range, is ignored.
RangeResult resolve_range(std::string_view header, std::uint64_t size);

// "bytes=first-last", both required. Nothing when it has another form.
struct CopyRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
};

std::optional<CopyRange> parse_copy_range(std::string_view text);

} // namespace diorama::s3
