// https://dev.mysql.com/doc/refman/8.0/en/language-structure.html
#include "services/rds/data/sql/lexer.hpp"

#include "services/rds/limits.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace diorama::rds::sql {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

bool is_word_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' ||
           c == '$' || (static_cast<std::uint8_t>(c) & 0x80) != 0;
}

bool is_hexadecimal_digit(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

class Lexer {
public:
    Lexer(std::string_view sql, const LexerState& state)
        : sql_(sql)
        , modes_(state.modes)
        , at_(state.at)
        , in_version_comment_(state.in_version_comment) {}

    LexerState state() const { return {at_, in_version_comment_, modes_}; }

    std::vector<Token> run() {
        std::vector<Token> tokens;
        tokens.reserve(sql_.size() / 6 + 4);
        while (true) {
            tokens.push_back(next());
            if (tokens.back().kind == TokenKind::end) return tokens;
            if (tokens.back().kind == TokenKind::invalid || tokens.back().raw == ";") break;
        }
        tokens.push_back({TokenKind::end, sql_.substr(at_, 0), at_});
        return tokens;
    }

private:
    char peek(std::size_t ahead = 0) const {
        return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0';
    }

    // The result says whether an unfinished comment was met.
    bool skip_space_and_comments() {
        while (at_ < sql_.size()) {
            if (is_space(peek())) {
                ++at_;
            } else if (peek() == '#' || (peek() == '-' && peek(1) == '-' &&
                                         (at_ + 2 >= sql_.size() || is_space(peek(2))))) {
                const auto line_end = sql_.find('\n', at_);
                at_ = line_end == std::string_view::npos ? sql_.size() : line_end + 1;
            } else if (peek() == '/' && peek(1) == '*') {
                if (!skip_comment()) return false;
            } else if (in_version_comment_ && peek() == '*' && peek(1) == '/') {
                in_version_comment_ = false;
                at_ += 2;
            } else {
                break;
            }
        }
        return true;
    }

    // MySQL: "/*!80013 … */": the text is code for servers of that version and newer.
    bool skip_comment() {
        if (peek(2) == '!') {
            std::size_t digits = 0;
            std::uint32_t version = 0;
            while (digits < 6 && is_digit(peek(3 + digits)))
                version = version * 10 + static_cast<std::uint32_t>(peek(3 + digits++) - '0');
            if (digits == 0 || version <= limits::server_version_number) {
                at_ += 3 + digits;
                in_version_comment_ = true;
                return true;
            }
        }
        const auto end = sql_.find("*/", at_ + 2);
        if (end == std::string_view::npos) return false;
        at_ = end + 2;
        return true;
    }

    Token token(TokenKind kind, std::size_t from) const {
        return {kind, sql_.substr(from, at_ - from), from};
    }

    Token invalid(std::size_t from) {
        at_ = sql_.size();
        return token(TokenKind::invalid, from);
    }

    Token next() {
        const auto before = at_;
        if (!skip_space_and_comments()) return invalid(before);
        const auto from = at_;
        if (at_ >= sql_.size()) return token(TokenKind::end, from);
        const char c = peek();
        if (c == '"' && modes_.ansi_quotes) return quoted(TokenKind::quoted_name, from);
        if (c == '\'' || c == '"') return quoted(TokenKind::text, from);
        if (c == '`') return quoted(TokenKind::quoted_name, from);
        if ((c == 'x' || c == 'X') && peek(1) == '\'') return prefixed_literal(from);
        if ((c == 'b' || c == 'B') && peek(1) == '\'') return prefixed_literal(from);
        if (is_digit(c) || (c == '.' && is_digit(peek(1)) && !after_name_)) return number(from);
        if (c == '@' && peek(1) != '@') return user_variable(from);
        if (c == '$' && peek(1) == '$') return invalid(from); // opens a text in other dialects
        if (is_word_character(c)) return word(from);
        return symbol(from);
    }

    Token quoted(TokenKind kind, std::size_t from) {
        const char quote = sql_[at_++];
        while (at_ < sql_.size()) {
            const bool escapes = kind == TokenKind::text && !modes_.no_backslash_escapes;
            if (sql_[at_] == '\\' && escapes) {
                at_ += 2;
            } else if (sql_[at_] == quote) {
                if (peek(1) != quote) {
                    ++at_;
                    after_name_ = kind == TokenKind::quoted_name;
                    auto whole = token(kind, from);
                    whole.keeps_backslashes = modes_.no_backslash_escapes;
                    return whole;
                }
                at_ += 2;
            } else {
                ++at_;
            }
        }
        return invalid(from);
    }

    Token prefixed_literal(std::size_t from) {
        const bool is_bits = peek() == 'b' || peek() == 'B';
        const auto end = sql_.find('\'', at_ + 2);
        if (end == std::string_view::npos) return invalid(from);
        const auto digits = sql_.substr(at_ + 2, end - at_ - 2);
        const auto is_valid = [&](char d) {
            return is_bits ? d == '0' || d == '1' : is_hexadecimal_digit(d);
        };
        if (!std::all_of(digits.begin(), digits.end(), is_valid)) return invalid(from);
        if (!is_bits && digits.size() % 2 != 0) return invalid(from);
        at_ = end + 1;
        return token(is_bits ? TokenKind::bits : TokenKind::hexadecimal, from);
    }

    Token number(std::size_t from) {
        after_name_ = false;
        if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'b')) {
            const bool is_bits = peek(1) == 'b';
            auto end = at_ + 2;
            while (end < sql_.size() && (is_bits ? sql_[end] == '0' || sql_[end] == '1'
                                                 : is_hexadecimal_digit(sql_[end])))
                ++end;
            if (end > at_ + 2 && (end == sql_.size() || !is_word_character(sql_[end]))) {
                at_ = end;
                return token(is_bits ? TokenKind::bits : TokenKind::hexadecimal, from);
            }
        }
        auto kind = TokenKind::integer;
        while (is_digit(peek()))
            ++at_;
        if (kind == TokenKind::integer && at_ > from && is_word_character(peek()) &&
            peek() != 'e' && peek() != 'E')
            return word(from); // names may start with digits
        if (peek() == '.') {
            kind = TokenKind::decimal;
            ++at_;
            while (is_digit(peek()))
                ++at_;
        }
        if (peek() == 'e' || peek() == 'E') {
            const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
            if (is_digit(peek(1 + sign))) {
                kind = TokenKind::real;
                at_ += 1 + sign;
                while (is_digit(peek()))
                    ++at_;
            } else if (kind == TokenKind::integer) {
                return word(from);
            }
        }
        return token(kind, from);
    }

    Token user_variable(std::size_t from) {
        ++at_;
        if (peek() == '\'' || peek() == '"' || peek() == '`') {
            const auto quoted_part = quoted(TokenKind::text, at_);
            if (quoted_part.kind == TokenKind::invalid) return quoted_part;
        } else {
            while (is_word_character(peek()) || peek() == '.')
                ++at_;
        }
        after_name_ = false;
        return token(TokenKind::user_variable, from);
    }

    Token word(std::size_t from) {
        while (is_word_character(peek()))
            ++at_;
        after_name_ = true;
        return token(TokenKind::word, from);
    }

    Token symbol(std::size_t from) {
        static constexpr std::array<std::string_view, 14> long_symbols =
            {"<=>", "->>", "<=", ">=", "<>", "!=", "<<", ">>", ":=", "&&", "||", "@@", "->", "?"};
        after_name_ = false;
        for (const auto symbol : long_symbols) {
            if (sql_.substr(at_, symbol.size()) != symbol) continue;
            at_ += symbol.size();
            return token(symbol == "?" ? TokenKind::parameter : TokenKind::symbol, from);
        }
        static constexpr std::string_view single = "+-*/%<>=!~^&|(),.;:{}";
        if (single.find(sql_[at_]) == std::string_view::npos) return invalid(from);
        ++at_;
        return token(TokenKind::symbol, from);
    }

    std::string_view sql_;
    Modes modes_;
    std::size_t at_ = 0;
    bool in_version_comment_ = false;
    bool after_name_ = false; // ".5" after a name is a qualified name
};

char unescaped(char c) {
    switch (c) {
    case '0':
        return '\0';
    case 'b':
        return '\b';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'Z':
        return '\x1a';
    default:
        return c;
    }
}

} // namespace

std::vector<Token> tokenize(std::string_view sql, LexerState& state) {
    Lexer lexer(sql, state);
    auto tokens = lexer.run();
    state = lexer.state();
    return tokens;
}

Modes modes_of(std::string_view sql_mode) {
    const auto has = [sql_mode](std::string_view name) {
        return sql_mode.find(name) != std::string_view::npos;
    };
    return {
        .ansi_quotes = has("ANSI_QUOTES"),
        .pipes_as_concat = has("PIPES_AS_CONCAT"),
        .no_backslash_escapes = has("NO_BACKSLASH_ESCAPES"),
        .ignore_space = has("IGNORE_SPACE"),
        .high_not_precedence = has("HIGH_NOT_PRECEDENCE"),
        .real_as_float = has("REAL_AS_FLOAT")
    };
}

std::vector<Token> tokenize(std::string_view sql, Modes modes) {
    LexerState state{.modes = modes};
    return tokenize(sql, state);
}

std::string token_value(const Token& token) {
    auto raw = token.raw;
    if (token.kind == TokenKind::user_variable) raw.remove_prefix(1);
    if (raw.size() < 2 || (raw[0] != '\'' && raw[0] != '"' && raw[0] != '`'))
        return std::string(raw);
    const char quote = raw[0];
    raw = raw.substr(1, raw.size() - 2);
    std::string value;
    value.reserve(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        const bool escapes =
            quote != '`' && token.kind != TokenKind::quoted_name && !token.keeps_backslashes;
        if (raw[i] == '\\' && escapes && i + 1 < raw.size()) {
            ++i;
            // MySQL: \% and \_ keep the backslash; they mean something to LIKE only.
            if (raw[i] == '%' || raw[i] == '_') value.push_back('\\');
            value.push_back(unescaped(raw[i]));
        } else {
            if (raw[i] == quote && i + 1 < raw.size()) ++i; // a doubled quote
            value.push_back(raw[i]);
        }
    }
    return value;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    };
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (lower(a[i]) != lower(b[i])) return false;
    return true;
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return lower;
}

std::string upper_case(std::string_view text) {
    std::string upper(text);
    for (char& c : upper)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
    return upper;
}

} // namespace diorama::rds::sql
