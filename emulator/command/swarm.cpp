// See command/swarm.hpp.
#include "emulator/command/swarm.hpp"

#include "emulator/command/children.hpp"
#include "emulator/command/reports.hpp"
#include "emulator/command/run.hpp"
#include "emulator/random/random.hpp"
#include "emulator/simulation/report/markup.hpp"
#include "emulator/simulation/scenario_reader.hpp"
#include "emulator/simulation/swarm/drawn_world.hpp"
#include "emulator/time/real_clock.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <iostream>
#include <thread>

namespace diorama {

namespace {

constexpr std::size_t largest_report = std::size_t{1} << 28;

class Swarm {
public:
    explicit Swarm(const SwarmOptions& options)
        : options_(options)
        , first_(options.seed ? *options.seed : seed_from_machine() % 1'000'000'000)
        , end_(clock_.now() + Duration(static_cast<Duration::rep>(options.minutes * 60e9))) {}

    int run() {
        const auto jobs =
            options_.jobs > 0 ? options_.jobs : std::max(1U, std::thread::hardware_concurrency());
        while (wants_more() || children_.count() > 0) {
            if (wants_more() && children_.count() < jobs) {
                start(first_ + started_++);
            } else if (const auto ended = children_.wait()) {
                look_at(*ended);
            }
        }
        std::cout << fmt::format(
            "{} worlds, {} requests, {} simulated hours: {}\n",
            done_,
            requests_,
            simulated_seconds_ / 3600,
            broken_ == 0 ? "every rule held" : fmt::format("{} broke", broken_)
        );
        return broken_ == 0 ? 0 : 1;
    }

private:
    bool wants_more() const {
        return broken_ == 0 && !is_interrupted() && clock_.now() < end_ &&
               (!options_.count || started_ < *options_.count);
    }

    static std::string scenario_name(std::uint64_t seed) {
        return fmt::format("swarm-{}.yaml", seed);
    }

    static std::string write_world(const std::string& folder, std::uint64_t seed) {
        const auto world = simulation::draw_world(seed);
        write_file(folder + "/" + world.template_file, world.cloud);
        const auto path = folder + "/" + scenario_name(seed);
        write_file(path, world.scenario);
        return path;
    }

    std::string report_of(std::uint64_t seed) const {
        return folder_.file(fmt::format("{}.json", seed));
    }

    std::string log_of(std::uint64_t seed) const {
        return folder_.file(fmt::format("{}.log", seed));
    }

    void start(std::uint64_t seed) {
        const auto file = write_world(folder_.path(), seed);
        children_.start(seed, {"run", file, "--quiet", "--json", report_of(seed)}, log_of(seed));
    }

    void look_at(const ChildRuns::Ended& ended) {
        const std::uint64_t seed = ended.number;
        ++done_;
        const auto report = simulation::DiskFiles().read(report_of(seed), largest_report);
        if (ended.code == 0 && report) {
            count(*report);
        } else if (!is_interrupted()) {
            ++broken_;
            tell_broken(seed, ended, report);
        }
        for (const auto& path : {report_of(seed), log_of(seed)})
            std::filesystem::remove(path);
    }

    void count(const std::string& text) {
        const auto report = nlohmann::json::parse(text);
        requests_ += report.at("totals").at("requests").get<std::uint64_t>();
        simulated_seconds_ += report.at("simulated").get<double>();
    }

    void tell_broken(
        std::uint64_t seed,
        const ChildRuns::Ended& ended,
        const std::optional<std::string>& report
    ) {
        std::filesystem::create_directories(options_.keep);
        const auto path = write_world(options_.keep, seed);
        std::cout << fmt::format("seed {} broke\n", seed);
        if (report) {
            const auto violations =
                nlohmann::json::parse(*report).value("violations", nlohmann::json::array());
            for (const auto& violation : violations)
                std::cout << fmt::format(
                    "  at {} s: {}: {}\n",
                    violation.value("at", 0.0),
                    violation.value("checker", ""),
                    violation.value("text", "")
                );
        } else {
            const auto said = simulation::DiskFiles().read(log_of(seed), 1 << 20);
            std::cout << "  " << (ended.code ? "" : "ended by a signal: ")
                      << simulation::one_line(said.value_or("")) << "\n";
        }
        std::cout << fmt::format("  replay: diorama run {}\n", path);
    }

    const SwarmOptions& options_;
    RealClock clock_;
    std::uint64_t first_;
    Timestamp end_;
    TemporaryFolder folder_;
    ChildRuns children_;
    std::uint64_t started_ = 0;
    std::uint64_t done_ = 0;
    std::uint64_t broken_ = 0;
    std::uint64_t requests_ = 0;
    double simulated_seconds_ = 0;
};

} // namespace

int run_swarm(const SwarmOptions& options) {
    watch_for_interrupts();
    try {
        return Swarm(options).run();
    } catch (const std::exception& error) {
        std::cerr << "diorama: " << error.what() << '\n';
        return 2;
    }
}

} // namespace diorama
