// How the parser looks at tokens: words, names, literals, and the text of a syntax error.
#include "services/rds/data/sql/collation.hpp"
#include "services/rds/data/sql/parse.hpp"
#include "services/rds/data/sql/parser.hpp"
#include "services/rds/limits.hpp"

#include <charconv>

namespace diorama::rds::sql {

std::variant<ParsedStatement, SQLError> parse(std::string_view sql, ScopePtr scope, Modes modes) {
    try {
        Parser parser(sql, std::move(scope), modes);
        if (parser.at_end()) return SQLError{1065, "42000", "Query was empty"};
        ParsedStatement parsed;
        parsed.statement = parser.statement();
        parser.expect_end();
        parsed.parameter_count = parser.parameter_count();
        parsed.length = parser.position();
        parsed.uses = parser.take_uses();
        parsed.scope = parser.scope();
        return parsed;
    } catch (const SQLError& error) {
        return error;
    }
}

std::variant<ExprPtr, SQLError> parse_expression(std::string_view sql) {
    try {
        Parser parser(sql);
        auto expression = parser.expression();
        parser.expect_end();
        return expression;
    } catch (const SQLError& error) {
        return error;
    }
}

Parser::Depth::Depth(Parser& parser)
    : depth(parser.depth_) {
    if (++depth > limits::max_nesting) {
        --depth;
        throw stack_overrun();
    }
}

void Parser::expect_end() {
    accept(";");
    if (!at_end()) fail();
}

bool Parser::at(std::string_view word_or_symbol, std::size_t ahead) const {
    const auto& token = peek(ahead);
    if (token.kind == TokenKind::symbol) return token.raw == word_or_symbol;
    return token.kind == TokenKind::word && equals_ignoring_case(token.raw, word_or_symbol);
}

bool Parser::at_any(std::initializer_list<std::string_view> words) const {
    return std::any_of(words.begin(), words.end(), [this](auto word) { return at(word); });
}

bool Parser::accept(std::string_view word_or_symbol) {
    if (!at(word_or_symbol)) return false;
    ++at_;
    return true;
}

bool Parser::accept_all(std::initializer_list<std::string_view> words) {
    std::size_t ahead = 0;
    for (const auto word : words)
        if (!at(word, ahead++)) return false;
    at_ += words.size();
    return true;
}

void Parser::expect(std::string_view word_or_symbol) {
    if (!accept(word_or_symbol)) fail();
}

void Parser::fail() const {
    const auto offset = peek().offset;
    const auto before = sql_.substr(0, offset);
    const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
    auto near = sql_.substr(offset);
    while (!near.empty() && near.back() == ';')
        near.remove_suffix(1);
    throw syntax_error(near, line);
}

bool Parser::at_name() const {
    return peek().kind == TokenKind::quoted_name ||
           (peek().kind == TokenKind::word && !is_reserved_word(peek().raw));
}

std::string Parser::name() {
    if (!at_name()) fail();
    auto value = token_value(peek());
    if (value.size() > limits::max_name_length && character_count(value) > limits::max_name_length)
        throw SQLError{1059, "42000", "Identifier name '" + value + "' is too long"};
    ++at_;
    return value;
}

std::string Parser::name_after_point() {
    if (peek().kind == TokenKind::word) return std::string(tokens_[at_++].raw);
    return name();
}

std::string Parser::text_literal() {
    if (peek().kind != TokenKind::text) fail();
    auto value = token_value(tokens_[at_++]);
    while (peek().kind == TokenKind::text)
        value += token_value(tokens_[at_++]);
    return value;
}

std::string Parser::name_or_text() {
    if (peek().kind == TokenKind::text) return token_value(tokens_[at_++]);
    if (peek().kind == TokenKind::word) return std::string(tokens_[at_++].raw);
    return name();
}

std::int64_t Parser::integer_literal() {
    const auto raw = peek().raw;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
    if (peek().kind != TokenKind::integer || error != std::errc{} || end != raw.data() + raw.size())
        fail();
    ++at_;
    return value;
}

std::string Parser::source_from(std::size_t token) const {
    const auto from = tokens_[token].offset;
    const auto& last = tokens_[at_ - 1];
    return std::string(sql_.substr(from, last.offset + last.raw.size() - from));
}

TableName Parser::table_name() {
    TableName table;
    table.table = name();
    if (accept(".")) {
        table.schema = std::move(table.table);
        table.table = name_after_point();
    }
    return table;
}

std::vector<std::string> Parser::name_list() {
    std::vector<std::string> names;
    expect("(");
    do
        names.push_back(name());
    while (accept(","));
    expect(")");
    return names;
}

} // namespace diorama::rds::sql
