// See crc.hpp. The folding is that of V. Gopal et al., "Fast CRC Computation for Generic
// Polynomials Using PCLMULQDQ Instruction" (Intel, 2009), with the last 128 bits left to the
// tables.
#include "services/s3/data/crc.hpp"

#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace diorama::s3 {

namespace {

// x to the power of `exponent`, modulo the polynomial, the coefficient of x^63 in bit 0.
std::uint64_t power_of_x(std::uint64_t polynomial, int bits, int exponent) {
    auto value = std::uint64_t{1} << (bits - 1);
    for (int i = 0; i < exponent; ++i)
        value = (value >> 1) ^ ((value & 1) != 0 ? polynomial : 0);
    return value << (64 - bits);
}

} // namespace

CRCTables::CRCTables(std::uint64_t polynomial, int bits) {
    for (std::uint64_t byte = 0; byte < 256; ++byte) {
        auto value = byte;
        for (int bit = 0; bit < 8; ++bit)
            value = (value >> 1) ^ ((value & 1) != 0 ? polynomial : 0);
        slices_[0][byte] = value;
    }
    for (std::size_t slice = 1; slice < 8; ++slice) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const auto before = slices_[slice - 1][byte];
            slices_[slice][byte] = (before >> 8) ^ slices_[0][before & 0xff];
        }
    }
    // One less than the distance, since a product of two reflected numbers is shifted by one.
    const auto forward = [&](int distance) {
        return Forward{
            power_of_x(polynomial, bits, distance + 63),
            power_of_x(polynomial, bits, distance - 1)
        };
    };
    over_one_ = forward(128);
    over_four_ = forward(512);
}

std::uint64_t CRCTables::advance_by_tables(std::uint64_t value, std::string_view bytes) const {
    while (bytes.size() >= 8) {
        std::uint64_t word;
        std::memcpy(&word, bytes.data(), 8); // little-endian machines only, as all of ours
        word ^= value;
        value = slices_[7][word & 0xff] ^ slices_[6][(word >> 8) & 0xff] ^
                slices_[5][(word >> 16) & 0xff] ^ slices_[4][(word >> 24) & 0xff] ^
                slices_[3][(word >> 32) & 0xff] ^ slices_[2][(word >> 40) & 0xff] ^
                slices_[1][(word >> 48) & 0xff] ^ slices_[0][word >> 56];
        bytes.remove_prefix(8);
    }
    for (const auto byte : bytes)
        value = (value >> 8) ^ slices_[0][(value ^ static_cast<unsigned char>(byte)) & 0xff];
    return value;
}

#if defined(__x86_64__)

namespace {

constexpr std::size_t block_bytes = 16;

__attribute__((target("pclmul,sse4.1"))) inline __m128i take(std::string_view& bytes) {
    const auto taken = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes.data()));
    bytes.remove_prefix(block_bytes);
    return taken;
}

__attribute__((target("pclmul,sse4.1"))) inline __m128i
pair(std::uint64_t first, std::uint64_t second) {
    return _mm_set_epi64x(static_cast<long long>(second), static_cast<long long>(first));
}

// The block that stands `by` before `next`, added to it.
__attribute__((target("pclmul,sse4.1"))) inline __m128i
forward(__m128i block, __m128i by, __m128i next) {
    const auto first = _mm_clmulepi64_si128(block, by, 0x00);
    const auto second = _mm_clmulepi64_si128(block, by, 0x11);
    return _mm_xor_si128(_mm_xor_si128(first, second), next);
}

} // namespace

// Takes whole blocks of 16 bytes off `bytes`, which are 64 at least.
__attribute__((target("pclmul,sse4.1"))) std::uint64_t
CRCTables::fold(std::uint64_t value, std::string_view& bytes) const {
    auto a = _mm_xor_si128(take(bytes), pair(value, 0));
    auto b = take(bytes);
    auto c = take(bytes);
    auto d = take(bytes);
    const auto by_four = pair(over_four_.first, over_four_.second);
    while (bytes.size() >= 4 * block_bytes) {
        a = forward(a, by_four, take(bytes));
        b = forward(b, by_four, take(bytes));
        c = forward(c, by_four, take(bytes));
        d = forward(d, by_four, take(bytes));
    }
    const auto by_one = pair(over_one_.first, over_one_.second);
    d = forward(forward(forward(a, by_one, b), by_one, c), by_one, d);
    while (bytes.size() >= block_bytes)
        d = forward(d, by_one, take(bytes));
    char left[block_bytes];
    _mm_storeu_si128(reinterpret_cast<__m128i*>(left), d);
    return advance_by_tables(0, std::string_view(left, block_bytes));
}

std::uint64_t CRCTables::advance(std::uint64_t value, std::string_view bytes) const {
    static const bool can_fold =
        __builtin_cpu_supports("pclmul") != 0 && __builtin_cpu_supports("sse4.1") != 0;
    if (can_fold && bytes.size() >= 128) value = fold(value, bytes);
    return advance_by_tables(value, bytes);
}

#else

std::uint64_t CRCTables::advance(std::uint64_t value, std::string_view bytes) const {
    return advance_by_tables(value, bytes);
}

#endif

} // namespace diorama::s3
