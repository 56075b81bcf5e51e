// See scenario_reader.hpp: the order in which the sections are read, because later ones refer to
// earlier ones, and the sections that are a single value.
#include "emulator/simulation/scenario_reader.hpp"

#include "emulator/simulation/reader/composition.hpp"
#include "emulator/simulation/reader/section.hpp"

#include <fmt/format.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace diorama::simulation {

namespace {

constexpr Duration longest_run = std::chrono::hours(24 * 366);
// AWS's black Friday: most scenarios are about a day like it.
constexpr std::string_view usual_start = "2026-11-27T00:00:00Z";
constexpr std::size_t most_checked_values = 64;

void read_name(Reading& reading, Section& section) {
    const YamlNode* node = section.require("scenario");
    if (node == nullptr || !section.text("scenario", reading.scenario.name)) return;
    const bool is_name = !node->text.empty() && node->text.size() <= 100 &&
                         std::ranges::all_of(node->text, [](unsigned char letter) {
                             return std::isalnum(letter) != 0 || letter == '-' || letter == '_';
                         });
    if (!is_name) reading.mistake(*node, "a name has 1 to 100 letters, digits, `-` and `_`");
}

void read_times(Reading& reading, Section& section) {
    Scenario& scenario = reading.scenario;
    scenario.start = *parse_iso8601(usual_start);
    if (const YamlNode* start = section.find("start")) {
        const auto moment = parse_iso8601(start->text);
        if (moment) scenario.start = *moment;
        if (!moment)
            reading.mistake(
                *start,
                fmt::format("`{}` is not a time like `{}`", start->text, usual_start)
            );
    }
    if (section.require("duration") != nullptr) section.duration("duration", scenario.duration);
    const YamlNode* duration = section.find("duration");
    if (scenario.duration > longest_run) {
        reading.mistake(*duration, "a run lasts at most 366 days");
        scenario.duration = {};
    } else if (duration != nullptr && parse_duration(duration->text) == Duration::zero()) {
        reading.mistake(*duration, "a run of 0s shows nothing");
    }
    if (section.duration("warmup", scenario.warmup))
        reading.is_within_run(*section.find("warmup"), scenario.warmup);
}

void read_prices(Reading& reading, const YamlNode& node) {
    if (!node.is_map()) return reading.mistake(node, "expected names of prices, and dollars");
    for (const auto& [name, position, value] : node.entries) {
        if (const auto dollars = quantity_of(reading, value, Quantity::money))
            reading.scenario.prices[name] = *dollars;
    }
}

// Worlds that are not chosen are only looked at for their keys.
void check_worlds(Reading& reading, Section& section) {
    const YamlNode* worlds = section.find("worlds");
    if (worlds == nullptr) return;
    if (!worlds->is_map()) return reading.mistake(*worlds, "expected worlds by name");
    for (const auto& entry : worlds->entries)
        Section(reading, entry.value, section_named("world"));
    if (worlds->entries.empty()) return;
    reading.scenario.world = worlds->entries.front().key;
    section.text("world", reading.scenario.world);
}

void read_sections(Reading& reading, const YamlNode& tree, std::string comment) {
    Section section(reading, tree, section_named("scenario"));
    Scenario& scenario = reading.scenario;
    scenario.description = std::move(comment);
    section.text("description", scenario.description);
    section.count("seed", scenario.seed);
    read_name(reading, section);
    read_times(reading, section);
    check_worlds(reading, section);
    if (const YamlNode* deploy = section.find("deploy")) read_deploy(reading, *deploy);
    if (const YamlNode* app = section.find("app")) read_app(reading, *app);
    if (const YamlNode* traffic = section.find("traffic")) read_traffic(reading, *traffic);
    if (const YamlNode* faults = section.find("faults")) read_faults(reading, *faults);
    if (const YamlNode* expect = section.find("expect")) read_expectations(reading, *expect);
    if (const YamlNode* matrix = section.find("matrix")) read_matrix(reading, *matrix);
    if (const YamlNode* prices = section.find("prices")) read_prices(reading, *prices);
}

ReadScenario
read_once(const std::string& path, const ReaderOptions& options, const SourceFiles& files) {
    ReadScenario read;
    Mistakes mistakes;
    read.scenario.path = path;
    if (auto composed = compose(path, files, options.overrides, mistakes)) {
        Reading reading{options, files, mistakes, read.scenario};
        read_sections(reading, composed->tree, std::move(composed->description));
    }
    if (!mistakes.empty()) read.mistakes = mistakes.take();
    return read;
}

// A matrix value that is a mistake would be found out only when its run begins: each is tried.
void check_matrix(
    ReadScenario& read,
    const std::string& path,
    const ReaderOptions& options,
    const SourceFiles& files
) {
    std::size_t tried = 0;
    for (const auto& [key, values] : read.scenario.matrix.axes) {
        for (const std::string& value : values) {
            if (++tried > most_checked_values) return;
            ReaderOptions varied = options;
            varied.overrides.push_back(key + "=" + value);
            const ReadScenario with = read_once(path, varied, files);
            for (Mistake mistake : with.mistakes) {
                if (mistake.position.file.starts_with("--set "))
                    mistake.position = read.scenario.matrix.position;
                mistake.message = fmt::format("with {}={}: {}", key, value, mistake.message);
                read.mistakes.push_back(std::move(mistake));
            }
        }
    }
}

} // namespace

std::optional<std::string> DiskFiles::read(const std::string& path, std::size_t most) const {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
    if (std::filesystem::file_size(path, error) > most || error) return std::nullopt;
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
}

bool DiskFiles::exists(const std::string& path) const {
    std::error_code error;
    return std::filesystem::exists(path, error);
}

ReadScenario read_scenario(const std::string& path, const ReaderOptions& options) {
    const DiskFiles disk;
    const SourceFiles& files = options.files != nullptr ? *options.files : disk;
    ReadScenario read = read_once(path, options, files);
    // One mistake at a time would be told once per value.
    if (read.is_runnable()) check_matrix(read, path, options, files);
    return read;
}

} // namespace diorama::simulation
