// Cuts MySQL text into tokens: quoting, escapes, the comments that are code for some versions
// (`/*!40101 … */`), and the words that cannot be names without backquotes.
#pragma once

#include "services/rds/data/sql/collation_list.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::rds::sql {

enum class TokenKind {
    end,
    word,          // an unquoted name or keyword
    quoted_name,   // `name`
    text,          // 'text' or "text"
    integer,       // 42
    decimal,       // 4.2
    real,          // 4e2
    hexadecimal,   // 0x2a, x'2a'
    bits,          // 0b101, b'101'
    parameter,     // ?
    user_variable, // @name
    symbol,        // operators and punctuation, @@ included
    invalid,       // what cannot start a token, an unfinished quote
};

// What @@sql_mode and the client change about how text is read.
// https://dev.mysql.com/doc/refman/8.0/en/sql-mode.html
struct Modes {
    bool ansi_quotes = false;          // "name" is a name
    bool pipes_as_concat = false;      // a || b joins texts
    bool no_backslash_escapes = false; // '\' is one character
    bool ignore_space = false;         // COUNT (x)
    bool high_not_precedence = false;  // NOT a BETWEEN b AND c is (NOT a) BETWEEN …
    bool real_as_float = false;
    // What the text was in when it came: an introducer is about those bytes.
    CharacterSet client_set = CharacterSet::utf8mb4;

    bool operator==(const Modes&) const = default;
};

Modes modes_of(std::string_view sql_mode);

struct Token {
    TokenKind kind = TokenKind::end;
    std::string_view raw; // as written; at the end: empty, at the end of the text
    std::size_t offset = 0;
    bool keeps_backslashes = false; // of a text
};

// How far a text is cut into tokens.
struct LexerState {
    std::size_t at = 0;
    bool in_version_comment = false;
    Modes modes = {};
};

// The tokens of the next statement of the text, with its semicolon if it has one; the last token
// is of kind end.
std::vector<Token> tokenize(std::string_view sql, LexerState& state);
std::vector<Token> tokenize(std::string_view sql, Modes modes = {});

// The value of a text, quoted name or user variable token: without quotes, escapes resolved.
std::string token_value(const Token& token);

// Whether the word needs backquotes to be a name.
bool is_reserved_word(std::string_view word);
// In upper case, in order.
std::span<const std::string_view> reserved_words();

bool equals_ignoring_case(std::string_view a, std::string_view b);
std::string lower_case(std::string_view text);
std::string upper_case(std::string_view text);

} // namespace diorama::rds::sql
