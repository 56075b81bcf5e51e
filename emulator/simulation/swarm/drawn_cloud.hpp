// The cloud of a drawn world: what stands in it, and its template. Pure.
#pragma once

#include "emulator/simulation/swarm/chance.hpp"

#include <string>

namespace diorama::simulation {

// What the scenario has to know of the cloud that it is drawn for.
struct CloudShape {
    bool has_edge = false;          // a bucket behind a distribution: static.example.com
    bool has_pages_at_edge = false; // www.example.com goes through the distribution, too
    bool has_database = false;
    bool has_standby = false;
    bool has_replica = false;
    int groups = 1; // "Group1", …
};

CloudShape draw_shape(Chance& chance);
// The template, as JSON.
std::string draw_template(const CloudShape& shape, Chance& chance);

} // namespace diorama::simulation
