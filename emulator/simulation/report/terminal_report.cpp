// See terminal_report.hpp.
#include "emulator/simulation/report/terminal_report.hpp"

#include "emulator/simulation/report/markup.hpp"
#include "emulator/simulation/report/narrative.hpp"
#include "emulator/simulation/report/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace diorama::simulation {

namespace {

class TerminalWriter {
public:
    TerminalWriter(const Results& results, const TerminalStyle& style)
        : results_(results)
        , style_(style)
        , width_(std::max(style.width, 40)) {}

    std::string write(const std::vector<std::string>& reports);

private:
    std::string mark(bool passed) const {
        const std::string_view text =
            style_.is_terminal ? (passed ? "✓" : "✗") : (passed ? "PASS" : "FAIL");
        return coloured(text, passed ? Colour::good : Colour::bad, style_);
    }

    int mark_width() const { return style_.is_terminal ? 1 : 4; }

    void line(std::string_view text) {
        text_ += text;
        text_ += '\n';
    }

    void paragraph(std::string_view text, int indent);
    void expectations();
    void failure(const ExpectationResult& expectation, int shown_columns);
    void violations();
    void moments();

    const Results& results_;
    TerminalStyle style_;
    int width_;
    std::string text_;
};

void TerminalWriter::paragraph(std::string_view text, int indent) {
    for (const auto& part : wrapped(one_line(text), width_ - indent))
        line(std::string(static_cast<std::size_t>(indent), ' ') + part);
}

void TerminalWriter::expectations() {
    int measured_width = 8;
    int bound_width = 5;
    for (const auto& expectation : results_.expectations) {
        measured_width = std::max(measured_width, columns_of(one_line(expectation.measured)));
        bound_width = std::max(bound_width, columns_of(one_line(expectation.bound)));
    }
    measured_width = std::min(measured_width, width_ / 3);
    bound_width = std::min(bound_width, width_ / 5);
    const int longest = std::max(12, width_ - mark_width() - measured_width - bound_width - 8);
    int text_width = 12;
    for (const auto& expectation : results_.expectations)
        text_width = std::max(text_width, columns_of(one_line(expectation.text)));
    text_width = std::min(text_width, longest);

    const auto head = fmt::format(
        "  {}  {}  {}  {}",
        padded("", mark_width()),
        padded("expectation", text_width),
        padded("measured", measured_width),
        "bound"
    );
    line(coloured(head, Colour::quiet, style_));
    for (const auto& expectation : results_.expectations) {
        line(fmt::format(
            "  {}  {}  {}  {}",
            mark(expectation.passed),
            padded(shortened(one_line(expectation.text), text_width, style_), text_width),
            padded(
                shortened(one_line(expectation.measured), measured_width, style_),
                measured_width
            ),
            shortened(one_line(expectation.bound), bound_width, style_)
        ));
        if (!expectation.passed) failure(expectation, text_width);
    }
}

void TerminalWriter::failure(const ExpectationResult& expectation, int shown_columns) {
    const int indent = 4 + mark_width();
    if (columns_of(one_line(expectation.text)) > shown_columns) {
        paragraph(fmt::format("{}: measured {}", expectation.text, expectation.measured), indent);
    }
    std::string where;
    if (expectation.worst) where += "worst at " + span_text(*expectation.worst);
    if (!expectation.points_to.empty())
        where += fmt::format("{}look at {}", where.empty() ? "" : "; ", expectation.points_to);
    if (!expectation.file.empty())
        where +=
            fmt::format("{}{}:{}", where.empty() ? "" : "; ", expectation.file, expectation.line);
    if (!where.empty()) paragraph(where, indent);
}

void TerminalWriter::violations() {
    if (results_.violations.empty()) return;
    line("");
    line(coloured(
        "A rule of the cloud was broken, which is a defect of Diorama:",
        Colour::bad,
        style_
    ));
    constexpr std::size_t shown = 5;
    for (std::size_t i = 0; i < std::min(shown, results_.violations.size()); ++i) {
        const auto& violation = results_.violations[i];
        paragraph(
            fmt::format("{}  {}: {}", span_text(violation.at), violation.checker, violation.text),
            2
        );
    }
    if (results_.violations.size() > shown)
        line(fmt::format("  and {} more", results_.violations.size() - shown));
}

void TerminalWriter::moments() {
    const auto interesting = most_interesting(results_, 3);
    if (interesting.empty()) return;
    line("");
    line(coloured("Moments", Colour::strong, style_));
    for (const auto& moment : interesting) {
        const auto parts = wrapped(
            moment.component.empty() ? one_line(moment.text)
                                     : one_line(moment.component + ": " + moment.text),
            width_ - 12
        );
        for (std::size_t i = 0; i < parts.size(); ++i)
            line(fmt::format("  {}  {}", padded(i == 0 ? span_text(moment.at) : "", 8), parts[i]));
    }
}

std::string TerminalWriter::write(const std::vector<std::string>& reports) {
    line("");
    line(
        coloured(one_line(results_.scenario), Colour::strong, style_) + ": " +
        coloured(headline(results_), results_.held() ? Colour::good : Colour::bad, style_)
    );
    paragraph(what_happened(results_).front(), 0);
    if (!results_.expectations.empty()) {
        line("");
        expectations();
    }
    violations();
    moments();
    line("");
    if (!results_.cost.empty()) {
        const auto note =
            results_.cost_note.empty() ? "" : " (" + one_line(results_.cost_note) + ")";
        paragraph("Cost    " + dollars_text(results_.dollars()) + note, 0);
    }
    for (const auto& report : reports)
        line("Report  " + one_line(report));
    line("Replay  " + one_line(results_.command));
    return text_;
}

} // namespace

std::string terminal_report(
    const Results& results,
    const std::vector<std::string>& reports,
    const TerminalStyle& style
) {
    return TerminalWriter(results, style).write(reports);
}

} // namespace diorama::simulation
