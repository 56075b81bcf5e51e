// What a terminal can show: how wide it is, and whether it is one at all. Text laid out for it, in
// columns of characters.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace diorama::simulation {

struct TerminalStyle {
    int width = 80;
    bool is_terminal = false; // else no colours, no cursor movement, ASCII marks
};

enum class Colour { none, good, bad, quiet, strong };

std::string coloured(std::string_view text, Colour colour, const TerminalStyle& style);
// Characters that a text takes, not bytes.
int columns_of(std::string_view text);
// Cut to so many columns, the last of which says that something is missing.
std::string shortened(std::string_view text, int columns, const TerminalStyle& style);
std::string padded(std::string_view text, int columns);
// Words in lines of so many columns.
std::vector<std::string> wrapped(std::string_view text, int columns);

} // namespace diorama::simulation
