// `diorama run FILE`: one scenario in virtual time or live, what is seen while it runs, and its
// reports.
#pragma once

#include "emulator/simulation/scenario_reader.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace diorama {

// Part of a matrix: every count-th combination from number on, which counts from 1.
struct Shard {
    std::size_t number = 1;
    std::size_t count = 1;
};

struct RunOptions {
    std::string file;
    std::vector<std::string> settings; // "key=value"
    std::optional<std::uint64_t> seed;
    std::string report; // HTML; empty: none
    std::string json;
    std::string junit;
    std::optional<Shard> shard;
    unsigned jobs = 0; // 0: one per core
    bool is_quiet = false;
    bool is_live = false;
    std::string authority_folder; // live: where the certificate authority is kept
    bool without_matrix = false;

    // The settings, with the seed as one of them.
    std::vector<std::string> all_settings() const;
};

// "2/8"
std::optional<Shard> parse_shard(const std::string& text);

// From the first Ctrl-C (or SIGTERM) on is_interrupted() is true; the second one ends the process.
void watch_for_interrupts();
bool is_interrupted();

// 0: every expectation held; 1: not; 2: it could not run.
int run_scenario(const RunOptions& options);

} // namespace diorama
