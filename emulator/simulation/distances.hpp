// How long a packet takes between clients and regions: the speed of light in glass over the way
// that cables take, and what routers and the last mile add.
#pragma once

#include "emulator/simulation/places.hpp"
#include "emulator/time/time.hpp"

#include <string_view>

namespace diorama::simulation {

// Where a region's data centres are.
struct RegionPlace {
    std::string_view region;
    double latitude = 0;
    double longitude = 0;
};

// Nothing for a region that is not known.
const RegionPlace* find_region(std::string_view region);

// One way between a client and a region.
Duration one_way(const Place& from, const RegionPlace& to);

// One way between a client and the nearest edge location.
inline constexpr Duration one_way_to_edge = std::chrono::milliseconds(6);

} // namespace diorama::simulation
