// Reads JSON reports into rows; see merged_report.hpp. A file that is no report is a mistake that
// is told, not the end of all others.
#include "emulator/simulation/report/merged_report.hpp"
#include "emulator/simulation/report/results_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace diorama::simulation {

namespace {

using JSON = nlohmann::ordered_json;

std::size_t column_of(std::vector<std::string>& columns, const std::string& name) {
    const auto found = std::ranges::find(columns, name);
    if (found != columns.end()) return static_cast<std::size_t>(found - columns.begin());
    columns.push_back(name);
    return columns.size() - 1;
}

void read_cells(const JSON& expectations, MergedRun& run, MergedRuns& merged) {
    for (const auto& expectation : expectations) {
        const auto column =
            column_of(merged.expectations, expectation.at("text").get<std::string>());
        run.cells.resize(std::max(run.cells.size(), column + 1));
        run.cells[column].measured = expectation.at("measured").get<std::string>();
        run.cells[column].passed = expectation.at("passed").get<bool>();
        if (run.cells[column].measured.empty()) run.cells[column].measured = "?";
    }
}

// Throws JSON's own exceptions where a member is missing or of another kind.
MergedRun read_run(const JSON& report, MergedRuns& merged) {
    MergedRun run;
    run.scenario = report.at("scenario").get<std::string>();
    run.seed = report.at("seed").get<std::uint64_t>();
    run.command = report.at("command").get<std::string>();
    run.headline = report.at("headline").get<std::string>();
    run.held = report.at("held").get<bool>();
    run.interrupted = report.at("interrupted").get<bool>();
    run.requests = report.at("totals").at("requests").get<std::uint64_t>();
    run.violations = report.at("violations").size();
    const JSON& dollars = report.at("cost").at("dollars");
    run.dollars = dollars.is_null() ? 0 : dollars.get<double>();
    for (const auto& parameter : report.at("parameters")) {
        const auto column = column_of(merged.parameters, parameter.at("name").get<std::string>());
        run.parameters.resize(std::max(run.parameters.size(), column + 1));
        run.parameters[column] = parameter.at("value").get<std::string>();
    }
    read_cells(report.at("expectations"), run, merged);
    return run;
}

// A run as an earlier merge told it (merged_json).
MergedRun read_merged_run(const JSON& row, MergedRuns& merged) {
    MergedRun run;
    run.name = row.at("name").get<std::string>();
    run.scenario = row.at("scenario").get<std::string>();
    run.seed = row.at("seed").get<std::uint64_t>();
    run.command = row.at("command").get<std::string>();
    run.headline = row.at("headline").get<std::string>();
    run.held = row.at("held").get<bool>();
    run.interrupted = row.at("interrupted").get<bool>();
    run.requests = row.at("requests").get<std::uint64_t>();
    run.violations = row.at("violations").get<std::uint64_t>();
    run.dollars = row.at("dollars").is_null() ? 0 : row.at("dollars").get<double>();
    for (const auto& [name, value] : row.at("parameters").items()) {
        const auto column = column_of(merged.parameters, name);
        run.parameters.resize(std::max(run.parameters.size(), column + 1));
        run.parameters[column] = value.get<std::string>();
    }
    read_cells(row.at("expectations"), run, merged);
    return run;
}

// All runs of a report that is itself merged, and what was wrong with it.
void read_merged(const JSON& report, MergedRuns& merged) {
    for (const auto& row : report.at("runs")) {
        MergedRun run = read_merged_run(row, merged);
        merged.runs.push_back(std::move(run));
    }
    for (const auto& mistake : report.at("mistakes"))
        merged.mistakes.push_back(mistake.get<std::string>());
}

bool is_merged(const JSON& report) {
    return report.is_object() && report.value("format", JSON()) == JSON(merged_format);
}

std::string mistake_in(const JSON& report) {
    if (report.is_discarded()) return "not JSON";
    if (is_merged(report)) return "";
    if (!report.is_object() || report.value("format", JSON()) != JSON(report_format))
        return "not a report of Diorama";
    if (report.value("format_version", JSON()) != JSON(report_format_version))
        return "a report of another version of Diorama";
    return "";
}

} // namespace

bool MergedRuns::held() const {
    return mistakes.empty() && std::ranges::all_of(runs, &MergedRun::held);
}

MergedRuns merge_reports(const std::vector<ReportText>& reports) {
    MergedRuns merged;
    for (const auto& text : reports) {
        const JSON report = JSON::parse(text.json, nullptr, false);
        std::string mistake = mistake_in(report);
        if (mistake.empty()) {
            MergedRuns with_it = merged;
            try {
                if (is_merged(report)) {
                    read_merged(report, with_it);
                } else {
                    MergedRun run = read_run(report, with_it);
                    run.name = text.name;
                    with_it.runs.push_back(std::move(run));
                }
                merged = std::move(with_it);
            } catch (const nlohmann::json::exception& error) {
                mistake = std::string("an incomplete report: ") + error.what();
            }
        }
        if (!mistake.empty()) merged.mistakes.push_back(text.name + ": " + mistake);
    }
    for (auto& run : merged.runs) {
        run.parameters.resize(merged.parameters.size());
        run.cells.resize(merged.expectations.size());
    }
    return merged;
}

} // namespace diorama::simulation
