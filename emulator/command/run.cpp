// See command/run.hpp.
#include "emulator/command/run.hpp"

#include "emulator/command/check.hpp"
#include "emulator/command/matrix.hpp"
#include "emulator/command/reports.hpp"
#include "emulator/simulation/cost.hpp"
#include "emulator/simulation/expectations.hpp"
#include "emulator/simulation/report/html_report.hpp"
#include "emulator/simulation/report/json_report.hpp"
#include "emulator/simulation/report/junit_report.hpp"
#include "emulator/simulation/report/progress_line.hpp"
#include "emulator/simulation/report/terminal_report.hpp"
#include "emulator/standard_log.hpp"
#include "emulator/time/real_clock.hpp"
#include "emulator/world/live/live_run.hpp"
#include "emulator/world/simulated/simulated_world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <iostream>
#include <unistd.h>

namespace diorama {

namespace {

volatile std::sig_atomic_t interrupts = 0;

void note_interrupt(int) {
    interrupts = 1;
}

// The line that moves, on standard error: often on a terminal, seldom elsewhere.
class ProgressPrinter {
public:
    explicit ProgressPrinter(bool is_quiet)
        : is_quiet_(is_quiet)
        , style_(terminal_style(STDERR_FILENO))
        , started_(clock_.now())
        , printed_(started_) {}

    void show(const RunProgress& progress) {
        if (is_quiet_) return;
        const Timestamp now = clock_.now();
        const Duration every = style_.is_terminal ? Duration(std::chrono::milliseconds(100))
                                                  : Duration(std::chrono::seconds(10));
        if (now - printed_ < every) return;
        printed_ = now;
        is_shown_ = true;
        const double spent = std::chrono::duration<double>(now - started_).count();
        std::cerr << simulation::progress_line(
                         {progress.simulated,
                          progress.duration,
                          std::chrono::duration<double>(progress.simulated).count() / spent,
                          static_cast<double>(progress.events) / spent,
                          progress.requests,
                          progress.errors,
                          progress.instances,
                          progress.alarms},
                         style_
                     )
                  << std::flush;
    }

    void finish() {
        if (is_shown_ && style_.is_terminal) std::cerr << '\n';
        is_shown_ = false;
    }

private:
    bool is_quiet_;
    simulation::TerminalStyle style_;
    RealClock clock_;
    Timestamp started_;
    Timestamp printed_;
    bool is_shown_ = false;
};

// For a shell.
std::string quoted(const std::string& word) {
    const bool is_plain = !word.empty() && std::ranges::all_of(word, [](unsigned char letter) {
        return std::isalnum(letter) != 0 ||
               std::string_view("_-./=:,@%+").find(static_cast<char>(letter)) !=
                   std::string_view::npos;
    });
    if (is_plain) return word;
    std::string text = "'";
    for (const char letter : word)
        letter == '\'' ? text += "'\\''" : text += letter;
    return text + "'";
}

// What replays the run, whatever reports were asked for.
std::string replaying(const RunOptions& options, const simulation::Scenario& scenario) {
    std::string command =
        fmt::format("diorama run {} --seed {}", quoted(options.file), scenario.seed);
    for (const auto& setting : options.settings)
        if (!setting.starts_with("seed=")) command += " --set " + quoted(setting);
    if (simulation::runs_of(scenario).size() > 1) command += " --without-matrix";
    if (options.is_live) command += " --live";
    return command;
}

// Parameters of the template are told by the run; other settings are told with them.
void tell_settings(const RunOptions& options, simulation::Results& results) {
    for (const auto& setting : options.settings) {
        const auto equals = setting.find('=');
        const auto key = setting.substr(0, equals);
        if (key == "seed" || key.starts_with("deploy.parameters.")) continue;
        results.parameters.emplace_back(key, setting.substr(equals + 1));
    }
}

std::vector<std::string>
write_reports(const RunOptions& options, const simulation::Results& results) {
    std::vector<std::string> written;
    const auto write = [&written](const std::string& path, const auto& text) {
        if (path.empty()) return;
        write_file(path, text());
        written.push_back(path);
    };
    write(options.report, [&] { return simulation::html_report(results); });
    write(options.json, [&] { return simulation::json_report(results); });
    write(options.junit, [&] { return simulation::junit_report(results); });
    return written;
}

// What the run cost, and whether it met its expectations.
template <class World>
void judge_run(
    const RunOptions& options,
    const simulation::Scenario& scenario,
    World& world,
    simulation::Results& results
) {
    results.command = replaying(options, scenario);
    tell_settings(options, results);
    auto cost = simulation::cost_of(world.usage(results), simulation::Prices(scenario.prices));
    results.cost = std::move(cost.lines);
    results.cost_note = std::move(cost.note);
    const auto measurements = world.measurements();
    simulation::judge(scenario, *measurements, results);
}

int tell_results(const RunOptions& options, const simulation::Results& results) {
    const auto written = write_reports(options, results);
    if (!options.is_quiet)
        std::cout << simulation::terminal_report(results, written, terminal_style(STDOUT_FILENO))
                  << std::flush;
    return results.held() && !results.interrupted ? 0 : 1;
}

int run_one(const RunOptions& options, const simulation::Scenario& scenario) {
    StandardLog log(LogLevel::error);
    ProgressPrinter progress(options.is_quiet);
    SimulatedWorld world(scenario, scenario.seed, log);
    world.deploy();
    auto results = world.run([&progress](const RunProgress& so_far) {
        progress.show(so_far);
        return !is_interrupted();
    });
    progress.finish();
    judge_run(options, scenario, world, results);
    return tell_results(options, results);
}

int run_live(const RunOptions& options, const simulation::Scenario& scenario) {
    // A peer that went away is told by write() itself.
    std::signal(SIGPIPE, SIG_IGN);
    LiveRun run(scenario, options.authority_folder);
    if (!options.is_quiet) std::cerr << "Live at " << run.address() << std::endl;
    run.deploy([] { return !is_interrupted(); });
    ProgressPrinter progress(options.is_quiet);
    auto results = run.run([&progress](const RunProgress& so_far) {
        progress.show(so_far);
        return !is_interrupted();
    });
    progress.finish();
    judge_run(options, scenario, run, results);
    fail_what_is_not_measured_live(scenario, results);
    return tell_results(options, results);
}

} // namespace

std::vector<std::string> RunOptions::all_settings() const {
    auto all = settings;
    if (seed) all.push_back(fmt::format("seed={}", *seed));
    return all;
}

std::optional<Shard> parse_shard(const std::string& text) {
    Shard shard;
    const char* end = text.data() + text.size();
    const auto number = std::from_chars(text.data(), end, shard.number);
    if (number.ec != std::errc() || number.ptr == end || *number.ptr != '/') return std::nullopt;
    const auto count = std::from_chars(number.ptr + 1, end, shard.count);
    if (count.ec != std::errc() || count.ptr != end) return std::nullopt;
    if (shard.number < 1 || shard.number > shard.count) return std::nullopt;
    return shard;
}

void watch_for_interrupts() {
    struct sigaction action{};
    action.sa_handler = note_interrupt;
    action.sa_flags = SA_RESETHAND;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

bool is_interrupted() {
    return interrupts != 0;
}

int run_scenario(const RunOptions& options) {
    const auto complain = [](const std::string& sentence) {
        std::cerr << "diorama: " << sentence << '\n';
        return 2;
    };
    for (const auto& path : {options.report, options.json, options.junit})
        if (const auto problem = problem_with_writing(path); !problem.empty())
            return complain(problem);
    const auto read = read_whole_scenario(options.file, options.all_settings());
    if (!read.is_runnable()) {
        print_mistakes(read.mistakes);
        return 2;
    }
    watch_for_interrupts();
    try {
        const bool is_matrix = simulation::runs_of(read.scenario).size() > 1 || options.shard;
        if (is_matrix && !options.without_matrix) {
            if (options.is_live)
                return complain("--live runs one world at a time: add --without-matrix");
            return run_matrix(options, read.scenario);
        }
        return options.is_live ? run_live(options, read.scenario) : run_one(options, read.scenario);
    } catch (const std::exception& error) {
        return complain(error.what());
    }
}

} // namespace diorama
