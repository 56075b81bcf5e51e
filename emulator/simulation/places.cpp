// See places.hpp.
#include "emulator/simulation/places.hpp"

#include <array>

namespace diorama::simulation {

namespace {

constexpr std::array known{
    Place{"us-east", "New York", "US", "NA", 40.7, -74.0, "NY"},
    Place{"us-central", "Chicago", "US", "NA", 41.9, -87.6, "IL"},
    Place{"us-west", "San Francisco", "US", "NA", 37.8, -122.4, "CA"},
    Place{"ca-central", "Toronto", "CA", "NA", 43.7, -79.4},
    Place{"mx-central", "Mexico City", "MX", "NA", 19.4, -99.1},
    Place{"sa-east", "São Paulo", "BR", "SA", -23.5, -46.6},
    Place{"eu-west", "London", "GB", "EU", 51.5, -0.1},
    Place{"eu-central", "Frankfurt", "DE", "EU", 50.1, 8.7},
    Place{"eu-south", "Milan", "IT", "EU", 45.5, 9.2},
    Place{"eu-north", "Stockholm", "SE", "EU", 59.3, 18.1},
    Place{"me-south", "Manama", "BH", "AS", 26.2, 50.6},
    Place{"me-central", "Dubai", "AE", "AS", 25.2, 55.3},
    Place{"il-central", "Tel Aviv", "IL", "AS", 32.1, 34.8},
    Place{"af-south", "Cape Town", "ZA", "AF", -33.9, 18.4},
    Place{"ap-south", "Mumbai", "IN", "AS", 19.1, 72.9},
    Place{"ap-southeast", "Singapore", "SG", "AS", 1.35, 103.8},
    Place{"ap-east", "Hong Kong", "HK", "AS", 22.3, 114.2},
    Place{"ap-northeast", "Tokyo", "JP", "AS", 35.7, 139.7},
    Place{"ap-oceania", "Sydney", "AU", "OC", -33.9, 151.2},
};

} // namespace

std::span<const Place> places() {
    return known;
}

const Place* find_place(std::string_view name) {
    for (const Place& place : known) {
        if (place.name == name) return &place;
    }
    return nullptr;
}

} // namespace diorama::simulation
