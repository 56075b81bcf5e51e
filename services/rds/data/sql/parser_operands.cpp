// What operators stand between: literals, names, parentheses, CASE and the words that begin an
// operand. https://dev.mysql.com/doc/refman/8.0/en/expressions.html and literals.html
#include "services/rds/data/sql/character_set.hpp"
#include "services/rds/data/sql/parser.hpp"

#include <array>

namespace diorama::rds::sql {

ExprPtr Parser::literal() {
    const auto& token = tokens_[at_];
    switch (token.kind) {
    case TokenKind::integer:
        ++at_;
        return make_expression(ExprKind::integer, std::string(token.raw));
    case TokenKind::decimal:
        ++at_;
        return make_expression(ExprKind::decimal, std::string(token.raw));
    case TokenKind::real:
        ++at_;
        return make_expression(ExprKind::real, std::string(token.raw));
    case TokenKind::text:
        return make_expression(ExprKind::text, text_literal());
    case TokenKind::hexadecimal:
    case TokenKind::bits: {
        ++at_;
        const unsigned bits_each = token.kind == TokenKind::bits ? 1 : 4;
        auto digits = token.raw.substr(2);
        if (!digits.empty() && digits.back() == '\'') digits.remove_suffix(1);
        std::string bytes;
        unsigned gathered = 0;
        std::size_t count = (8 - digits.size() * bits_each % 8) % 8; // leading zero bits
        for (const char digit : digits) {
            const auto lower = static_cast<char>(digit | 0x20);
            gathered = gathered << bits_each |
                       static_cast<unsigned>(digit <= '9' ? digit - '0' : lower - 'a' + 10);
            count += bits_each;
            if (count == 8) {
                bytes.push_back(static_cast<char>(gathered & 0xff));
                gathered = 0;
                count = 0;
            }
        }
        return make_expression(ExprKind::bytes, std::move(bytes));
    }
    default:
        fail();
    }
}

ExprPtr Parser::primary() {
    const Depth depth(*this);
    const auto& token = peek();
    switch (token.kind) {
    case TokenKind::integer:
    case TokenKind::decimal:
    case TokenKind::real:
    case TokenKind::text:
    case TokenKind::hexadecimal:
    case TokenKind::bits:
        return literal();
    case TokenKind::parameter: {
        if (parts_) fail();
        ++at_;
        if (is_part_) return use({VariableUse::Kind::placeholder, parameter_count_});
        auto parameter = make_expression(ExprKind::parameter);
        parameter->number = static_cast<std::int64_t>(parameter_count_++);
        return parameter;
    }
    case TokenKind::user_variable:
        ++at_;
        return make_expression(ExprKind::user_variable, token_value(token));
    case TokenKind::quoted_name:
        return column_reference();
    case TokenKind::word:
        return word_primary();
    default:
        break;
    }
    if (at("@@")) return system_variable();
    if (at("{")) return escaped_literal();
    if (at("(")) return parenthesized();
    fail();
}

ExprPtr Parser::parenthesized() {
    expect("(");
    if (at_query()) {
        auto subquery = make_expression(ExprKind::subquery);
        subquery->select = query();
        expect(")");
        return subquery;
    }
    auto first = expression();
    if (at(",")) {
        auto row = make_expression(ExprKind::row);
        row->args.push_back(std::move(first));
        while (accept(","))
            row->args.push_back(expression());
        first = std::move(row);
    }
    expect(")");
    return first;
}

ExprPtr Parser::system_variable() {
    expect("@@");
    auto variable = make_expression(ExprKind::system_variable);
    if (at(".", 1) && at_any({"GLOBAL", "SESSION", "LOCAL"})) {
        variable->table = at("GLOBAL") ? "global" : "session";
        at_ += 2;
    }
    variable->text = lower_case(name_after_point());
    return variable;
}

ExprPtr Parser::column_reference() {
    if (scope_)
        if (auto variable = variable_reference()) return variable;
    auto column = make_expression(ExprKind::column);
    column->text = name();
    while (at(".") && column->schema.empty()) {
        ++at_;
        column->schema = std::move(column->table);
        column->table = std::move(column->text);
        if (accept("*")) {
            column->kind = ExprKind::star;
            column->text.clear();
            return column;
        }
        column->text = name_after_point();
    }
    if (column->schema.empty() && accept("(")) { // `a function`(…), schema.function(…)
        if (column->table.empty()) return function_call(column->text);
        auto call = function_call(column->text);
        if (call->kind != ExprKind::function) fail();
        call->schema = std::move(column->table);
        return call;
    }
    if (scope_ && column->schema.empty())
        if (auto value = row_reference(*column)) return value;
    return column;
}

// A literal after a character set introducer: _latin1'text', _binary x'00ff'. MySQL: the introducer
// says what the bytes are, as they came; nothing is converted.
ExprPtr Parser::introduced_literal() {
    const auto word = tokens_[at_++].raw;
    const bool is_national = equals_ignoring_case(word, "N");
    const auto set = is_national
                         ? CharacterSet::utf8mb3
                         : find_character_set(word.substr(1)).value_or(CharacterSet::utf8mb4);
    auto introduced = literal();
    if (introduced->kind == ExprKind::text && !is_national)
        introduced->text = encoded(modes_.client_set, introduced->text);
    introduced->kind = set == CharacterSet::binary ? ExprKind::bytes : ExprKind::text;
    if (set == CharacterSet::binary) return introduced;
    auto text = decoded(set, introduced->text);
    if (!text) throw invalid_characters(set, introduced->text);
    introduced->text = std::move(*text);
    introduced->type = text_type(static_cast<std::uint32_t>(introduced->text.size()));
    introduced->type->collation = entry_of(set).default_collation;
    return introduced;
}

// ODBC's: {d '2020-01-02'}, {t '01:02:03'}, {ts '2020-01-02 03:04:05'}.
ExprPtr Parser::escaped_literal() {
    expect("{");
    auto cast = make_expression(ExprKind::cast);
    cast->type = datetime_type(0);
    if (accept("D"))
        cast->type->kind = TypeKind::date;
    else if (accept("T"))
        cast->type->kind = TypeKind::time;
    else
        expect("TS");
    cast->args.push_back(make_expression(ExprKind::text, text_literal()));
    expect("}");
    return cast;
}

ExprPtr Parser::word_primary() {
    const auto raw = peek().raw;
    if (accept("NULL")) return make_expression(ExprKind::null);
    if (at("TRUE") || at("FALSE")) {
        auto boolean = make_expression(ExprKind::boolean);
        boolean->number = at("TRUE") ? 1 : 0;
        ++at_;
        return boolean;
    }
    if (at("CASE")) return case_expression();
    if (at("EXISTS") && at("(", 1)) {
        at_ += 2;
        auto exists = make_expression(ExprKind::exists);
        exists->select = query();
        expect(")");
        return exists;
    }
    const auto next = peek(1).kind;
    const bool is_introducer = equals_ignoring_case(raw, "N") ||
                               (raw[0] == '_' && find_character_set(raw.substr(1)).has_value());
    if (is_introducer && (next == TokenKind::text || next == TokenKind::hexadecimal))
        return introduced_literal();
    if (at("ROW") && at("(", 1)) {
        ++at_;
        return parenthesized();
    }
    const bool is_temporal_literal = at_any({"DATE", "TIME", "TIMESTAMP"});
    if (is_temporal_literal && peek(1).kind == TokenKind::text) {
        auto cast = make_expression(ExprKind::cast);
        Type type = datetime_type(6);
        if (at("DATE")) type.kind = TypeKind::date;
        if (at("TIME")) type.kind = TypeKind::time;
        if (at("DATE")) type.scale = 0;
        ++at_;
        auto text = text_literal();
        const auto point = text.rfind('.');
        if (type.kind != TypeKind::date)
            type.scale = static_cast<std::uint8_t>(
                point == std::string::npos ? 0 : std::min<std::size_t>(6, text.size() - point - 1)
            );
        cast->type = type;
        cast->args.push_back(make_expression(ExprKind::text, std::move(text)));
        return cast;
    }
    if (at("INTERVAL")) return interval_expression();
    if (at("DEFAULT") && !at("(", 1)) {
        ++at_;
        return make_expression(ExprKind::default_value);
    }
    if (at("MATCH")) return match();
    if (at("(", 1)) {
        const auto function = std::string(raw);
        at_ += 2;
        return function_call(function);
    }
    static constexpr std::array<std::string_view, 9> without_parentheses = {
        "CURRENT_TIMESTAMP",
        "CURRENT_DATE",
        "CURRENT_TIME",
        "CURRENT_USER",
        "LOCALTIME",
        "LOCALTIMESTAMP",
        "UTC_DATE",
        "UTC_TIME",
        "UTC_TIMESTAMP"
    };
    for (const auto function : without_parentheses)
        if (accept(function)) return make_expression(ExprKind::function, std::string(function));
    return column_reference();
}

ExprPtr Parser::interval_expression() {
    expect("INTERVAL");
    auto interval = make_expression(ExprKind::interval);
    if (at("(")) {
        // INTERVAL(n, a, …) is a function, INTERVAL (n) DAY is not.
        const auto start = at_++;
        const auto parameters = parameter_count_;
        auto first = expression();
        if (at(",")) {
            interval->kind = ExprKind::function;
            interval->text = "INTERVAL";
            interval->args.push_back(std::move(first));
            while (accept(","))
                interval->args.push_back(expression());
            expect(")");
            return interval;
        }
        at_ = start;
        parameter_count_ = parameters;
    }
    interval->args.push_back(expression());
    if (peek().kind != TokenKind::word) fail();
    interval->text = upper_case(tokens_[at_++].raw);
    return interval;
}

ExprPtr Parser::case_expression() {
    expect("CASE");
    auto result = make_expression(ExprKind::case_when);
    if (!at("WHEN")) {
        result->args.push_back(expression());
        result->number |= 1;
    }
    if (!at("WHEN")) fail();
    while (accept("WHEN")) {
        result->args.push_back(expression());
        expect("THEN");
        result->args.push_back(expression());
    }
    if (accept("ELSE")) {
        result->args.push_back(expression());
        result->number |= 2;
    }
    expect("END");
    return result;
}

} // namespace diorama::rds::sql
