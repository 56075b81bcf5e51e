// A world drawn by chance for the swarm: a template of a cloud and a scenario that sends it traffic
// and breaks it, both as files a person can read and run again. Nothing is expected of it but what
// must hold of every run (world/simulated/checkers.hpp). Pure: the seed decides everything.
#pragma once

#include <cstdint>
#include <string>

namespace diorama::simulation {

struct DrawnWorld {
    std::string scenario;      // YAML
    std::string cloud;         // the CloudFormation template it deploys, JSON
    std::string template_file; // under which name the scenario looks for that, beside itself
};

DrawnWorld draw_world(std::uint64_t seed);

} // namespace diorama::simulation
