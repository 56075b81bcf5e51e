// The list of reference systems, as EPSG defines them: https://epsg.org
#include "services/rds/data/sql/spatial_systems.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace diorama::rds::sql {

namespace {

constexpr double wgs_84_axis = 6378137;
constexpr double wgs_84_flattening = 298.257223563;
constexpr double grs_1980_flattening = 298.257222101;

constexpr std::array systems = {
    SpatialSystem{0, ""},
    SpatialSystem{3857, "WGS 84 / Pseudo-Mercator"},
    SpatialSystem{4258, "ETRS89", true, true, wgs_84_axis, grs_1980_flattening},
    SpatialSystem{4269, "NAD83", true, true, wgs_84_axis, grs_1980_flattening},
    SpatialSystem{4326, "WGS 84", true, true, wgs_84_axis, wgs_84_flattening},
};

} // namespace

const SpatialSystem* find_spatial_system(std::uint32_t srid) {
    const auto found = std::find_if(systems.begin(), systems.end(), [&](const auto& system) {
        return system.srid == srid;
    });
    return found == systems.end() ? nullptr : &*found;
}

SQLError unknown_spatial_system(std::uint32_t srid) {
    return {3548, "SR001", fmt::format("There's no spatial reference system with SRID {}.", srid)};
}

} // namespace diorama::rds::sql
