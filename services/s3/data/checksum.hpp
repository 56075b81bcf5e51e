// The digests of S3: MD5 for entity tags and Content-MD5, and the five checksum algorithms a
// client may choose. Values travel as base64 of the big-endian bytes.
#pragma once

#include "emulator/aws/checksum.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace diorama::s3 {

enum class ChecksumAlgorithm { crc32, crc32c, crc64nvme, sha1, sha256 };

inline constexpr std::array all_checksum_algorithms{
    ChecksumAlgorithm::crc32,
    ChecksumAlgorithm::crc32c,
    ChecksumAlgorithm::crc64nvme,
    ChecksumAlgorithm::sha1,
    ChecksumAlgorithm::sha256,
};

std::string_view name_of(ChecksumAlgorithm algorithm);       // "CRC32"
std::string_view lower_name_of(ChecksumAlgorithm algorithm); // "crc32"
std::string_view header_of(ChecksumAlgorithm algorithm);     // "x-amz-checksum-crc32"
std::optional<ChecksumAlgorithm> parse_checksum_algorithm(std::string_view name); // either case
std::size_t digest_size(ChecksumAlgorithm algorithm);                             // bytes
bool is_crc(ChecksumAlgorithm algorithm);

// Bytes in, digest out.
class Digest {
public:
    virtual ~Digest() = default;
    virtual void update(std::string_view bytes) = 0;
    virtual std::string finish() = 0; // raw bytes; once
};

std::unique_ptr<Digest> make_md5();
std::unique_ptr<Digest> make_digest(ChecksumAlgorithm algorithm);

std::string md5_of(std::string_view bytes); // raw
std::string digest_of(ChecksumAlgorithm algorithm, std::string_view bytes);

// The CRC of two byte strings, one after the other, from their CRCs and the length of the second.
std::string combine_crc(
    ChecksumAlgorithm algorithm,
    std::string_view first,
    std::string_view second,
    std::uint64_t second_length
);

// What aws::hex() wrote.
std::optional<std::string> bytes_of_hex(std::string_view hex);

} // namespace diorama::s3
