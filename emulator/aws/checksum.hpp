// Checksums and digests of the API: those S3 lets clients choose, and what signatures are made of.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace diorama::aws {

enum class ChecksumAlgorithm { crc32, crc32c, crc64nvme, sha1, sha256, md5 };

// "CRC32", "crc32c", "SHA256" …; nothing for what S3 does not know.
std::optional<ChecksumAlgorithm> parse_checksum_algorithm(std::string_view name);
std::string_view name_of(ChecksumAlgorithm algorithm); // "CRC64NVME"
// "x-amz-checksum-crc32c"; "Content-MD5" for md5.
std::string_view header_of(ChecksumAlgorithm algorithm);

// A checksum over bytes that come piece by piece.
class Checksum {
public:
    explicit Checksum(ChecksumAlgorithm algorithm);
    Checksum(Checksum&&) noexcept;
    Checksum& operator=(Checksum&&) noexcept;
    ~Checksum();

    void add(std::string_view bytes);
    // The raw value, most significant byte first. Ends the computation.
    std::string value();
    // As the headers carry it.
    std::string base64();

    ChecksumAlgorithm algorithm() const { return algorithm_; }

private:
    struct Digest;
    ChecksumAlgorithm algorithm_;
    std::uint64_t crc_;
    std::unique_ptr<Digest> digest_;
};

std::string sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view message);
std::string hex(std::string_view bytes); // lower case

} // namespace diorama::aws
