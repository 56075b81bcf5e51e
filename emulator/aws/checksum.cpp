// See checksum.hpp. CRCs are computed from tables, eight bytes at a time.
#include "emulator/aws/checksum.hpp"

#include "emulator/aws/base64.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstring>
#include <utility>

namespace diorama::aws {
namespace {

// Reflected polynomials: IEEE 802.3, Castagnoli (RFC 3720), NVMe.
constexpr std::uint64_t crc32_polynomial = 0xEDB88320;
constexpr std::uint64_t crc32c_polynomial = 0x82F63B78;
constexpr std::uint64_t crc64nvme_polynomial = 0x9A6C9329AC4BC9B5;

using Tables = std::array<std::array<std::uint64_t, 256>, 8>;

constexpr Tables make_tables(std::uint64_t polynomial) {
    Tables tables{};
    for (std::uint64_t byte = 0; byte < 256; ++byte) {
        std::uint64_t crc = byte;
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc & 1) != 0 ? crc >> 1 ^ polynomial : crc >> 1;
        tables[0][byte] = crc;
    }
    for (std::size_t slice = 1; slice < 8; ++slice)
        for (std::size_t byte = 0; byte < 256; ++byte)
            tables[slice][byte] =
                tables[slice - 1][byte] >> 8 ^ tables[0][tables[slice - 1][byte] & 0xFF];
    return tables;
}

constexpr Tables crc32_tables = make_tables(crc32_polynomial);
constexpr Tables crc32c_tables = make_tables(crc32c_polynomial);
constexpr Tables crc64nvme_tables = make_tables(crc64nvme_polynomial);

const Tables& tables_of(ChecksumAlgorithm algorithm) {
    if (algorithm == ChecksumAlgorithm::crc32) return crc32_tables;
    if (algorithm == ChecksumAlgorithm::crc32c) return crc32c_tables;
    return crc64nvme_tables;
}

std::uint64_t crc_of(const Tables& tables, std::uint64_t crc, std::string_view bytes) {
    const char* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 8; at += 8, left -= 8) {
        std::uint64_t word = 0; // little-endian, whatever the machine
        for (int i = 7; i >= 0; --i)
            word = word << 8 | static_cast<unsigned char>(at[i]);
        word ^= crc;
        crc = 0;
        for (std::size_t i = 0; i < 8; ++i)
            crc ^= tables[7 - i][word >> (8 * i) & 0xFF];
    }
    for (; left > 0; ++at, --left)
        crc = crc >> 8 ^ tables[0][(crc ^ static_cast<unsigned char>(*at)) & 0xFF];
    return crc;
}

bool is_crc(ChecksumAlgorithm algorithm) {
    return algorithm == ChecksumAlgorithm::crc32 || algorithm == ChecksumAlgorithm::crc32c ||
           algorithm == ChecksumAlgorithm::crc64nvme;
}

struct Name {
    ChecksumAlgorithm algorithm;
    std::string_view name;
    std::string_view header;
};

constexpr std::array<Name, 6> names{{
    {ChecksumAlgorithm::crc32, "CRC32", "x-amz-checksum-crc32"},
    {ChecksumAlgorithm::crc32c, "CRC32C", "x-amz-checksum-crc32c"},
    {ChecksumAlgorithm::crc64nvme, "CRC64NVME", "x-amz-checksum-crc64nvme"},
    {ChecksumAlgorithm::sha1, "SHA1", "x-amz-checksum-sha1"},
    {ChecksumAlgorithm::sha256, "SHA256", "x-amz-checksum-sha256"},
    {ChecksumAlgorithm::md5, "MD5", "Content-MD5"},
}};

} // namespace

std::optional<ChecksumAlgorithm> parse_checksum_algorithm(std::string_view name) {
    std::string upper(name);
    for (auto& character : upper)
        if (character >= 'a' && character <= 'z')
            character = static_cast<char>(character - 'a' + 'A');
    for (const auto& known : names)
        if (known.name == upper) return known.algorithm;
    return std::nullopt;
}

std::string_view name_of(ChecksumAlgorithm algorithm) {
    return names[static_cast<std::size_t>(algorithm)].name;
}

std::string_view header_of(ChecksumAlgorithm algorithm) {
    return names[static_cast<std::size_t>(algorithm)].header;
}

struct Checksum::Digest {
    explicit Digest(const EVP_MD* kind) { EVP_DigestInit_ex(context, kind, nullptr); }

    Digest(const Digest&) = delete;
    Digest& operator=(const Digest&) = delete;

    ~Digest() { EVP_MD_CTX_free(context); }

    EVP_MD_CTX* context = EVP_MD_CTX_new();
};

Checksum::Checksum(ChecksumAlgorithm algorithm)
    : algorithm_(algorithm)
    , crc_(algorithm == ChecksumAlgorithm::crc64nvme ? ~std::uint64_t(0) : 0xFFFFFFFF) {
    if (algorithm == ChecksumAlgorithm::sha1) digest_ = std::make_unique<Digest>(EVP_sha1());
    if (algorithm == ChecksumAlgorithm::sha256) digest_ = std::make_unique<Digest>(EVP_sha256());
    if (algorithm == ChecksumAlgorithm::md5) digest_ = std::make_unique<Digest>(EVP_md5());
}

Checksum::Checksum(Checksum&&) noexcept = default;
Checksum& Checksum::operator=(Checksum&&) noexcept = default;
Checksum::~Checksum() = default;

void Checksum::add(std::string_view bytes) {
    if (is_crc(algorithm_))
        crc_ = crc_of(tables_of(algorithm_), crc_, bytes);
    else
        EVP_DigestUpdate(digest_->context, bytes.data(), bytes.size());
}

std::string Checksum::value() {
    if (!is_crc(algorithm_)) {
        std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
        unsigned size = 0;
        EVP_DigestFinal_ex(digest_->context, bytes.data(), &size);
        return {reinterpret_cast<const char*>(bytes.data()), size};
    }
    const int size = algorithm_ == ChecksumAlgorithm::crc64nvme ? 8 : 4;
    std::string bytes;
    for (int i = size - 1; i >= 0; --i)
        bytes += static_cast<char>(~crc_ >> (8 * i) & 0xFF);
    return bytes;
}

std::string Checksum::base64() {
    return base64_encode(value());
}

std::string sha256(std::string_view bytes) {
    Checksum checksum(ChecksumAlgorithm::sha256);
    checksum.add(bytes);
    return checksum.value();
}

std::string hmac_sha256(std::string_view key, std::string_view message) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    HMAC(
        EVP_sha256(),
        key.data(),
        static_cast<int>(key.size()),
        reinterpret_cast<const unsigned char*>(message.data()),
        message.size(),
        bytes.data(),
        &size
    );
    return {reinterpret_cast<const char*>(bytes.data()), size};
}

std::string hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char byte : bytes) {
        text += digits[static_cast<unsigned char>(byte) >> 4];
        text += digits[static_cast<unsigned char>(byte) & 15];
    }
    return text;
}

} // namespace diorama::aws
