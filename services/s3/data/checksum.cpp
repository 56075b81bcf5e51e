// See checksum.hpp. SHA and MD5 are OpenSSL's.
#include "services/s3/data/checksum.hpp"

#include "emulator/assert.hpp"
#include "services/s3/data/crc.hpp"

#include <openssl/evp.h>

namespace diorama::s3 {

namespace {

struct AlgorithmFacts {
    std::string_view name;
    std::string_view lower_name;
    std::string_view header;
    std::size_t size;
};

const AlgorithmFacts& facts_of(ChecksumAlgorithm algorithm) {
    static constexpr std::array<AlgorithmFacts, 5> facts{{
        {"CRC32", "crc32", "x-amz-checksum-crc32", 4},
        {"CRC32C", "crc32c", "x-amz-checksum-crc32c", 4},
        {"CRC64NVME", "crc64nvme", "x-amz-checksum-crc64nvme", 8},
        {"SHA1", "sha1", "x-amz-checksum-sha1", 20},
        {"SHA256", "sha256", "x-amz-checksum-sha256", 32},
    }};
    return facts[static_cast<std::size_t>(algorithm)];
}

// Reflected polynomials, as their registers shift right. A 32-bit CRC lies in the low half.
constexpr std::uint64_t polynomial_of(ChecksumAlgorithm algorithm) {
    switch (algorithm) {
    case ChecksumAlgorithm::crc32:
        return 0xEDB88320;
    case ChecksumAlgorithm::crc32c:
        return 0x82F63B78;
    default:
        return 0x9A6C9329AC4BC9B5;
    }
}

constexpr std::uint64_t mask_of(ChecksumAlgorithm algorithm) {
    return algorithm == ChecksumAlgorithm::crc64nvme ? ~std::uint64_t{0} : 0xFFFFFFFF;
}

const CRCTables& tables_of(ChecksumAlgorithm algorithm) {
    static const CRCTables crc32(polynomial_of(ChecksumAlgorithm::crc32), 32);
    static const CRCTables crc32c(polynomial_of(ChecksumAlgorithm::crc32c), 32);
    static const CRCTables crc64(polynomial_of(ChecksumAlgorithm::crc64nvme), 64);
    if (algorithm == ChecksumAlgorithm::crc32) return crc32;
    return algorithm == ChecksumAlgorithm::crc32c ? crc32c : crc64;
}

std::string big_endian(std::uint64_t value, std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = size; i-- > 0; value >>= 8)
        bytes[i] = static_cast<char>(value & 0xff);
    return bytes;
}

std::uint64_t number_of(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const auto byte : bytes)
        value = (value << 8) | static_cast<unsigned char>(byte);
    return value;
}

class CRCDigest final : public Digest {
public:
    explicit CRCDigest(ChecksumAlgorithm algorithm)
        : tables_(tables_of(algorithm))
        , mask_(mask_of(algorithm))
        , value_(mask_)
        , size_(digest_size(algorithm)) {}

    void update(std::string_view bytes) override { value_ = tables_.advance(value_, bytes); }

    std::string finish() override { return big_endian(value_ ^ mask_, size_); }

private:
    const CRCTables& tables_;
    std::uint64_t mask_;
    std::uint64_t value_;
    std::size_t size_;
};

class EVPDigest final : public Digest {
public:
    explicit EVPDigest(const EVP_MD* kind)
        : context_(EVP_MD_CTX_new()) {
        ASSERT(EVP_DigestInit_ex(context_, kind, nullptr) == 1);
    }

    EVPDigest(const EVPDigest&) = delete;
    EVPDigest& operator=(const EVPDigest&) = delete;

    ~EVPDigest() override { EVP_MD_CTX_free(context_); }

    void update(std::string_view bytes) override {
        EVP_DigestUpdate(context_, bytes.data(), bytes.size());
    }

    std::string finish() override {
        std::array<unsigned char, EVP_MAX_MD_SIZE> bytes;
        unsigned length = 0;
        EVP_DigestFinal_ex(context_, bytes.data(), &length);
        return {reinterpret_cast<const char*>(bytes.data()), length};
    }

private:
    EVP_MD_CTX* context_;
};

// A linear map of the CRC register over GF(2): the image of each bit.
using Matrix = std::array<std::uint64_t, 64>;

std::uint64_t image_of(const Matrix& matrix, std::uint64_t value) {
    std::uint64_t result = 0;
    for (std::size_t bit = 0; value != 0; ++bit, value >>= 1) {
        if ((value & 1) != 0) result ^= matrix[bit];
    }
    return result;
}

Matrix square(const Matrix& matrix, std::size_t bits) {
    Matrix result{};
    for (std::size_t bit = 0; bit < bits; ++bit)
        result[bit] = image_of(matrix, matrix[bit]);
    return result;
}

} // namespace

std::string_view name_of(ChecksumAlgorithm algorithm) {
    return facts_of(algorithm).name;
}

std::string_view lower_name_of(ChecksumAlgorithm algorithm) {
    return facts_of(algorithm).lower_name;
}

std::string_view header_of(ChecksumAlgorithm algorithm) {
    return facts_of(algorithm).header;
}

std::size_t digest_size(ChecksumAlgorithm algorithm) {
    return facts_of(algorithm).size;
}

bool is_crc(ChecksumAlgorithm algorithm) {
    return algorithm <= ChecksumAlgorithm::crc64nvme;
}

std::optional<ChecksumAlgorithm> parse_checksum_algorithm(std::string_view name) {
    for (const auto algorithm : all_checksum_algorithms) {
        if (name == name_of(algorithm) || name == lower_name_of(algorithm)) return algorithm;
    }
    return std::nullopt;
}

std::unique_ptr<Digest> make_md5() {
    return std::make_unique<EVPDigest>(EVP_md5());
}

std::unique_ptr<Digest> make_digest(ChecksumAlgorithm algorithm) {
    switch (algorithm) {
    case ChecksumAlgorithm::crc32:
    case ChecksumAlgorithm::crc32c:
    case ChecksumAlgorithm::crc64nvme:
        return std::make_unique<CRCDigest>(algorithm);
    case ChecksumAlgorithm::sha1:
        return std::make_unique<EVPDigest>(EVP_sha1());
    case ChecksumAlgorithm::sha256:
        return std::make_unique<EVPDigest>(EVP_sha256());
    }
    UNREACHABLE();
}

std::string md5_of(std::string_view bytes) {
    const auto digest = make_md5();
    digest->update(bytes);
    return digest->finish();
}

std::string digest_of(ChecksumAlgorithm algorithm, std::string_view bytes) {
    const auto digest = make_digest(algorithm);
    digest->update(bytes);
    return digest->finish();
}

// Appending n zero bytes to a message multiplies its CRC register by a fixed matrix n times; the
// powers are made by squaring, and the second CRC is added to the result.
std::string combine_crc(
    ChecksumAlgorithm algorithm,
    std::string_view first,
    std::string_view second,
    std::uint64_t second_length
) {
    ASSERT(is_crc(algorithm));
    const auto size = digest_size(algorithm);
    const auto bits = size * 8;
    Matrix power{};
    power[0] = polynomial_of(algorithm);
    for (std::size_t bit = 1; bit < bits; ++bit)
        power[bit] = std::uint64_t{1} << (bit - 1);
    for (int doubling = 0; doubling < 3; ++doubling)
        power = square(power, bits); // one bit -> one byte
    auto value = number_of(first);
    for (auto length = second_length; length != 0; length >>= 1) {
        if ((length & 1) != 0) value = image_of(power, value);
        power = square(power, bits);
    }
    return big_endian(value ^ number_of(second), size);
}

std::optional<std::string> bytes_of_hex(std::string_view hex) {
    static constexpr std::string_view digits = "0123456789abcdef";
    if (hex.size() % 2 != 0) return std::nullopt;
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        const auto high = digits.find(hex[i]);
        const auto low = digits.find(hex[i + 1]);
        if (high == digits.npos || low == digits.npos) return std::nullopt;
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

} // namespace diorama::s3
