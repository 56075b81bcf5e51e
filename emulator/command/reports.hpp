// Where reports go: files and the terminal; and `diorama report merge`, which puts the reports of
// several runs beside each other.
#pragma once

#include "emulator/simulation/report/merged_report.hpp"
#include "emulator/simulation/report/terminal_style.hpp"

#include <string>
#include <vector>

namespace diorama {

struct MergeOptions {
    std::vector<std::string> files; // JSON reports of runs, or of merged runs
    std::string report;             // HTML; empty: none
    std::string json;
};

// Of the terminal behind a file descriptor.
simulation::TerminalStyle terminal_style(int descriptor);

// Whole or not at all. Throws std::runtime_error with the reason.
void write_file(const std::string& path, const std::string& text);
// Whether a file could be written there, found out before a long run; empty: yes.
std::string problem_with_writing(const std::string& path);

// Prints the table and writes what is asked for. 0: every run held; 1: not; 2: some report could
// not be read.
int tell_merged(
    const simulation::MergedRuns& merged,
    const MergeOptions& options,
    bool is_quiet = false
);

int merge_report_files(const MergeOptions& options);

} // namespace diorama
