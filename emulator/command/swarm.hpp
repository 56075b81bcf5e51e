// `diorama swarm`: worlds, traffic and faults drawn by chance, one after the other, until one
// breaks a rule that must hold of every run. Those that break are kept as files that can be run
// again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace diorama {

struct SwarmOptions {
    double minutes = 1;                // of real time
    std::optional<std::uint64_t> seed; // of the first world, the next ones count on; else by chance
    std::optional<std::uint64_t> count; // at most so many worlds
    unsigned jobs = 0;                  // 0: one per core
    std::string keep = ".";             // where files of worlds that broke are written
};

// 0: no world broke; 1: one did; 2: it could not run.
int run_swarm(const SwarmOptions& options);

} // namespace diorama
