// What a person can say on the command line (and some of it in the environment).
#pragma once

#include "emulator/command/reports.hpp"
#include "emulator/command/run.hpp"
#include "emulator/command/swarm.hpp"
#include "emulator/environment.hpp"
#include "emulator/network/address.hpp"
#include "emulator/storage/blob_store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace diorama {

enum class Command { up, print_authority, run, check, merge_reports, swarm };

struct Options {
    Command command = Command::up;
    std::uint16_t port = 4566;
    std::string host;                               // empty: loopback, IPv4 and IPv6
    std::vector<network::Endpoint> dns;             // empty: no DNS server
    std::vector<network::Endpoint> dns_if_possible; // besides, where that can be had
    std::string query_log_folder;                   // of DNS; empty: there are none
    std::optional<network::Endpoint> dns_upstream;  // who is asked about the names of others
    std::string places_file; // where addresses are; empty: the built-in table
    std::string data_folder; // empty: in memory
    storage::Durability durability = storage::Durability::full; // of S3's objects
    std::string authority_folder; // where the certificate authority is kept
    Advertise advertise = Advertise::local;
    double time_scale = 1;
    Pace pace = Pace::brisk;
    std::optional<std::uint64_t> seed;
    std::size_t threads = 0; // edge threads; 0: one per core
    bool allow_exec = false;
    bool verify_signatures = false;
    std::vector<std::string> credentials; // "KEY:SECRET"
    LogLevel log_level = LogLevel::note;
    RunOptions run;                 // of run; of check its settings
    std::vector<std::string> files; // of check
    MergeOptions merge;
    SwarmOptions swarm;
};

// Prints help or a complaint and ends the process where that is what was asked for.
Options parse_options(int argc, char** argv);

inline constexpr auto version = "0.1.0";

} // namespace diorama
