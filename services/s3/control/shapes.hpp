// Small conversions between S3's state and the shapes of its API.
#pragma once

#include "services/s3/api.hpp"
#include "services/s3/state.hpp"

#include <string>

namespace diorama::s3 {

api::Owner owner_of(const std::string& account);

inline std::string quoted(const std::string& e_tag) {
    return "\"" + e_tag + "\"";
}

// The value as it is, or percent-encoded when the client asked for encoding-type=url.
std::string encoded(const std::string& text, const std::optional<api::EncodingType>& encoding);

api::ChecksumType shape_of(ChecksumType type);
api::ChecksumAlgorithm shape_of(ChecksumAlgorithm algorithm);

// The member of an API shape that holds the checksum of an algorithm: shapes have one for each.
template <class Shape>
std::optional<std::string>& checksum_member(Shape& shape, ChecksumAlgorithm algorithm) {
    switch (algorithm) {
    case ChecksumAlgorithm::crc32:
        return shape.checksum_crc32;
    case ChecksumAlgorithm::crc32c:
        return shape.checksum_crc32_c;
    case ChecksumAlgorithm::crc64nvme:
        return shape.checksum_crc64_nvme;
    case ChecksumAlgorithm::sha1:
        return shape.checksum_sha1;
    case ChecksumAlgorithm::sha256:
        break;
    }
    return shape.checksum_sha256;
}

template <class Shape>
const std::optional<std::string>& checksum_member(const Shape& shape, ChecksumAlgorithm algorithm) {
    return checksum_member(const_cast<Shape&>(shape), algorithm);
}

} // namespace diorama::s3
