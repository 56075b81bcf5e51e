// The spatial reference systems that are known. DIFFERS: MySQL knows some five thousand.
// https://dev.mysql.com/doc/refman/8.0/en/spatial-reference-systems.html
#pragma once

#include "services/rds/data/sql/error.hpp"

#include <cstdint>
#include <string_view>

namespace diorama::rds::sql {

struct SpatialSystem {
    std::uint32_t srid = 0;
    std::string_view name;
    bool is_geographic = false;
    bool has_latitude_first = false; // in texts and WKB; values are kept longitude first
    double semi_major = 0;           // metres
    double inverse_flattening = 0;

    double semi_minor() const { return semi_major * (1 - 1 / inverse_flattening); }
};

// nullptr: there is none of that number.
const SpatialSystem* find_spatial_system(std::uint32_t srid);
SQLError unknown_spatial_system(std::uint32_t srid);

} // namespace diorama::rds::sql
