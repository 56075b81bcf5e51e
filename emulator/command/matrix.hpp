// The runs of a matrix, each a process of its own, and their reports beside each other.
#pragma once

#include "emulator/command/run.hpp"

namespace diorama {

// The runs that a shard has: every count-th, so that shards get alike shares of every axis.
std::vector<simulation::MatrixRun>
runs_of_shard(const std::vector<simulation::MatrixRun>& runs, const std::optional<Shard>& shard);

// 0: every run held; 1: not; 2: some run could not be made.
int run_matrix(const RunOptions& options, const simulation::Scenario& scenario);

} // namespace diorama
