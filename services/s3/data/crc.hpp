// A reflected cyclic redundancy check of 32 or 64 bits. Whole blocks are folded with the
// processor's carry-less multiplication where there is one, which runs at the speed of memory; the
// rest, and all of it elsewhere, goes through tables, eight bytes at a time.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace diorama::s3 {

// What is known of a polynomial.
class CRCTables {
public:
    // `polynomial` is reflected, its highest coefficient left out.
    CRCTables(std::uint64_t polynomial, int bits);

    // The register after `bytes`.
    std::uint64_t advance(std::uint64_t value, std::string_view bytes) const;
    // The same without folding.
    std::uint64_t advance_by_tables(std::uint64_t value, std::string_view bytes) const;

private:
    std::uint64_t fold(std::uint64_t value, std::string_view& bytes) const;

    std::array<std::array<std::uint64_t, 256>, 8> slices_{};

    // Powers of x by which 128 bits move forward over one block and over four: of their first half,
    // of their second half.
    struct Forward {
        std::uint64_t first;
        std::uint64_t second;
    };

    Forward over_one_{};
    Forward over_four_{};
};

} // namespace diorama::s3
