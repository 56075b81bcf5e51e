// Reads a scenario file into a Scenario, or into the list of everything that is wrong with it. The
// grammar is described in README.md beside this file; the parts of the reader stand in reader/.
// No clock, no chance, and no file but through ReaderOptions::files.
#pragma once

#include "emulator/simulation/mistake.hpp"
#include "emulator/simulation/scenario.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace diorama::simulation {

// Where files come from; a test or a fuzzer gives its own.
class SourceFiles {
public:
    virtual ~SourceFiles() = default;
    // Nothing when it cannot be read or is larger.
    virtual std::optional<std::string> read(const std::string& path, std::size_t most) const = 0;
    virtual bool exists(const std::string& path) const = 0;
};

// Those of the machine.
class DiskFiles final : public SourceFiles {
public:
    std::optional<std::string> read(const std::string& path, std::size_t most) const override;
    bool exists(const std::string& path) const override;
};

// What a template declares, as far as a scenario can refer to it.
struct TemplateOutline {
    std::map<std::string, std::string> resources; // logical id: type
    std::vector<std::string> parameters;
};

struct ReaderOptions {
    const SourceFiles* files = nullptr; // DiskFiles when not given
    // "key=value", as for --set: "seed=7", "deploy.parameters.MaxSize=12",
    // "traffic.shoppers.rate=…"
    std::vector<std::string> overrides;
    // Whether templates, folders and SQL files have to exist (diorama check, diorama run).
    bool needs_files = false;
    // Answers what a template declares; nothing when it cannot be read. Not asked when empty.
    std::function<std::optional<TemplateOutline>(const std::string& path)> outline_of = {};
};

struct ReadScenario {
    Scenario scenario; // to be run only if there are no mistakes
    std::vector<Mistake> mistakes;

    bool is_runnable() const { return mistakes.empty(); }
};

ReadScenario read_scenario(const std::string& path, const ReaderOptions& options = {});

// One run of a matrix: what to set, and the seed (also as it would be set).
struct MatrixRun {
    std::vector<std::string> overrides; // "key=value"
    std::uint64_t seed = 0;
};

// The cross product, axes in the order of the file, seeds fastest. One run when there is no matrix.
std::vector<MatrixRun> runs_of(const Scenario& scenario);

} // namespace diorama::simulation
