// Function calls, and those whose arguments are not just a list: CAST, TRIM, EXTRACT, GROUP_CONCAT.
#include "services/rds/data/sql/parser.hpp"
#include "services/rds/limits.hpp"

namespace diorama::rds::sql {

namespace {

ExprPtr function(std::string name) {
    auto expr = std::make_unique<Expr>();
    expr->kind = ExprKind::function;
    expr->text = std::move(name);
    return expr;
}

ExprPtr word_as_text(std::string_view word) {
    auto expr = std::make_unique<Expr>();
    expr->kind = ExprKind::text;
    expr->text = upper_case(word);
    return expr;
}

} // namespace

// After "name(".
ExprPtr Parser::function_call(const std::string& name) {
    const auto name_upper = upper_case(name);
    if (auto special = special_function(name_upper)) return special;
    auto call = function(name_upper);
    call->table = name; // as it is written, for errors
    call->is_distinct = accept("DISTINCT");
    if (!call->is_distinct) accept("ALL");
    if (accept("*")) {
        auto star = std::make_unique<Expr>();
        star->kind = ExprKind::star;
        call->args.push_back(std::move(star));
    } else if (!at(")")) {
        do
            call->args.push_back(expression());
        while (accept(","));
    }
    expect(")");
    if (accept("OVER")) window(*call);
    return call;
}

ExprPtr Parser::special_function(const std::string& name_upper) {
    if (name_upper == "CAST" || name_upper == "CONVERT") return cast_call(name_upper == "CONVERT");
    if (name_upper == "TRIM") return trim_call();
    if (name_upper == "GROUP_CONCAT") return group_concat();
    if (name_upper == "JSON_VALUE") return json_value();
    if (name_upper == "CHAR") return character_call();
    if (name_upper == "GET_FORMAT") return format_call();
    if (name_upper == "BINARY") throw not_supported("BINARY()");
    auto call = function(name_upper);
    if (name_upper == "EXTRACT" || name_upper == "TIMESTAMPDIFF" || name_upper == "TIMESTAMPADD") {
        if (peek().kind != TokenKind::word) fail();
        call->args.push_back(word_as_text(tokens_[at_++].raw));
        expect(name_upper == "EXTRACT" ? "FROM" : ",");
        do
            call->args.push_back(expression());
        while (accept(","));
        expect(")");
        return call;
    }
    const bool takes_from =
        name_upper == "SUBSTRING" || name_upper == "SUBSTR" || name_upper == "MID";
    if (takes_from || name_upper == "POSITION") {
        call->args.push_back(takes_from ? expression() : binary_level(0));
        const bool by_words = takes_from ? accept("FROM") : accept("IN");
        if (by_words) {
            call->args.push_back(expression());
            if (takes_from && accept("FOR")) call->args.push_back(expression());
        } else {
            while (accept(","))
                call->args.push_back(expression());
        }
        expect(")");
        return call;
    }
    if (name_upper == "VALUES") {
        auto inserted = std::make_unique<Expr>();
        inserted->kind = ExprKind::inserted_value;
        inserted->text = name();
        if (accept(".")) inserted->text = name_after_point();
        expect(")");
        return inserted;
    }
    return nullptr;
}

// CHAR(65, 66 USING utf8mb4)
ExprPtr Parser::character_call() {
    auto call = function("CHAR");
    do
        call->args.push_back(expression());
    while (accept(","));
    if (!accept("USING")) {
        expect(")");
        return call;
    }
    auto text = std::make_unique<Expr>();
    text->kind = ExprKind::cast;
    text->type = transcoded_type();
    text->number = 1;
    text->args.push_back(std::move(call));
    expect(")");
    return text;
}

// GET_FORMAT(DATE, 'USA'): what kind it is is a word.
ExprPtr Parser::format_call() {
    auto call = function("GET_FORMAT");
    if (!at_any({"DATE", "TIME", "DATETIME", "TIMESTAMP"})) fail();
    call->args.push_back(word_as_text(tokens_[at_++].raw));
    expect(",");
    call->args.push_back(expression());
    expect(")");
    return call;
}

ExprPtr Parser::cast_call(bool is_convert) {
    auto cast = std::make_unique<Expr>();
    cast->kind = ExprKind::cast;
    cast->args.push_back(expression());
    if (is_convert && accept("USING")) {
        cast->type = transcoded_type();
        cast->number = 1;
    } else {
        expect(is_convert ? "," : "AS");
        cast->type = cast_type(cast->number);
    }
    expect(")");
    return cast;
}

// After USING.
Type Parser::transcoded_type() {
    const auto name = name_or_text();
    const auto set = find_character_set(name);
    if (!set) throw unknown_character_set(name);
    if (*set == CharacterSet::binary) return binary_type(0);
    auto type = text_type(0);
    type.collation = entry_of(*set).default_collation;
    return type;
}

// `names_set` becomes 1 if a character set is named.
Type Parser::cast_type(std::int64_t& names_set) {
    if (accept("SIGNED") || accept("UNSIGNED")) {
        const bool is_unsigned = equals_ignoring_case(tokens_[at_ - 1].raw, "UNSIGNED");
        if (!accept("INTEGER")) accept("INT");
        return is_unsigned ? unsigned_type() : integer_type();
    }
    bool has_collation = false;
    if (at_any({"CHAR", "CHARACTER", "NCHAR"})) {
        auto type = text_type(0);
        if (at("NCHAR")) {
            type.collation = Collation::utf8mb3_general_ci;
            names_set = 1;
        }
        ++at_;
        if (accept("(")) {
            type.length = static_cast<std::uint32_t>(integer_literal());
            expect(")");
        }
        if (character_attributes(type)) names_set = 1;
        if (type.collation == Collation::binary) return binary_type(type.length);
        return type;
    }
    if (at("BINARY") && !at("(", 1)) {
        ++at_;
        return binary_type(0);
    }
    if (!at_any(
            {"BINARY",
             "DATE",
             "DATETIME",
             "TIME",
             "DECIMAL",
             "DEC",
             "DOUBLE",
             "FLOAT",
             "REAL",
             "JSON",
             "YEAR"}
        ))
        fail();
    return column_type(has_collation);
}

ExprPtr Parser::trim_call() {
    std::string direction = "TRIM";
    if (accept("LEADING"))
        direction = "LTRIM";
    else if (accept("TRAILING"))
        direction = "RTRIM";
    else
        accept("BOTH");
    auto call = function(std::move(direction));
    ExprPtr removed;
    if (!at("FROM")) removed = expression();
    if (accept("FROM")) {
        call->args.push_back(expression());
        if (removed) call->args.push_back(std::move(removed));
    } else {
        call->args.push_back(std::move(removed));
    }
    expect(")");
    return call;
}

ExprPtr Parser::group_concat() {
    auto call = function("GROUP_CONCAT");
    call->is_distinct = accept("DISTINCT");
    auto value = expression();
    if (at(",")) {
        auto concat = function("CONCAT");
        concat->args.push_back(std::move(value));
        while (accept(","))
            concat->args.push_back(expression());
        value = std::move(concat);
    }
    call->args.push_back(std::move(value));
    if (accept_all({"ORDER", "BY"})) call->order = order_items();
    auto separator = std::make_unique<Expr>();
    separator->kind = ExprKind::text;
    separator->text = accept("SEPARATOR") ? text_literal() : ",";
    call->args.push_back(std::move(separator));
    expect(")");
    return call;
}

void Parser::window(Expr& call) {
    call.kind = ExprKind::window;
    if (!at("(")) {
        call.window_name = name();
        return;
    }
    expect("(");
    if (at_name() && !at("PARTITION")) call.window_name = name();
    if (accept_all({"PARTITION", "BY"})) {
        do
            call.partition.push_back(expression());
        while (accept(","));
    }
    if (accept_all({"ORDER", "BY"})) call.order = order_items();
    if (at("ROWS") || at("RANGE")) call.frame = window_frame();
    expect(")");
}

// https://dev.mysql.com/doc/refman/8.0/en/window-functions-frames.html
std::string Parser::window_frame() {
    auto frame = upper_case(tokens_[at_++].raw);
    if (!accept("BETWEEN")) return frame + " " + frame_bound();
    frame += " BETWEEN " + frame_bound();
    expect("AND");
    return frame + " AND " + frame_bound();
}

std::string Parser::frame_bound() {
    if (accept_all({"CURRENT", "ROW"})) return "CURRENT ROW";
    std::string bound;
    if (accept("UNBOUNDED"))
        bound = "UNBOUNDED";
    else if (at("INTERVAL"))
        throw not_supported("window frames of an interval");
    else
        bound = std::to_string(integer_literal());
    if (accept("PRECEDING")) return bound + " PRECEDING";
    expect("FOLLOWING");
    return bound + " FOLLOWING";
}

} // namespace diorama::rds::sql
