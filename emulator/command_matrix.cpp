// See command_matrix.hpp. A child is this program again, with the combination as settings; it
// leaves its report as JSON in a folder of ours.
#include "emulator/command_matrix.hpp"

#include "emulator/command_reports.hpp"
#include "emulator/simulation/report/markup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <iostream>
#include <map>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace diorama {

namespace {

constexpr std::size_t largest_report = std::size_t{1} << 30;

// Gone with everything in it when the matrix is done.
class ReportFolder {
public:
    ReportFolder() {
        path_ = (std::filesystem::temp_directory_path() / "diorama-matrix-XXXXXX").string();
        if (mkdtemp(path_.data()) == nullptr)
            throw std::runtime_error("cannot make a folder for reports: " + path_);
    }

    ~ReportFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    ReportFolder(const ReportFolder&) = delete;
    ReportFolder& operator=(const ReportFolder&) = delete;

    std::string file(std::size_t number, std::string_view ending) const {
        return fmt::format("{}/{}.{}", path_, number, ending);
    }

private:
    std::string path_;
};

class MatrixRunner {
public:
    MatrixRunner(const RunOptions& options, std::vector<simulation::MatrixRun> runs)
        : options_(options)
        , runs_(std::move(runs)) {}

    void run(std::size_t jobs) {
        std::size_t next = 0;
        while ((next < runs_.size() && !is_interrupted()) || !children_.empty()) {
            if (next < runs_.size() && children_.size() < jobs && !is_interrupted())
                start(next++);
            else
                wait_for_one();
        }
    }

    simulation::MergedRuns merged() const {
        std::vector<simulation::ReportText> reports;
        std::vector<std::string> mistakes;
        for (std::size_t i = 0; i < runs_.size(); ++i) {
            auto text = simulation::DiskFiles().read(folder_.file(i, "json"), largest_report);
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
        const auto said = simulation::DiskFiles().read(folder_.file(number, "log"), 1 << 20);
        if (!said || said->empty()) return is_interrupted() ? "not run" : "ended without a report";
        return simulation::one_line(*said);
    }

    std::vector<std::string> arguments_of(std::size_t number) const {
        std::vector<std::string> arguments{"diorama", "run", options_.file, "--without-matrix"};
        arguments.insert(arguments.end(), {"--quiet", "--json", folder_.file(number, "json")});
        for (const auto& setting : options_.settings)
            arguments.insert(arguments.end(), {"--set", setting});
        for (const auto& setting : runs_[number].overrides)
            if (!setting.starts_with("seed="))
                arguments.insert(arguments.end(), {"--set", setting});
        arguments.insert(arguments.end(), {"--seed", std::to_string(runs_[number].seed)});
        return arguments;
    }

    void start(std::size_t number) {
        auto arguments = arguments_of(number);
        std::vector<char*> words;
        for (auto& argument : arguments)
            words.push_back(argument.data());
        words.push_back(nullptr);
        const std::string log = folder_.file(number, "log");
        const pid_t child = fork();
        if (child < 0) throw std::runtime_error("cannot start a process");
        if (child == 0) {
            // Between fork and exec nothing that allocates.
            const int nothing = open("/dev/null", O_RDWR);
            const int errors = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
            dup2(nothing, STDIN_FILENO);
            dup2(nothing, STDOUT_FILENO);
            dup2(errors, STDERR_FILENO);
            execv("/proc/self/exe", words.data());
            _exit(2);
        }
        children_.emplace(child, number);
    }

    void wait_for_one() {
        int status = 0;
        const pid_t ended = waitpid(-1, &status, 0);
        if (ended < 0 && errno == EINTR) {
            // A Ctrl-C reaches the children by the terminal, a signal to this process does not.
            if (is_interrupted())
                for (const auto& [child, number] : children_)
                    kill(child, SIGTERM);
            return;
        }
        const auto found = children_.find(ended);
        if (found == children_.end()) return;
        const std::size_t number = found->second;
        children_.erase(found);
        ++done_;
        if (options_.is_quiet) return;
        const bool is_code = WIFEXITED(status);
        const int code = is_code ? WEXITSTATUS(status) : 2;
        std::cerr << fmt::format(
            "{}/{}  {}  {}\n",
            done_,
            runs_.size(),
            name_of(number),
            code == 0   ? "held"
            : code == 1 ? "not held"
                        : "could not run"
        );
    }

    const RunOptions& options_;
    std::vector<simulation::MatrixRun> runs_;
    ReportFolder folder_;
    std::map<pid_t, std::size_t> children_;
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
