// `expect` and `matrix`: what has to hold, and what is varied.
#include "emulator/simulation/expectation_parser.hpp"
#include "emulator/simulation/reader/section.hpp"

#include <fmt/format.h>

#include <cmath>

namespace diorama::simulation {

namespace {

constexpr std::size_t most_runs = 100'000;

void read_expectation(Reading& reading, const YamlNode& node) {
    ExpectationContext context;
    context.scenario = &reading.scenario;
    context.need_resource = [&](std::size_t offset, const std::string& id, std::string_view types) {
        reading.need_resource(node.at(offset), id, types);
    };
    auto expectation = parse_expectation(node.text, context);
    if (!expectation) return reading.mistake(node, expectation.problem);
    expectation.value->position = node.position;
    reading.scenario.expectations.push_back(*std::move(expectation.value));
}

// "1..20", or a list.
void read_seeds(Reading& reading, const YamlNode& node, std::vector<std::uint64_t>& seeds) {
    for (const YamlNode* item : scalars_of(reading, node)) {
        const auto dots = item->text.find("..");
        const auto first = parse_number(item->text.substr(0, dots));
        const auto last =
            dots == std::string::npos ? first : parse_number(item->text.substr(dots + 2));
        const bool is_range = first && last && *first >= 0 && *last >= *first &&
                              *first == std::floor(*first) && *last == std::floor(*last) &&
                              *last <= 9e15;
        if (!is_range) {
            reading.mistake(
                *item,
                fmt::format("`{}` is not a seed, nor seeds like `1..20`", item->text)
            );
            continue;
        }
        if (*last - *first >= static_cast<double>(most_runs)) {
            reading.mistake(*item, fmt::format("more than {} seeds", most_runs));
            continue;
        }
        for (double seed = *first; seed <= *last; ++seed)
            seeds.push_back(static_cast<std::uint64_t>(seed));
    }
}

} // namespace

void read_expectations(Reading& reading, const YamlNode& node) {
    for (const YamlNode* item : scalars_of(reading, node))
        read_expectation(reading, *item);
}

void read_matrix(Reading& reading, const YamlNode& node) {
    if (!node.is_map())
        return reading.mistake(node, "expected keys as for --set, each with a list of values");
    Matrix& matrix = reading.scenario.matrix;
    matrix.position = node.position;
    double runs = 1;
    for (const auto& [key, position, value] : node.entries) {
        if (key == "seeds" || key == "seed") {
            read_seeds(reading, value, matrix.seeds);
            runs *= std::max<double>(1, static_cast<double>(matrix.seeds.size()));
            continue;
        }
        std::vector<std::string> values;
        for (const YamlNode* item : scalars_of(reading, value))
            values.push_back(item->text);
        if (values.empty()) reading.mistake(value, "no values");
        runs *= std::max<double>(1, static_cast<double>(values.size()));
        matrix.axes.emplace_back(key, std::move(values));
    }
    if (runs > static_cast<double>(most_runs))
        reading.mistake(node, fmt::format("the matrix has more than {} runs", most_runs));
}

std::vector<MatrixRun> runs_of(const Scenario& scenario) {
    std::vector<MatrixRun> runs{{}};
    for (const auto& [key, values] : scenario.matrix.axes) {
        std::vector<MatrixRun> longer;
        for (const MatrixRun& run : runs) {
            for (const std::string& value : values) {
                longer.push_back(run);
                longer.back().overrides.push_back(key + "=" + value);
            }
        }
        runs = std::move(longer);
    }
    std::vector<std::uint64_t> seeds = scenario.matrix.seeds;
    if (seeds.empty()) seeds.push_back(scenario.seed);
    std::vector<MatrixRun> seeded;
    for (const MatrixRun& run : runs) {
        for (const std::uint64_t seed : seeds) {
            seeded.push_back(run);
            seeded.back().overrides.push_back(fmt::format("seed={}", seed));
            seeded.back().seed = seed;
        }
    }
    return seeded;
}

} // namespace diorama::simulation
