#include "emulator/simulation/report/json_report.hpp"
#include "emulator/simulation/report/merged_report.hpp"
#include "tests/unit/emulator/simulation/report/sample_results.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace diorama::simulation {

namespace {

// The sample with seed 1, and the same with seed 2, another parameter, and all held.
std::vector<ReportText> two_reports() {
    Results other = test::sample_results();
    other.seed = 2;
    other.parameters = {{"MaxSize", "48"}, {"Warm", "yes"}};
    for (auto& expectation : other.expectations)
        expectation.passed = true;
    other.expectations.pop_back();
    return {{"a.json", json_report(test::sample_results())}, {"b.json", json_report(other)}};
}

} // namespace

TEST_CASE("merged runs are rows, their parameters and expectations columns") {
    const MergedRuns merged = merge_reports(two_reports());
    CHECK(merged.mistakes.empty());
    REQUIRE(merged.runs.size() == 2);
    CHECK(
        merged.parameters ==
        std::vector<std::string>{"MinSize", "MaxSize", "DBInstanceClass", "Warm"}
    );
    CHECK(merged.expectations.size() == 7);
    CHECK(merged.runs[0].parameters == std::vector<std::string>{"3", "24", "db.m6g.large", ""});
    CHECK(merged.runs[1].parameters == std::vector<std::string>{"", "48", "", "yes"});
    CHECK(merged.runs[0].cells[1].measured == "p99 = 214 ms");
    CHECK(!merged.runs[0].cells[1].passed);
    CHECK(merged.runs[1].cells[6].measured.empty());
    CHECK(!merged.held());
}

TEST_CASE("the text of merged runs marks what failed and numbers the expectations") {
    const std::string text = merged_text(merge_reports(two_reports()), {80, false});
    CHECK(text.find("! p99 = 214 ms") != text.npos);
    CHECK(text.find("[2] outcomes(shoppers") != text.npos);
    CHECK(text.ends_with("1 of 2 runs held\n"));
}

TEST_CASE("what was merged can be merged again, as if all had been merged at once") {
    auto reports = two_reports();
    const MergedRuns at_once = merge_reports(reports);
    const std::string first = merged_json(merge_reports({reports[0]}));
    const std::string second = merged_json(merge_reports({reports[1]}));
    const MergedRuns again = merge_reports({{"1.json", first}, {"2.json", second}});
    CHECK(again.mistakes.empty());
    CHECK(merged_json(again) == merged_json(at_once));
    const std::string failed = merged_json(merge_reports({{"c.json", "{"}}));
    const MergedRuns with_failure = merge_reports({{"3.json", failed}});
    CHECK(with_failure.mistakes == std::vector<std::string>{"c.json: not JSON"});
    CHECK(!with_failure.held());
}

TEST_CASE("files that are no reports are told by name and fail the merge; the others are merged") {
    auto reports = two_reports();
    reports.push_back({"c.json", "{"});
    reports.push_back({"d.json", "[]"});
    reports.push_back({"e.json", R"({"format":"diorama-report","format_version":1,"scenario":7})"});
    reports.push_back({"f.json", R"({"format":"diorama-report","format_version":99})"});
    const MergedRuns merged = merge_reports(reports);
    CHECK(merged.runs.size() == 2);
    REQUIRE(merged.mistakes.size() == 4);
    CHECK(merged.mistakes[0] == "c.json: not JSON");
    CHECK(merged.mistakes[1] == "d.json: not a report of Diorama");
    CHECK(merged.mistakes[2].starts_with("e.json: an incomplete report: "));
    CHECK(merged.mistakes[3] == "f.json: a report of another version of Diorama");
    CHECK(merged_html(merged).find("c.json: not JSON") != std::string::npos);
}

TEST_CASE("merged JSON can be read, and is the same twice") {
    const auto merged = merge_reports(two_reports());
    const auto parsed = nlohmann::json::parse(merged_json(merged));
    CHECK(parsed["held"] == false);
    CHECK(parsed["runs"][0]["expectations"].size() == 7);
    CHECK(parsed["runs"][1]["expectations"].size() == 6);
    CHECK(parsed["runs"][1]["parameters"] == nlohmann::json{{"MaxSize", "48"}, {"Warm", "yes"}});
    CHECK(merged_json(merged) == merged_json(merge_reports(two_reports())));
}

TEST_CASE("what a run is called stays text in merged HTML") {
    Results results = test::sample_results();
    results.scenario = "<b>bold</b>";
    results.parameters = {{"<i>", "\"&"}};
    const std::string page = merged_html(merge_reports({{"<u>.json", json_report(results)}}));
    CHECK(page.find("<b>bold") == page.npos);
    CHECK(page.find("<i>") == page.npos);
    CHECK(page.find("<u>") == page.npos);
    CHECK(page.find("&quot;&amp;") != page.npos);
}

TEST_CASE("no reports at all merge to nothing") {
    const MergedRuns merged = merge_reports({});
    CHECK(merged_text(merged, {80, false}).ends_with("0 of 0 runs held\n"));
    CHECK(merged_html(merged).find("No runs") != std::string::npos);
}

} // namespace diorama::simulation
