// Reads words, texts in quotes and arguments out of an expectation from left to right, and says
// where it stands. Part of expectation_parser.hpp.
#pragma once

#include "emulator/simulation/reader/expression.hpp"

#include <string>
#include <string_view>

namespace diorama::simulation {

class ExpectationScanner {
public:
    explicit ExpectationScanner(std::string_view text)
        : text_(text) {}

    // Behind white space, where the next word begins.
    std::size_t offset();
    bool is_at_end();
    // Takes the text if it comes next; a word only as a whole.
    bool take(std::string_view expected);

    // Back by the one character that was taken last.
    void step_back() { --at_; }

    // Letters, digits, '_' and '-'; empty when there is none.
    Piece word();
    // An attribute: like a word, with dots between digits ("p99.9").
    Piece attribute();
    // What stands in the parenthesis that comes next, split at commas; quotes are taken off.
    Parsed<std::vector<Piece>> arguments();
    // What comes next up to the end or to one of the words that begin a window.
    Piece until_window();
    // What comes next up to a character of `ends` or the end.
    Piece until(std::string_view ends);

private:
    void skip_spaces();

    std::string_view text_;
    std::size_t at_ = 0;
};

} // namespace diorama::simulation
