#include "services/s3/data/crc.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace diorama::s3;

TEST_CASE("crc: folding and tables agree, whatever the length and the register") {
    std::string text;
    for (unsigned i = 0; i < 700; ++i)
        text += static_cast<char>(i * i * 31 + i / 7);

    const struct {
        std::uint64_t polynomial;
        int bits;
    } examples[] = {{0xEDB88320, 32}, {0x82F63B78, 32}, {0x9A6C9329AC4BC9B5, 64}};

    for (const auto& [polynomial, bits] : examples) {
        CAPTURE(bits);
        const CRCTables crc(polynomial, bits);
        const auto all_ones = ~std::uint64_t{0} >> (64 - bits);
        for (std::size_t length = 0; length <= text.size(); ++length) {
            const auto bytes = std::string_view(text).substr(text.size() - length);
            for (const auto value : {std::uint64_t{0}, all_ones, all_ones / 3})
                REQUIRE(crc.advance(value, bytes) == crc.advance_by_tables(value, bytes));
        }
    }
}
