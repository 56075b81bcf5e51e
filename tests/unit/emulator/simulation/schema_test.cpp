#include "emulator/simulation/fault_catalogue.hpp"
#include "emulator/simulation/measure_catalogue.hpp"
#include "emulator/simulation/reader/scenario_keys.hpp"
#include "emulator/simulation/schema.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>

namespace diorama::simulation {

namespace {

std::string file(const std::string& path) {
    std::ifstream stream(path);
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

} // namespace

TEST_CASE("the published schema is the one that the reader's tables make") {
    const std::string schema = scenario_schema();
    if (file(schema_path) != schema) {
        std::ofstream("build/scenario.schema.json") << schema;
        FAIL(
            "scenarios/scenario.schema.json is out of date: copy build/scenario.schema.json over it"
        );
    }
}

TEST_CASE("the schema knows every key, and no others") {
    const auto schema = nlohmann::json::parse(scenario_schema());
    for (const SectionKeys& section : all_sections()) {
        CAPTURE(section.name);
        const auto& described =
            section.name == "scenario" ? schema : schema["$defs"][std::string(section.name)];
        CHECK(described["properties"].size() == section.keys.size());
        CHECK(described["additionalProperties"] == false);
        for (const Key& key : section.keys)
            CHECK(described["properties"].contains(std::string(key.name)));
    }
}

TEST_CASE("the grammar's description names every key, action and measure") {
    const std::string readme = file("emulator/simulation/README.md");
    const auto names = [&readme](std::string_view word) {
        return readme.find("`" + std::string(word)) != std::string::npos;
    };
    for (const SectionKeys& section : all_sections()) {
        for (const Key& key : section.keys) {
            CAPTURE(key.name);
            CHECK(names(key.name));
        }
    }
    for (const FaultAction& action : fault_actions()) {
        CAPTURE(action.name);
        CHECK(names(action.name));
        for (const FaultParameter& parameter : action.parameters) {
            CAPTURE(parameter.name);
            CHECK(names(parameter.name));
        }
    }
    for (const MeasureKind& kind : measure_kinds()) {
        CAPTURE(kind.name);
        CHECK(names(kind.name));
        for (const MeasureAttribute& attribute : kind.attributes) {
            CAPTURE(attribute.name);
            CHECK(names(attribute.name));
        }
    }
}

} // namespace diorama::simulation
