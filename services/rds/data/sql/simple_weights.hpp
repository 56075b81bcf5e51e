// Collations that give each character a weight of its own: those of latin1 and ascii, and
// general_ci.
#pragma once

#include "services/rds/data/sql/collation_list.hpp"

#include <array>
#include <cstdint>

namespace diorama::rds::sql {

// Of general_ci.
std::uint16_t general_weight(char32_t character);

// Of a collation by 256 weights; the second is 0 unless the character counts as two.
struct ByteWeights {
    std::array<std::uint8_t, 256> first{};
    std::array<std::uint8_t, 256> second{};
};

const ByteWeights& byte_weights(Collation collation);

} // namespace diorama::rds::sql
