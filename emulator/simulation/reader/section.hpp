// What the parts of the scenario reader share: where mistakes go and what other sections have said,
// and a section, which reads its keys by kind and reports what it cannot understand, in place.
#pragma once

#include "emulator/simulation/reader/expression.hpp"
#include "emulator/simulation/reader/scenario_keys.hpp"
#include "emulator/simulation/reader/yaml_tree.hpp"
#include "emulator/simulation/scenario_reader.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::simulation {

struct Reading {
    const ReaderOptions& options;
    const SourceFiles& files;
    Mistakes& mistakes;
    Scenario& scenario;
    std::optional<TemplateOutline> outline = {};

    void mistake(const YamlNode& node, std::string message, std::string suggestion = {}) {
        mistakes.add(node.position, std::move(message), std::move(suggestion));
    }

    void mistake(const YamlNode& node, const Problem& problem) {
        mistakes.add(node.at(problem.offset), problem.message, problem.suggestion);
    }

    // The path that a node names, relative to the file it stands in.
    std::string path_in(const YamlNode& node) const;
    // Reports a file that has to exist and does not.
    void need_file(const YamlNode& node, const std::string& path);
    // Reports a logical id that the template does not declare, or not with one of these types
    // ("A|B"; empty: any). Silent when the template is not known.
    void need_resource(Position where, const std::string& id, std::string_view types);
    // Reports a time that is not within the run.
    bool is_within_run(const YamlNode& node, Duration at);
};

class Section {
public:
    // Reports a node that is no map, and keys that the section does not have.
    Section(Reading& reading, const YamlNode& node, const SectionKeys& keys);

    bool is_map() const { return node_.is_map(); }

    const YamlNode& node() const { return node_; }

    // Nothing also for a key without a value.
    const YamlNode* find(std::string_view key) const;
    // Reports a key that has to be there.
    const YamlNode* require(std::string_view key);

    // Each leaves `into` as it is when the key is absent or wrong, and says whether it was read.
    bool text(std::string_view key, std::string& into);
    bool flag(std::string_view key, bool& into);
    bool duration(std::string_view key, Duration& into);
    bool quantity(std::string_view key, Quantity quantity, double& into);
    bool share(std::string_view key, double& into); // at most 1
    bool law(std::string_view key, Quantity quantity, RandomVariable& into);
    // The index of the word among the choices of the key.
    bool choice(std::string_view key, std::size_t& into);

    template <typename Count>
    bool count(std::string_view key, Count& into) {
        constexpr auto most = std::numeric_limits<Count>::max();
        std::uint64_t value = 0;
        if (!count_up_to(key, static_cast<std::uint64_t>(most), value)) return false;
        into = static_cast<Count>(value);
        return true;
    }

private:
    bool count_up_to(std::string_view key, std::uint64_t most, std::uint64_t& into);

    Reading& reading_;
    const YamlNode& node_;
    const SectionKeys& keys_;
};

// The scalar's text, or a report that there is none.
const std::string* scalar_of(Reading& reading, const YamlNode& node, std::string_view what);
// One text or a list of them.
std::vector<const YamlNode*> scalars_of(Reading& reading, const YamlNode& node);
std::optional<double> quantity_of(Reading& reading, const YamlNode& node, Quantity quantity);
std::optional<Duration> duration_of(Reading& reading, const YamlNode& node);
// A law as text, or as a map: `{ lognormal: { median: 6ms, sigma: 0.5 } }`,
// `{ empirical: { 1ms: 50%, 20ms: 50% } }`.
std::optional<RandomVariable> law_of(Reading& reading, const YamlNode& node, Quantity quantity);

// The parts of the file, each into `reading.scenario`.
void read_deploy(Reading& reading, const YamlNode& node);
void read_app(Reading& reading, const YamlNode& node);
void read_traffic(Reading& reading, const YamlNode& node);
void read_visit(Reading& reading, const YamlNode& node, Population& population);
void read_faults(Reading& reading, const YamlNode& node);
void read_expectations(Reading& reading, const YamlNode& node);
void read_matrix(Reading& reading, const YamlNode& node);

// Reports placeholders in braces that `app: values` does not define.
void check_placeholders(Reading& reading, const YamlNode& node, std::string_view text);

} // namespace diorama::simulation
