// See terminal_style.hpp.
#include "emulator/simulation/report/terminal_style.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace diorama::simulation {

namespace {

bool begins_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
}

} // namespace

std::string coloured(std::string_view text, Colour colour, const TerminalStyle& style) {
    if (!style.is_terminal || colour == Colour::none) return std::string(text);
    const int code = colour == Colour::good    ? 32
                     : colour == Colour::bad   ? 31
                     : colour == Colour::quiet ? 2
                                               : 1;
    return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

int columns_of(std::string_view text) {
    return static_cast<int>(std::ranges::count_if(text, begins_character));
}

std::string shortened(std::string_view text, int columns, const TerminalStyle& style) {
    if (columns_of(text) <= columns) return std::string(text);
    const std::string_view more = style.is_terminal ? "…" : "...";
    const int keep = std::max(0, columns - columns_of(more));
    int seen = 0;
    std::size_t end = 0;
    while (end < text.size() && (seen < keep || !begins_character(text[end])))
        seen += begins_character(text[end++]);
    return std::string(text.substr(0, end)) + std::string(keep > 0 ? more : "");
}

std::string padded(std::string_view text, int columns) {
    const int missing = std::max(0, columns - columns_of(text));
    return std::string(text) + std::string(static_cast<std::size_t>(missing), ' ');
}

std::vector<std::string> wrapped(std::string_view text, int columns) {
    std::vector<std::string> lines(1);
    while (!text.empty()) {
        const auto space = text.find(' ');
        const auto word = text.substr(0, space);
        if (!lines.back().empty() && columns_of(lines.back()) + 1 + columns_of(word) > columns)
            lines.emplace_back();
        if (!lines.back().empty()) lines.back() += ' ';
        lines.back() += word;
        text = space == text.npos ? "" : text.substr(space + 1);
    }
    return lines;
}

} // namespace diorama::simulation
