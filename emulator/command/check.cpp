// See command/check.hpp.
#include "emulator/command/check.hpp"

#include "emulator/simulation/cost.hpp"
#include "emulator/simulation/expectations.hpp"
#include "emulator/simulation/template_outline.hpp"
#include "emulator/world/stack.hpp"

#include <fmt/format.h>

#include <iostream>

namespace diorama {

namespace {

constexpr std::size_t largest_template = 1 << 20; // AWS: 1 MB, from S3

std::optional<simulation::TemplateOutline> outline_of(const std::string& path) {
    const auto text = simulation::DiskFiles().read(path, largest_template);
    if (!text) return std::nullopt;
    return simulation::outline_of_template(*text);
}

void check_prices(const std::string& file, simulation::ReadScenario& read) {
    for (const auto& [name, dollars] : read.scenario.prices) {
        if (simulation::is_price_name(name)) continue;
        read.mistakes.push_back(
            {{file, 1, 1},
             fmt::format("prices: there is no price `{}`", name),
             simulation::nearest_word(name, simulation::price_names())}
        );
    }
}

void check_template(simulation::ReadScenario& read) {
    const auto& deploy = read.scenario.deploy;
    const auto text = simulation::DiskFiles().read(deploy.template_path, largest_template);
    if (!text) return;
    for (const auto& mistake : mistakes_in_template(*text))
        read.mistakes.push_back({deploy.position, deploy.template_path + ": " + mistake, {}});
}

} // namespace

simulation::ReadScenario
read_whole_scenario(const std::string& file, const std::vector<std::string>& settings) {
    simulation::ReaderOptions options;
    options.overrides = settings;
    options.needs_files = true;
    options.outline_of = outline_of;
    auto read = simulation::read_scenario(file, options);
    check_prices(file, read);
    check_template(read);
    for (auto& mistake : simulation::mistakes_in_expectations(read.scenario))
        read.mistakes.push_back(std::move(mistake));
    return read;
}

void print_mistakes(const std::vector<simulation::Mistake>& mistakes) {
    for (const auto& mistake : mistakes)
        std::cerr << simulation::text_of(mistake) << '\n';
}

int check_scenarios(
    const std::vector<std::string>& files,
    const std::vector<std::string>& settings
) {
    std::size_t mistakes = 0;
    for (const auto& file : files) {
        const auto read = read_whole_scenario(file, settings);
        print_mistakes(read.mistakes);
        mistakes += read.mistakes.size();
        if (!read.is_runnable()) continue;
        const auto runs = simulation::runs_of(read.scenario).size();
        std::cout << fmt::format(
            "{}: no mistakes{}\n",
            file,
            runs > 1 ? fmt::format("; a matrix of {} runs", runs) : ""
        );
    }
    if (mistakes > 0)
        std::cerr << fmt::format("{} {}\n", mistakes, mistakes == 1 ? "mistake" : "mistakes");
    return mistakes > 0 ? 1 : 0;
}

} // namespace diorama
