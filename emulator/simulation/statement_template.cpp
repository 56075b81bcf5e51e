// See statement_template.hpp.
#include "emulator/simulation/statement_template.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

namespace diorama::simulation {

namespace {

bool is_of_name(char letter) {
    return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_' ||
           letter == '$' || letter == '`' || letter == '.';
}

// Where the quoted text that begins at `at` ends: behind its closing quote.
std::size_t end_of_quoted(std::string_view text, std::size_t at) {
    const char quote = text[at];
    for (++at; at < text.size(); ++at) {
        if (text[at] == '\\' && quote != '`') {
            ++at;
        } else if (text[at] == quote) {
            if (at + 1 < text.size() && text[at + 1] == quote)
                ++at;
            else
                return at + 1;
        }
    }
    return text.size();
}

std::string escaped(const std::string& text) {
    std::string result;
    for (const char letter : text) {
        if (letter == '\'' || letter == '"' || letter == '\\') result += '\\';
        result += letter;
    }
    return result;
}

std::vector<std::string> first_words(std::string_view text, std::size_t most) {
    std::vector<std::string> words;
    std::string word;
    for (std::size_t at = 0; at <= text.size() && words.size() < most; ++at) {
        const bool is_letter =
            at < text.size() && std::isalpha(static_cast<unsigned char>(text[at])) != 0;
        if (is_letter)
            word += static_cast<char>(std::toupper(static_cast<unsigned char>(text[at])));
        else if (!word.empty())
            words.push_back(std::exchange(word, {}));
    }
    return words;
}

} // namespace

bool is_number(std::string_view text) {
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_digits =
        !text.empty() && (std::isdigit(static_cast<unsigned char>(text[0])) != 0 ||
                          (text[0] == '-' && text.size() > 1));
    return is_digits && read.ec == std::errc() && read.ptr == text.data() + text.size();
}

StatementTemplate::StatementTemplate(std::string_view text) {
    literals_.emplace_back();
    for (std::size_t at = 0; at < text.size();) {
        const char letter = text[at];
        if (letter == '\'' || letter == '"' || letter == '`') {
            const auto end = end_of_quoted(text, at);
            auto quoted = text.substr(at, end - at);
            // '{item}' alone is a text: a parameter.
            const bool is_alone = letter != '`' && quoted.size() > 4 && quoted[1] == '{' &&
                                  quoted.find('}') == quoted.size() - 2;
            if (is_alone) {
                add(std::string(quoted.substr(2, quoted.size() - 4)), Use::text);
            } else {
                const Use use = letter == '`' ? Use::name : Use::excerpt;
                for (std::size_t open; (open = quoted.find('{')) != quoted.npos &&
                                       quoted.find('}', open) != quoted.npos;) {
                    const auto close = quoted.find('}', open);
                    literals_.back() += quoted.substr(0, open);
                    add(std::string(quoted.substr(open + 1, close - open - 1)), use);
                    quoted.remove_prefix(close + 1);
                }
                literals_.back() += quoted;
            }
            at = end;
            continue;
        }
        const auto close = letter == '{' ? text.find('}', at) : text.npos;
        if (close == text.npos) {
            literals_.back() += letter;
            ++at;
            continue;
        }
        const bool is_in_name =
            (at > 0 && is_of_name(text[at - 1])) ||
            (close + 1 < text.size() && (is_of_name(text[close + 1]) || text[close + 1] == '{')) ||
            (at > 0 && text[at - 1] == '}');
        add(std::string(text.substr(at + 1, close - at - 1)), is_in_name ? Use::name : Use::value);
        at = close + 1;
    }
    classify();
}

void StatementTemplate::add(std::string name, Use use) {
    placeholders_.push_back({std::move(name), use});
    literals_.emplace_back();
}

void StatementTemplate::classify() {
    needs_filling_ = std::ranges::any_of(placeholders_, [](const auto& placeholder) {
        return !placeholder.is_parameter();
    });
    if (!needs_filling_) text_ = fill(std::vector<std::string>(placeholders_.size()));
    const auto& beginning = literals_.front();
    const auto words = first_words(beginning, 2);
    const std::string first = words.empty() ? "" : words[0];
    begins_ =
        first == "BEGIN" || (first == "START" && words.size() > 1 && words[1] == "TRANSACTION");
    ends_ = first == "COMMIT" || first == "ROLLBACK";
    needs_session_ = begins_ || ends_ || first == "SET" || first == "PREPARE" || first == "EXECUTE";
    for (auto literal : literals_) {
        std::ranges::transform(literal, literal.begin(), [](unsigned char letter) {
            return static_cast<char>(std::toupper(letter));
        });
        needs_session_ = needs_session_ || literal.find('@') != literal.npos ||
                         literal.find("LAST_INSERT_ID") != literal.npos ||
                         literal.find("ROW_COUNT") != literal.npos ||
                         literal.find("FOUND_ROWS") != literal.npos;
    }
}

std::string StatementTemplate::fill(const std::vector<std::string>& texts) const {
    std::string filled = literals_[0];
    for (std::size_t i = 0; i < placeholders_.size(); ++i) {
        switch (placeholders_[i].use) {
        case Use::value:
        case Use::text:
            filled += '?';
            break;
        case Use::name:
            filled += texts[i];
            break;
        case Use::excerpt:
            filled += escaped(texts[i]);
            break;
        }
        filled += literals_[i + 1];
    }
    return filled;
}

} // namespace diorama::simulation
