// The merged runs as text, JSON and HTML; see merged_report.hpp.
#include "emulator/simulation/report/merged_report.hpp"

#include "emulator/simulation/report/markup.hpp"
#include "emulator/simulation/report/numbers.hpp"
#include "emulator/simulation/report/results_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <report_assets.hpp>

namespace diorama::simulation {

namespace {

std::size_t runs_that_held(const MergedRuns& merged) {
    return static_cast<std::size_t>(std::ranges::count(merged.runs, true, &MergedRun::held));
}

std::string summary(const MergedRuns& merged) {
    std::string text =
        fmt::format("{} of {} runs held", runs_that_held(merged), merged.runs.size());
    if (!merged.mistakes.empty())
        text += fmt::format(
            "; {} {} could not be read",
            merged.mistakes.size(),
            merged.mistakes.size() == 1 ? "file" : "files"
        );
    return text;
}

// What stands in the columns before the expectations.
std::vector<std::string> first_cells(const MergedRun& run) {
    std::vector<std::string> cells{run.name};
    for (const auto& parameter : run.parameters)
        cells.push_back(parameter.empty() ? "-" : one_line(parameter));
    cells.push_back(std::to_string(run.seed));
    cells.push_back(count_text(static_cast<double>(run.requests)));
    cells.push_back(dollars_text(run.dollars));
    return cells;
}

std::vector<std::string> first_heads(const MergedRuns& merged) {
    std::vector<std::string> heads{"run"};
    for (const auto& parameter : merged.parameters)
        heads.push_back(one_line(parameter));
    heads.insert(heads.end(), {"seed", "requests", "cost"});
    return heads;
}

std::string verdict(const MergedRun& run) {
    std::string text = run.held ? "held" : "FAILED";
    if (run.violations > 0) text += fmt::format(", {} violations", run.violations);
    if (run.interrupted) text += ", interrupted";
    return text;
}

std::string html_cell(const MergedCell& cell) {
    if (cell.measured.empty()) return "<td class=\"absent\">–</td>";
    return fmt::format(
        "<td class=\"{}\"><span class=\"mark\">{}</span> {}</td>",
        cell.passed ? "held" : "failed",
        cell.passed ? "✓" : "✗",
        html_text(cell.measured)
    );
}

std::string html_head(std::string_view content) {
    return fmt::format("<th scope=\"col\">{}</th>", content);
}

std::string html_table(const MergedRuns& merged) {
    std::string table = "<thead><tr>" + html_head("verdict");
    for (const auto& head : first_heads(merged))
        table += html_head(html_text(head));
    for (const auto& expectation : merged.expectations)
        table += html_head("<code>" + html_text(expectation) + "</code>");
    table += html_head("replay") + "</tr></thead>\n<tbody>\n";
    for (const auto& run : merged.runs) {
        const std::string_view verdict_class = run.held ? "held" : "failed";
        table +=
            fmt::format("<tr><td class=\"{}\">{}</td>", verdict_class, html_text(verdict(run)));
        for (const auto& cell : first_cells(run))
            table += "<td>" + html_text(cell) + "</td>";
        for (const auto& cell : run.cells)
            table += html_cell(cell);
        table += fmt::format("<td><code>{}</code></td></tr>\n", html_text(run.command));
    }
    return table + "</tbody>";
}

} // namespace

std::string merged_text(const MergedRuns& merged, const TerminalStyle& style) {
    // Expectations are too long for column heads: they are numbered, and listed below.
    auto heads = first_heads(merged);
    for (std::size_t i = 0; i < merged.expectations.size(); ++i)
        heads.push_back(fmt::format("[{}]", i + 1));
    heads.push_back("verdict");
    std::vector<std::vector<std::string>> rows;
    for (const auto& run : merged.runs) {
        rows.push_back(first_cells(run));
        for (const auto& cell : run.cells) {
            const std::string_view mark = cell.measured.empty() || cell.passed ? "" : "! ";
            rows.back().push_back(
                cell.measured.empty() ? "-" : fmt::format("{}{}", mark, one_line(cell.measured))
            );
        }
        rows.back().push_back(verdict(run));
    }
    std::vector<int> widths;
    for (std::size_t column = 0; column < heads.size(); ++column) {
        widths.push_back(columns_of(heads[column]));
        for (const auto& row : rows)
            widths.back() = std::max(widths.back(), columns_of(row[column]));
    }
    const auto line_of = [&](const std::vector<std::string>& cells) {
        std::string line;
        for (std::size_t column = 0; column + 1 < cells.size(); ++column)
            line += padded(cells[column], widths[column]) + "  ";
        return line + cells.back();
    };
    std::string text = coloured(line_of(heads), Colour::strong, style) + '\n';
    for (std::size_t i = 0; i < rows.size(); ++i)
        text +=
            coloured(line_of(rows[i]), merged.runs[i].held ? Colour::none : Colour::bad, style) +
            '\n';
    text += '\n';
    for (std::size_t i = 0; i < merged.expectations.size(); ++i)
        text += fmt::format("[{}] {}\n", i + 1, one_line(merged.expectations[i]));
    for (const auto& mistake : merged.mistakes)
        text += coloured(one_line(mistake), Colour::bad, style) + '\n';
    return text + summary(merged) + '\n';
}

std::string merged_json(const MergedRuns& merged) {
    using JSON = nlohmann::ordered_json;
    JSON runs = JSON::array();
    for (const auto& run : merged.runs) {
        JSON parameters = JSON::object();
        for (std::size_t i = 0; i < merged.parameters.size(); ++i)
            if (!run.parameters[i].empty()) parameters[merged.parameters[i]] = run.parameters[i];
        JSON expectations = JSON::array();
        for (std::size_t i = 0; i < run.cells.size(); ++i) {
            if (run.cells[i].measured.empty()) continue;
            expectations.push_back({
                {"text", merged.expectations[i]},
                {"measured", run.cells[i].measured},
                {"passed", run.cells[i].passed},
            });
        }
        runs.push_back({
            {"name", run.name},
            {"scenario", run.scenario},
            {"seed", run.seed},
            {"parameters", std::move(parameters)},
            {"held", run.held},
            {"interrupted", run.interrupted},
            {"headline", run.headline},
            {"requests", run.requests},
            {"violations", run.violations},
            {"dollars", run.dollars},
            {"expectations", std::move(expectations)},
            {"command", run.command},
        });
    }
    const JSON all{
        {"format", merged_format},
        {"held", merged.held()},
        {"runs", std::move(runs)},
        {"mistakes", merged.mistakes},
    };
    return all.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

std::string merged_html(const MergedRuns& merged) {
    std::string mistakes;
    for (const auto& mistake : merged.mistakes)
        mistakes += "<li class=\"failed\">" + html_text(mistake) + "</li>";
    if (!mistakes.empty()) mistakes = "<ul>" + mistakes + "</ul>";
    const std::string title =
        merged.runs.empty() ? "No runs" : html_text(merged.runs.front().scenario);
    const std::string headline = html_text(summary(merged));
    const std::string table = html_table(merged);
    return filled(
        report_assets::merged_html,
        {
            {"title", title},
            {"verdict", merged.held() ? "held" : "failed"},
            {"mark", merged.held() ? "✓" : "✗"},
            {"headline", headline},
            {"style", report_assets::report_css},
            {"table", table},
            {"mistakes", mistakes},
        }
    );
}

} // namespace diorama::simulation
