// Operators, from the loosest to the tightest.
// https://dev.mysql.com/doc/refman/8.0/en/expressions.html and operator-precedence.html
#include "services/rds/data/sql/parser.hpp"
#include "services/rds/limits.hpp"

#include <array>

namespace diorama::rds::sql {

ExprPtr make_expression(ExprKind kind, std::string text) {
    auto expr = std::make_unique<Expr>();
    expr->kind = kind;
    expr->text = std::move(text);
    return expr;
}

namespace {

ExprPtr unary(std::string op, ExprPtr operand) {
    auto expr = make_expression(ExprKind::unary, std::move(op));
    expr->args.push_back(std::move(operand));
    return expr;
}

ExprPtr binary(std::string op, ExprPtr left, ExprPtr right) {
    auto expr = make_expression(ExprKind::binary, std::move(op));
    expr->args.push_back(std::move(left));
    expr->args.push_back(std::move(right));
    return expr;
}

} // namespace

// Higher ones would be too deep for those who walk through them, SQLite included.
void Parser::grow() {
    if (++height_ > limits::max_height) throw stack_overrun();
}

// AND and OR of many operands, as flat as can be.
ExprPtr Parser::chain(std::string_view op, std::vector<ExprPtr> operands) {
    while (operands.size() > 1) {
        std::size_t pairs = 0;
        for (std::size_t i = 0; i + 1 < operands.size(); i += 2)
            operands[pairs++] =
                binary(std::string(op), std::move(operands[i]), std::move(operands[i + 1]));
        if (operands.size() % 2 != 0) operands[pairs++] = std::move(operands.back());
        operands.resize(pairs);
        grow();
    }
    return std::move(operands.front());
}

ExprPtr Parser::expression() {
    return operand([this] { return nested_expression(); });
}

ExprPtr Parser::nested_expression() {
    const Depth depth(*this);
    grow();
    if (peek().kind == TokenKind::user_variable && at(":=", 1)) {
        auto expr = make_expression(ExprKind::assignment, token_value(peek()));
        at_ += 2;
        expr->args.push_back(expression());
        return expr;
    }
    return or_expression();
}

ExprPtr Parser::or_expression() {
    std::vector<ExprPtr> operands;
    do
        operands.push_back(operand([this] { return xor_expression(); }));
    while (accept("OR") || (!modes_.pipes_as_concat && accept("||")));
    return chain("OR", std::move(operands));
}

ExprPtr Parser::xor_expression() {
    auto left = and_expression();
    while (accept("XOR")) {
        left = binary("XOR", std::move(left), operand([this] { return and_expression(); }));
        grow();
    }
    return left;
}

ExprPtr Parser::and_expression() {
    std::vector<ExprPtr> operands;
    do
        operands.push_back(operand([this] { return not_expression(); }));
    while (accept("AND") || accept("&&"));
    return chain("AND", std::move(operands));
}

ExprPtr Parser::not_expression() {
    const Depth depth(*this);
    if (!modes_.high_not_precedence && accept("NOT")) return unary("NOT", not_expression());
    return comparison();
}

ExprPtr Parser::comparison() {
    auto left = predicate();
    while (true) {
        if (at("IS")) {
            ++at_;
            auto test = make_expression(ExprKind::is_test);
            test->is_negated = accept("NOT");
            if (!at_any({"NULL", "TRUE", "FALSE", "UNKNOWN"})) fail();
            test->text = upper_case(tokens_[at_++].raw);
            if (test->text == "UNKNOWN") test->text = "NULL";
            test->args.push_back(std::move(left));
            left = std::move(test);
            grow();
            continue;
        }
        if (!at_any({"=", "<=>", "<>", "!=", "<", "<=", ">", ">="})) return left;
        std::string op(tokens_[at_++].raw);
        if (op == "!=") op = "<>";
        grow();
        if (at_any({"ALL", "ANY", "SOME"}) && at("(", 1)) {
            left = quantified(std::move(left), op);
            continue;
        }
        left = binary(std::move(op), std::move(left), operand([this] { return predicate(); }));
    }
}

// = ANY is IN, <> ALL is NOT IN.
// https://dev.mysql.com/doc/refman/8.0/en/any-in-some-subqueries.html
ExprPtr Parser::quantified(ExprPtr operand, const std::string& op) {
    const bool is_all = at("ALL");
    ++at_;
    if (op == (is_all ? "<>" : "=")) return in_predicate(std::move(operand), is_all);
    auto result = make_expression(ExprKind::quantified, op);
    result->number = is_all ? 1 : 0;
    result->args.push_back(std::move(operand));
    expect("(");
    result->select = query();
    expect(")");
    return result;
}

ExprPtr Parser::in_predicate(ExprPtr operand, bool is_negated) {
    auto in = make_expression(ExprKind::in_list);
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
    const Depth depth(*this);
    auto left = binary_level(0);
    const auto start = at_;
    const bool is_negated = accept("NOT");
    ExprPtr result;
    if (accept("IN")) return in_predicate(std::move(left), is_negated);
    if (!is_negated && at("MEMBER")) return member_of(std::move(left));
    if (accept("BETWEEN")) {
        result = make_expression(ExprKind::between);
        result->args.push_back(std::move(left));
        result->args.push_back(binary_level(0));
        expect("AND");
        result->args.push_back(predicate());
    } else if (accept("LIKE")) {
        result = make_expression(ExprKind::like);
        result->args.push_back(std::move(left));
        result->args.push_back(binary_level(0));
        if (accept("ESCAPE")) result->args.push_back(primary());
    } else if (!is_negated && accept_all({"SOUNDS", "LIKE"})) {
        const auto code = [](ExprPtr text) {
            auto soundex = make_expression(ExprKind::function, "SOUNDEX");
            soundex->args.push_back(std::move(text));
            return soundex;
        };
        auto other = binary_level(0);
        return binary("=", code(std::move(left)), code(std::move(other)));
    } else if (accept("REGEXP") || accept("RLIKE")) {
        result = make_expression(ExprKind::regexp);
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
        auto right = operand([this, level] { return binary_level(level + 1); });
        left =
            binary(*found == "MOD" ? "%" : std::string(*found), std::move(left), std::move(right));
        grow();
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
    if (accept("!") || (modes_.high_not_precedence && accept("NOT"))) return unary("NOT", prefix());
    if (at("BINARY") && !at("(", 1)) {
        ++at_;
        auto collated = make_expression(ExprKind::collate, "binary");
        collated->args.push_back(prefix());
        return collated;
    }
    return postfix();
}

// a MEMBER OF (array). https://dev.mysql.com/doc/refman/8.0/en/json-search-functions.html
ExprPtr Parser::member_of(ExprPtr operand) {
    expect("MEMBER");
    accept("OF");
    auto call = make_expression(ExprKind::function, "MEMBER OF");
    call->args.push_back(std::move(operand));
    expect("(");
    call->args.push_back(expression());
    expect(")");
    return call;
}

ExprPtr Parser::postfix() {
    auto expr = primary();
    // PIPES_AS_CONCAT: tighter than everything but the signs.
    while (modes_.pipes_as_concat && accept("||")) {
        auto joined = make_expression(ExprKind::function, "CONCAT");
        joined->args.push_back(std::move(expr));
        joined->args.push_back(primary());
        expr = std::move(joined);
    }
    for (;; grow()) {
        if (accept("COLLATE")) {
            auto collated = make_expression(ExprKind::collate, name_or_text());
            collated->args.push_back(std::move(expr));
            expr = std::move(collated);
        } else if (at("->") || at("->>")) {
            const bool unquotes = tokens_[at_++].raw == "->>";
            auto extract = make_expression(ExprKind::function, "JSON_EXTRACT");
            extract->args.push_back(std::move(expr));
            extract->args.push_back(make_expression(ExprKind::text, text_literal()));
            expr = std::move(extract);
            if (unquotes) {
                auto unquote = make_expression(ExprKind::function, "JSON_UNQUOTE");
                unquote->args.push_back(std::move(expr));
                expr = std::move(unquote);
            }
        } else {
            return expr;
        }
    }
}

} // namespace diorama::rds::sql
