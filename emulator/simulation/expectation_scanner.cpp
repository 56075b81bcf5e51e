// See expectation_scanner.hpp.
#include "emulator/simulation/expectation_scanner.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace diorama::simulation {

namespace {

bool is_word_letter(char letter) {
    return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_' || letter == '-';
}

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

Piece without_quotes(Piece piece) {
    const auto& text = piece.text;
    const bool is_quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
                           text.back() == text.front();
    if (is_quoted) return {text.substr(1, text.size() - 2), piece.offset + 1};
    return piece;
}

} // namespace

void ExpectationScanner::skip_spaces() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0)
        ++at_;
}

std::size_t ExpectationScanner::offset() {
    skip_spaces();
    return at_;
}

bool ExpectationScanner::is_at_end() {
    return offset() == text_.size();
}

bool ExpectationScanner::take(std::string_view expected) {
    skip_spaces();
    if (!text_.substr(at_).starts_with(expected)) return false;
    const std::size_t end = at_ + expected.size();
    const bool goes_on =
        is_word_letter(expected.back()) && end < text_.size() && is_word_letter(text_[end]);
    if (goes_on) return false;
    at_ = end;
    return true;
}

Piece ExpectationScanner::word() {
    const std::size_t begin = offset();
    while (at_ < text_.size() && is_word_letter(text_[at_]))
        ++at_;
    return {std::string(text_.substr(begin, at_ - begin)), begin};
}

Piece ExpectationScanner::attribute() {
    Piece piece = word();
    const bool has_fraction = !piece.text.empty() && is_digit(piece.text.back()) &&
                              at_ + 1 < text_.size() && text_[at_] == '.' &&
                              is_digit(text_[at_ + 1]);
    if (!has_fraction) return piece;
    ++at_;
    piece.text += "." + word().text;
    return piece;
}

Parsed<std::vector<Piece>> ExpectationScanner::arguments() {
    const std::size_t open = offset();
    int depth = 0;
    char quote = 0;
    for (at_ = open; at_ < text_.size(); ++at_) {
        const char letter = text_[at_];
        if (quote != 0) {
            if (letter == quote) quote = 0;
        } else if (letter == '"' || letter == '\'') {
            quote = letter;
        } else if (letter == '(') {
            ++depth;
        } else if (letter == ')' && --depth == 0) {
            ++at_;
            auto pieces = split_at_commas(text_.substr(open + 1, at_ - open - 2), open + 1);
            std::ranges::transform(pieces, pieces.begin(), without_quotes);
            return pieces;
        }
    }
    return Problem{open, quote != 0 ? "a quote is not closed" : "a parenthesis is not closed"};
}

Piece ExpectationScanner::until_window() {
    const std::size_t begin = offset();
    std::size_t end = text_.size();
    static constexpr std::array<std::string_view, 4>
        words{" in ", " during ", " after ", " before "};
    for (const std::string_view window : words)
        end = std::min(end, text_.find(window, begin));
    at_ = end;
    return {std::string(trimmed(text_.substr(begin, end - begin))), begin};
}

Piece ExpectationScanner::until(std::string_view ends) {
    const std::size_t begin = offset();
    at_ = std::min(text_.find_first_of(ends, begin), text_.size());
    return {std::string(trimmed(text_.substr(begin, at_ - begin))), begin};
}

} // namespace diorama::simulation
