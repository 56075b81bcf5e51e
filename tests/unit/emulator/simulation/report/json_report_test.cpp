#include "emulator/simulation/report/json_report.hpp"
#include "tests/unit/emulator/simulation/report/sample_results.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <limits>

namespace diorama::simulation {

using nlohmann::json;
using nlohmann::ordered_json;

TEST_CASE("a JSON report holds all that was measured, times in seconds") {
    const json report = json::parse(json_report(test::sample_results()));
    CHECK(report["format"] == "diorama-report");
    CHECK(report["seed"] == 1);
    CHECK(report["held"] == false);
    CHECK(report["duration"] == 21600);
    CHECK(report["step"] == 72);
    CHECK(report["totals"]["requests"] == 192'601'483);
    CHECK(report["faults"][0]["from"] == 12600);
    CHECK(report["faults"][2]["to"].is_null());
    CHECK(report["expectations"][1]["worst"] == 12672);
    CHECK(report["expectations"][2]["worst"].is_null());
    CHECK(report["timelines"].size() == 19);
    CHECK(report["timelines"][0]["values"].size() == 300);
    CHECK(report["instances"][0]["failed"] == true);
    CHECK(report["outcomes"][0]["count"].size() == outcome_count);
}

TEST_CASE("its keys stand in a fixed order, the verdict before the long lists") {
    const ordered_json report = ordered_json::parse(json_report(test::sample_results()));
    CHECK(report.begin().key() == "format");
    const std::string text = report.dump();
    CHECK(text.find("\"expectations\"") < text.find("\"timelines\""));
}

TEST_CASE("a distribution is written with every value that it holds") {
    Results results;
    OutcomeRow row;
    row.latency.add(0.25, 3);
    row.latency.add(0.5, 1);
    results.outcomes.push_back(row);
    const json latency = json::parse(json_report(results))["outcomes"][0]["latency"];
    CHECK(latency["count"] == 4);
    CHECK(latency["minimum"] == 0.25);
    CHECK(latency["maximum"] == 0.5);
    REQUIRE(latency["values"].size() == 2);
    CHECK(latency["values"][0][1] == 3);
}

TEST_CASE("seeds and counts beyond the precision of a double are whole") {
    Results results;
    results.seed = std::numeric_limits<std::uint64_t>::max();
    CHECK(json::parse(json_report(results))["seed"].get<std::uint64_t>() == results.seed);
}

TEST_CASE("equal results give equal bytes, another seed gives others") {
    Results results = test::sample_results();
    CHECK(json_report(results) == json_report(test::sample_results()));
    results.seed = 2;
    CHECK(json_report(results) != json_report(test::sample_results()));
}

TEST_CASE("values that are missing, and a run without any, are JSON too") {
    Results results;
    results.timelines.push_back(
        {"Clients", "Requests", "requests/s", {1.5, std::numeric_limits<double>::quiet_NaN()}}
    );
    const json report = json::parse(json_report(results));
    CHECK(report["timelines"][0]["values"][0] == 1.5);
    CHECK(report["timelines"][0]["values"][1].is_null());
    CHECK(report["held"] == true);
}

} // namespace diorama::simulation
