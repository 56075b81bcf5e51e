// See command/matrix.hpp. A child is this program again, with the combination as settings; it
// leaves its report as JSON in a folder of ours.
#include "emulator/command/matrix.hpp"

#include "emulator/command/children.hpp"
#include "emulator/command/reports.hpp"
#include "emulator/simulation/report/markup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <thread>

namespace diorama {

namespace {

constexpr std::size_t largest_report = std::size_t{1} << 30;

class MatrixRunner {
public:
    MatrixRunner(const RunOptions& options, std::vector<simulation::MatrixRun> runs)
        : options_(options)
        , runs_(std::move(runs)) {}

    void run(std::size_t jobs) {
        std::size_t next = 0;
        while ((next < runs_.size() && !is_interrupted()) || children_.count() > 0) {
            if (next < runs_.size() && children_.count() < jobs && !is_interrupted()) {
                children_.start(next, arguments_of(next), file(next, "log"));
                ++next;
            } else if (const auto ended = children_.wait()) {
                tell_ended(*ended);
            }
        }
    }

    simulation::MergedRuns merged() const {
        std::vector<simulation::ReportText> reports;
        std::vector<std::string> mistakes;
        for (std::size_t i = 0; i < runs_.size(); ++i) {
            auto text = simulation::DiskFiles().read(file(i, "json"), largest_report);
            if (text)
                reports.push_back({name_of(i), std::move(*text)});
            else
                mistakes.push_back(name_of(i) + ": " + reason(i));
        }
        auto merged = simulation::merge_reports(reports);
        merged.mistakes.insert(merged.mistakes.end(), mistakes.begin(), mistakes.end());
        return merged;
    }

private:
    std::string name_of(std::size_t number) const {
        return fmt::format("{}", fmt::join(runs_[number].overrides, " "));
    }

    // What a child said that left no report.
    std::string reason(std::size_t number) const {
        const auto said = simulation::DiskFiles().read(file(number, "log"), 1 << 20);
        if (!said || said->empty()) return is_interrupted() ? "not run" : "ended without a report";
        return simulation::one_line(*said);
    }

    std::vector<std::string> arguments_of(std::size_t number) const {
        std::vector<std::string> arguments{"run", options_.file, "--without-matrix"};
        arguments.insert(arguments.end(), {"--quiet", "--json", file(number, "json")});
        for (const auto& setting : options_.settings)
            arguments.insert(arguments.end(), {"--set", setting});
        for (const auto& setting : runs_[number].overrides)
            if (!setting.starts_with("seed="))
                arguments.insert(arguments.end(), {"--set", setting});
        arguments.insert(arguments.end(), {"--seed", std::to_string(runs_[number].seed)});
        return arguments;
    }

    std::string file(std::size_t number, std::string_view ending) const {
        return folder_.file(fmt::format("{}.{}", number, ending));
    }

    void tell_ended(const ChildRuns::Ended& ended) {
        ++done_;
        if (options_.is_quiet) return;
        const int code = ended.code.value_or(2);
        std::cerr << fmt::format(
            "{}/{}  {}  {}\n",
            done_,
            runs_.size(),
            name_of(ended.number),
            code == 0   ? "held"
            : code == 1 ? "not held"
                        : "could not run"
        );
    }

    const RunOptions& options_;
    std::vector<simulation::MatrixRun> runs_;
    TemporaryFolder folder_;
    ChildRuns children_;
    std::size_t done_ = 0;
};

} // namespace

std::vector<simulation::MatrixRun>
runs_of_shard(const std::vector<simulation::MatrixRun>& runs, const std::optional<Shard>& shard) {
    if (!shard) return runs;
    std::vector<simulation::MatrixRun> chosen;
    for (std::size_t i = shard->number - 1; i < runs.size(); i += shard->count)
        chosen.push_back(runs[i]);
    return chosen;
}

int run_matrix(const RunOptions& options, const simulation::Scenario& scenario) {
    if (!options.junit.empty()) {
        std::cerr << "diorama: --junit is for one run; of a matrix take --json or --report\n";
        return 2;
    }
    auto given = scenario;
    if (options.seed) given.matrix.seeds = {*options.seed};
    MatrixRunner runner(options, runs_of_shard(simulation::runs_of(given), options.shard));
    runner.run(options.jobs > 0 ? options.jobs : std::max(1U, std::thread::hardware_concurrency()));
    return tell_merged(runner.merged(), {{}, options.report, options.json}, options.is_quiet);
}

} // namespace diorama
