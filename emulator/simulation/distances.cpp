// See distances.hpp. Coordinates are those of the area where the region is.
#include "emulator/simulation/distances.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace diorama::simulation {

namespace {

constexpr std::array<RegionPlace, 17> regions{{
    {"us-east-1", 39.0, -77.5},
    {"us-east-2", 40.0, -83.0},
    {"us-west-1", 37.4, -122.0},
    {"us-west-2", 45.8, -119.7},
    {"ca-central-1", 45.5, -73.6},
    {"sa-east-1", -23.5, -46.6},
    {"eu-west-1", 53.3, -6.3},
    {"eu-west-2", 51.5, -0.1},
    {"eu-west-3", 48.9, 2.4},
    {"eu-central-1", 50.1, 8.7},
    {"eu-north-1", 59.3, 18.1},
    {"eu-south-1", 45.5, 9.2},
    {"af-south-1", -33.9, 18.4},
    {"ap-south-1", 19.1, 72.9},
    {"ap-southeast-1", 1.3, 103.8},
    {"ap-southeast-2", -33.9, 151.2},
    {"ap-northeast-1", 35.7, 139.7},
}};

// Along the surface, in kilometres.
double distance(const Place& from, const RegionPlace& to) {
    constexpr double earth_radius = 6371;
    constexpr double radians = std::numbers::pi / 180;
    const double latitudes = std::sin((to.latitude - from.latitude) * radians / 2);
    const double longitudes = std::sin((to.longitude - from.longitude) * radians / 2);
    const double chord = latitudes * latitudes + std::cos(from.latitude * radians) *
                                                     std::cos(to.latitude * radians) * longitudes *
                                                     longitudes;
    return 2 * earth_radius * std::asin(std::sqrt(chord));
}

} // namespace

const RegionPlace* find_region(std::string_view region) {
    const auto found = std::ranges::find(regions, region, &RegionPlace::region);
    return found == regions.end() ? nullptr : &*found;
}

Duration one_way(const Place& from, const RegionPlace& to) {
    // Light in glass makes 200 km in a millisecond; cables are half as long again as the way a bird
    // would take.
    constexpr double kilometres_per_millisecond = 200;
    constexpr double detour = 1.5;
    constexpr double access_milliseconds = 4;
    const double milliseconds =
        access_milliseconds + distance(from, to) * detour / kilometres_per_millisecond;
    return std::chrono::microseconds(std::llround(milliseconds * 1000));
}

} // namespace diorama::simulation
