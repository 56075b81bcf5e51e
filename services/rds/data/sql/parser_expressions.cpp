// https://dev.mysql.com/doc/refman/8.0/en/expressions.html and operator-precedence.html
#include "services/rds/data/sql/parser.hpp"

#include <array>

namespace diorama::rds::sql {

namespace {

ExprPtr make(ExprKind kind, std::string text = {}) {
    auto expr = std::make_unique<Expr>();
    expr->kind = kind;
    expr->text = std::move(text);
    return expr;
}

ExprPtr unary(std::string op, ExprPtr operand) {
    auto expr = make(ExprKind::unary, std::move(op));
    expr->args.push_back(std::move(operand));
    return expr;
}

ExprPtr binary(std::string op, ExprPtr left, ExprPtr right) {
    auto expr = make(ExprKind::binary, std::move(op));
    expr->args.push_back(std::move(left));
    expr->args.push_back(std::move(right));
    return expr;
}

} // namespace

ExprPtr Parser::expression() {
    const Depth depth(*this);
    if (peek().kind == TokenKind::user_variable && at(":=", 1)) {
        auto expr = make(ExprKind::assignment, token_value(peek()));
        at_ += 2;
        expr->args.push_back(expression());
        return expr;
    }
    return or_expression();
}

ExprPtr Parser::or_expression() {
    auto left = xor_expression();
    while (accept("OR") || accept("||"))
        left = binary("OR", std::move(left), xor_expression());
    return left;
}

ExprPtr Parser::xor_expression() {
    auto left = and_expression();
    while (accept("XOR"))
        left = binary("XOR", std::move(left), and_expression());
    return left;
}

ExprPtr Parser::and_expression() {
    auto left = not_expression();
    while (accept("AND") || accept("&&"))
        left = binary("AND", std::move(left), not_expression());
    return left;
}

ExprPtr Parser::not_expression() {
    const Depth depth(*this);
    if (accept("NOT")) return unary("NOT", not_expression());
    return comparison();
}

ExprPtr Parser::comparison() {
    auto left = predicate();
    while (true) {
        if (at("IS")) {
            ++at_;
            auto test = make(ExprKind::is_test);
            test->is_negated = accept("NOT");
            if (!at_any({"NULL", "TRUE", "FALSE", "UNKNOWN"})) fail();
            test->text = upper_case(tokens_[at_++].raw);
            if (test->text == "UNKNOWN") test->text = "NULL";
            test->args.push_back(std::move(left));
            left = std::move(test);
            continue;
        }
        if (!at_any({"=", "<=>", "<>", "!=", "<", "<=", ">", ">="})) return left;
        std::string op(tokens_[at_++].raw);
        if (op == "!=") op = "<>";
        if (at_any({"ALL", "ANY", "SOME"}) && at("(", 1))
            throw not_supported("ALL/ANY/SOME subquery");
        left = binary(std::move(op), std::move(left), predicate());
    }
}

ExprPtr Parser::in_predicate(ExprPtr operand, bool is_negated) {
    auto in = make(ExprKind::in_list);
    in->is_negated = is_negated;
    in->args.push_back(std::move(operand));
    expect("(");
    if (at_query()) {
        in->kind = ExprKind::in_select;
        in->select = query();
    } else {
        do
            in->args.push_back(expression());
        while (accept(","));
    }
    expect(")");
    return in;
}

ExprPtr Parser::predicate() {
    auto left = binary_level(0);
    const auto start = at_;
    const bool is_negated = accept("NOT");
    ExprPtr result;
    if (accept("IN")) return in_predicate(std::move(left), is_negated);
    if (accept("BETWEEN")) {
        result = make(ExprKind::between);
        result->args.push_back(std::move(left));
        result->args.push_back(binary_level(0));
        expect("AND");
        result->args.push_back(predicate());
    } else if (accept("LIKE")) {
        result = make(ExprKind::like);
        result->args.push_back(std::move(left));
        result->args.push_back(binary_level(0));
        if (accept("ESCAPE")) result->args.push_back(primary());
    } else if (accept("REGEXP") || accept("RLIKE")) {
        result = make(ExprKind::regexp);
        result->args.push_back(std::move(left));
        result->args.push_back(binary_level(0));
    } else {
        at_ = start;
        return left;
    }
    result->is_negated = is_negated;
    return result;
}

ExprPtr Parser::binary_level(std::size_t level) {
    static const std::array<std::vector<std::string_view>, 6> levels = {{
        {"|"},
        {"&"},
        {"<<", ">>"},
        {"+", "-"},
        {"*", "/", "DIV", "%", "MOD"},
        {"^"},
    }};
    if (level == levels.size()) return prefix();
    auto left = binary_level(level + 1);
    while (true) {
        const auto& operators = levels[level];
        const auto found =
            std::find_if(operators.begin(), operators.end(), [this](auto op) { return at(op); });
        if (found == operators.end()) return left;
        ++at_;
        left = binary(
            *found == "MOD" ? "%" : std::string(*found),
            std::move(left),
            binary_level(level + 1)
        );
    }
}

ExprPtr Parser::prefix() {
    const Depth depth(*this);
    if (accept("-")) {
        auto operand = prefix();
        const bool is_literal = operand->kind == ExprKind::integer ||
                                operand->kind == ExprKind::decimal ||
                                operand->kind == ExprKind::real;
        if (is_literal && operand->text[0] != '-') {
            operand->text.insert(0, 1, '-');
            return operand;
        }
        return unary("-", std::move(operand));
    }
    if (accept("+")) return prefix();
    if (accept("~")) return unary("~", prefix());
    if (accept("!")) return unary("NOT", prefix());
    if (at("BINARY") && !at("(", 1)) {
        ++at_;
        auto collated = make(ExprKind::collate, "binary");
        collated->args.push_back(prefix());
        return collated;
    }
    return postfix();
}

ExprPtr Parser::postfix() {
    auto expr = primary();
    while (true) {
        if (accept("COLLATE")) {
            auto collated = make(ExprKind::collate, name_or_text());
            collated->args.push_back(std::move(expr));
            expr = std::move(collated);
        } else if (at("->") || at("->>")) {
            const bool unquotes = tokens_[at_++].raw == "->>";
            auto extract = make(ExprKind::function, "JSON_EXTRACT");
            extract->args.push_back(std::move(expr));
            extract->args.push_back(make(ExprKind::text, text_literal()));
            expr = std::move(extract);
            if (unquotes) {
                auto unquote = make(ExprKind::function, "JSON_UNQUOTE");
                unquote->args.push_back(std::move(expr));
                expr = std::move(unquote);
            }
        } else {
            return expr;
        }
    }
}

ExprPtr Parser::literal() {
    const auto& token = tokens_[at_];
    switch (token.kind) {
    case TokenKind::integer:
        ++at_;
        return make(ExprKind::integer, std::string(token.raw));
    case TokenKind::decimal:
        ++at_;
        return make(ExprKind::decimal, std::string(token.raw));
    case TokenKind::real:
        ++at_;
        return make(ExprKind::real, std::string(token.raw));
    case TokenKind::text:
        return make(ExprKind::text, text_literal());
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
        return make(ExprKind::bytes, std::move(bytes));
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
        ++at_;
        auto parameter = make(ExprKind::parameter);
        parameter->number = static_cast<std::int64_t>(parameter_count_++);
        return parameter;
    }
    case TokenKind::user_variable:
        ++at_;
        return make(ExprKind::user_variable, token_value(token));
    case TokenKind::quoted_name:
        return column_reference();
    case TokenKind::word:
        return word_primary();
    default:
        break;
    }
    if (at("@@")) return system_variable();
    if (at("(")) return parenthesized();
    fail();
}

ExprPtr Parser::parenthesized() {
    expect("(");
    if (at_query()) {
        auto subquery = make(ExprKind::subquery);
        subquery->select = query();
        expect(")");
        return subquery;
    }
    auto first = expression();
    if (at(",")) {
        auto row = make(ExprKind::row);
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
    auto variable = make(ExprKind::system_variable);
    if (at(".", 1) && at_any({"GLOBAL", "SESSION", "LOCAL"})) {
        variable->table = at("GLOBAL") ? "global" : "session";
        at_ += 2;
    }
    variable->text = lower_case(name_after_point());
    return variable;
}

ExprPtr Parser::column_reference() {
    auto column = make(ExprKind::column);
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
    return column;
}

ExprPtr Parser::word_primary() {
    const auto raw = peek().raw;
    if (accept("NULL")) return make(ExprKind::null);
    if (at("TRUE") || at("FALSE")) {
        auto boolean = make(ExprKind::boolean);
        boolean->number = at("TRUE") ? 1 : 0;
        ++at_;
        return boolean;
    }
    if (at("CASE")) return case_expression();
    if (at("EXISTS") && at("(", 1)) {
        at_ += 2;
        auto exists = make(ExprKind::exists);
        exists->select = query();
        expect(")");
        return exists;
    }
    if (raw[0] == '_' && peek(1).kind == TokenKind::text) { // a character set introducer
        ++at_;
        return equals_ignoring_case(raw, "_binary") ? make(ExprKind::bytes, text_literal())
                                                    : make(ExprKind::text, text_literal());
    }
    if (raw[0] == '_' && peek(1).kind == TokenKind::hexadecimal) {
        ++at_;
        auto bytes = literal();
        if (!equals_ignoring_case(raw, "_binary")) bytes->kind = ExprKind::text;
        return bytes;
    }
    const bool is_temporal_literal = at_any({"DATE", "TIME", "TIMESTAMP"});
    if (is_temporal_literal && peek(1).kind == TokenKind::text) {
        auto cast = make(ExprKind::cast);
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
        cast->args.push_back(make(ExprKind::text, std::move(text)));
        return cast;
    }
    if (at("INTERVAL")) return interval_expression();
    if (at("DEFAULT") && !at("(", 1)) {
        ++at_;
        return make(ExprKind::default_value);
    }
    if (at("MATCH")) throw not_supported("FULLTEXT search");
    if (at("(", 1)) {
        auto function = upper_case(raw);
        at_ += 2;
        return function_call(std::move(function));
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
        if (accept(function)) return make(ExprKind::function, std::string(function));
    return column_reference();
}

ExprPtr Parser::interval_expression() {
    expect("INTERVAL");
    auto interval = make(ExprKind::interval);
    interval->args.push_back(expression());
    if (peek().kind != TokenKind::word) fail();
    interval->text = upper_case(tokens_[at_++].raw);
    return interval;
}

ExprPtr Parser::case_expression() {
    expect("CASE");
    auto result = make(ExprKind::case_when);
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
