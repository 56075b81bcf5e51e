// Several runs of one scenario beside each other: a row per run with its parameters and seed, a
// column per expectation with what was measured. Made from JSON reports, so that runs of other
// machines can be merged.
#pragma once

#include "emulator/simulation/report/terminal_style.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace diorama::simulation {

struct ReportText {
    std::string name; // of its file
    std::string json;
};

struct MergedCell {
    std::string measured; // empty: this run did not have the expectation
    bool passed = false;
};

struct MergedRun {
    std::string name; // of its file
    std::string scenario;
    std::uint64_t seed = 0;
    std::string command;
    std::string headline;
    bool held = false;
    bool interrupted = false;
    std::uint64_t requests = 0;
    std::uint64_t violations = 0;
    double dollars = 0;
    std::vector<std::string> parameters; // as MergedRuns::parameters; empty: not given
    std::vector<MergedCell> cells;       // as MergedRuns::expectations
};

struct MergedRuns {
    std::vector<std::string> parameters; // names, in the order of their first appearance
    std::vector<std::string> expectations;
    std::vector<MergedRun> runs;       // in the order given
    std::vector<std::string> mistakes; // "b.json: not a report of Diorama"

    // Every run that was asked for could be read, and held.
    bool held() const;
};

MergedRuns merge_reports(const std::vector<ReportText>& reports);

std::string merged_text(const MergedRuns& merged, const TerminalStyle& style);
std::string merged_json(const MergedRuns& merged);
std::string merged_html(const MergedRuns& merged);

} // namespace diorama::simulation
