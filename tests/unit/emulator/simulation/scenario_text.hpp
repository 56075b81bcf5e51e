// A scenario file in memory for tests of its reader: texts by path, and mistakes as lines of
// "line:column message".
#pragma once

#include "emulator/simulation/reader/yaml_tree.hpp"
#include "emulator/simulation/scenario_reader.hpp"

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

namespace diorama::simulation {

class TextFiles final : public SourceFiles {
public:
    std::map<std::string, std::string> texts;

    std::optional<std::string> read(const std::string& path, std::size_t most) const override {
        const auto found = texts.find(path);
        if (found == texts.end() || found->second.size() > most) return std::nullopt;
        return found->second;
    }

    bool exists(const std::string& path) const override { return texts.contains(path); }
};

inline ReadScenario read_text(const std::string& text, ReaderOptions options = {}) {
    TextFiles files;
    files.texts["test.yaml"] = text;
    options.files = &files;
    return read_scenario("test.yaml", options);
}

// What every scenario needs, in two lines; what is tested begins in line 3.
inline const std::string head = "scenario: test\nduration: 6h\n";

// A scenario with one population and one fault, for what refers to them; ends with line 9.
inline const std::string shop =
    head + "traffic:\n"
           "  shoppers:\n"
           "    rate: 10/s\n"
           "    visit: [GET https://www.example.com/, GET https://www.example.com/cart]\n"
           "faults:\n"
           "  - { at: 3h, for: 30m, do: az-power-interruption, zone: us-east-1a, "
           "name: dark }\n";

inline std::vector<std::string> lines_of(const std::vector<Mistake>& mistakes) {
    std::vector<std::string> lines;
    for (const Mistake& mistake : mistakes) {
        const auto& [file, line, column] = mistake.position;
        lines.push_back(fmt::format("{}:{} {}", line, column, sentence_of(mistake)));
    }
    return lines;
}

inline std::vector<std::string> mistakes_in(const std::string& text, ReaderOptions options = {}) {
    return lines_of(read_text(text, std::move(options)).mistakes);
}

// The only mistake, or all of them when there are more.
inline std::string mistake_in(const std::string& text, ReaderOptions options = {}) {
    return fmt::format("{}", fmt::join(mistakes_in(text, std::move(options)), "\n"));
}

} // namespace diorama::simulation
