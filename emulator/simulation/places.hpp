// Where clients, regions and edge locations are, and how long a packet takes between them: a small
// table of places, and the speed of light in glass over the way that cables take.
#pragma once

#include "emulator/time/time.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace diorama::simulation {

struct Place {
    std::string_view name;
    double latitude = 0;
    double longitude = 0;
};

// The places clients can be from.
std::span<const Place> client_places();
// The number of a place in client_places().
std::optional<std::size_t> find_place(std::string_view name);
// The places of AWS's regions; nothing for one that is not known.
const Place* find_region(std::string_view region);

// One way, with what routers, queues and the last mile add.
Duration one_way(const Place& from, const Place& to);
// To the nearest edge location.
inline constexpr Duration one_way_to_edge = std::chrono::milliseconds(6);

} // namespace diorama::simulation
