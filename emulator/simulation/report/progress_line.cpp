// See progress_line.hpp.
#include "emulator/simulation/report/progress_line.hpp"

#include "emulator/simulation/report/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace diorama::simulation {

namespace {

std::string bar(double share, const TerminalStyle& style) {
    constexpr int columns = 20;
    const int full = std::clamp(static_cast<int>(share * columns), 0, columns);
    std::string text = style.is_terminal ? "" : "[";
    for (int i = 0; i < columns; ++i)
        text += style.is_terminal ? (i < full ? "━" : "─") : (i < full ? "#" : "-");
    return text + (style.is_terminal ? "" : "]");
}

struct Field {
    std::string text;
    int importance; // the least important is left out first
    Colour colour = Colour::none;
};

int width_of(const std::vector<Field>& fields) {
    int width = 0;
    for (const auto& field : fields)
        width += columns_of(field.text) + 2;
    return width - 2;
}

} // namespace

std::string progress_line(const Progress& progress, const TerminalStyle& style) {
    const double share = progress.duration > Duration::zero()
                             ? static_cast<double>(progress.at.count()) /
                                   static_cast<double>(progress.duration.count())
                             : 1;
    const auto at = std::chrono::floor<std::chrono::seconds>(progress.at);
    std::vector<Field> fields{
        {padded(span_text(at), 8) + " of " + span_text(progress.duration), 9},
        {bar(share, style), 2},
        {count_text(progress.speed) + "x", 6},
        {count_text(static_cast<double>(progress.requests)) + " requests", 8},
        {count_text(static_cast<double>(progress.errors)) + " errors",
         7,
         progress.errors > 0 ? Colour::bad : Colour::none},
        {std::to_string(progress.instances) + " instances", 5},
        {std::to_string(progress.alarms) + " in ALARM",
         4,
         progress.alarms > 0 ? Colour::bad : Colour::none},
        {count_text(progress.event_rate) + " events/s", 3},
    };
    // A terminal breaks the line when its last column is written.
    while (fields.size() > 1 && width_of(fields) > style.width - 1)
        fields.erase(std::ranges::min_element(fields, {}, &Field::importance));
    std::string text = style.is_terminal ? "\r\x1b[K" : "";
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i > 0) text += "  ";
        text += coloured(fields[i].text, fields[i].colour, style);
    }
    return style.is_terminal ? text : text + '\n';
}

} // namespace diorama::simulation
