// The rules of completing a multipart upload: which parts make the object, its entity tag and its
// checksum.
#pragma once

#include "emulator/aws/error.hpp"
#include "services/s3/state.hpp"

#include <optional>
#include <string>
#include <vector>

namespace diorama::s3 {

// A part as CompleteMultipartUpload names it.
struct NamedPart {
    int number = 0;
    std::string e_tag;    // with or without quotes
    std::string checksum; // in the upload's algorithm; empty: none
};

// The parts that make the object, in order. Throws aws::AWSError.
std::vector<Part> choose_parts(const MultipartUpload& upload, const std::vector<NamedPart>& named);

// MD5 of the parts' MD5s, "-", their number.
std::string multipart_e_tag(const std::vector<Part>& parts);

// COMPOSITE: the checksum of the parts' checksums. FULL_OBJECT: that of all bytes, put together
// from the parts'. Nothing when the parts have none in common.
std::optional<Checksum>
multipart_checksum(const MultipartUpload& upload, const std::vector<Part>& parts);

// AWS's defaults and exclusions for algorithm and type. Throws aws::AWSError.
void choose_checksum(
    MultipartUpload& upload,
    std::optional<ChecksumAlgorithm> algorithm,
    std::optional<ChecksumType> type
);

} // namespace diorama::s3
