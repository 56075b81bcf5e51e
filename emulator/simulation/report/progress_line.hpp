// The line that moves while a scenario runs: how far it is, how fast, and what happened so far.
#pragma once

#include "emulator/simulation/report/terminal_style.hpp"
#include "emulator/time/time.hpp"

#include <cstdint>
#include <string>

namespace diorama::simulation {

struct Progress {
    Duration at{};         // virtual time
    Duration duration{};   // of the whole run
    double speed = 0;      // virtual seconds per real second
    double event_rate = 0; // events per real second
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;
    std::uint64_t instances = 0;
    std::uint64_t alarms = 0; // in ALARM
};

// Never wider than the terminal: what matters least is left out first. On a terminal it begins by
// going back over the last one and ends without a line break; elsewhere it is a plain line.
std::string progress_line(const Progress& progress, const TerminalStyle& style);

} // namespace diorama::simulation
