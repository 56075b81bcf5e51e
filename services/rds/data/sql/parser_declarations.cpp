// DECLARE of variables, conditions, cursors and handlers; SIGNAL and GET DIAGNOSTICS.
// https://dev.mysql.com/doc/refman/8.0/en/declare.html and condition-handling.html
#include "services/rds/data/sql/parser.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace diorama::rds::sql {

// MySQL: "Variable and condition declarations must appear before cursor or handler declarations.
// Cursor declarations must appear before handler declarations".
void Parser::declarations() {
    while (accept("DECLARE")) {
        const auto& current = parts_->blocks.back();
        const bool has_handlers = !current.handled.empty();
        const bool has_cursors = !current.cursors.empty();
        const bool is_handler = at_any({"CONTINUE", "EXIT", "UNDO"}) && at("HANDLER", 1);
        if (is_handler) {
            if (at("UNDO")) throw not_supported("UNDO handlers");
            const bool continues = at("CONTINUE");
            at_ += 2;
            declare_handler(continues);
        } else if (at("CURSOR", 1)) {
            if (has_handlers)
                throw SQLError{1338, "42000", "Cursor declaration after handler declaration"};
            const auto cursor = name();
            ++at_;
            declare_cursor(cursor);
        } else {
            if (has_handlers || has_cursors)
                throw SQLError{
                    1337,
                    "42000",
                    "Variable or condition declaration after cursor or handler declaration"
                };
            if (at("CONDITION", 1)) {
                auto condition = name();
                ++at_;
                declare_condition(std::move(condition));
            } else {
                declare_variables();
            }
        }
        if (!next_in_body()) fail();
    }
}

void Parser::declare_variables() {
    std::vector<std::string> variables;
    do
        variables.push_back(name());
    while (accept(","));
    bool has_collation = false;
    auto type = column_type(has_collation);
    if (at("COLLATE")) character_attributes(type);
    const bool has_default = accept("DEFAULT");
    const auto value = has_default ? computation() : nullptr;
    for (const auto& variable : variables) {
        parts_->declare_variable(variable, type);
        const auto number = parts_->program.variables.size() - 1;
        parts_->emit(Assign{{Destination::Kind::local, number}, value});
    }
}

void Parser::declare_condition(std::string condition) {
    expect("FOR");
    auto& known = parts_->blocks.back().conditions;
    for (const auto& [other, value] : known)
        if (equals_ignoring_case(other, condition))
            throw SQLError{1332, "42000", fmt::format("Duplicate condition: {}", condition)};
    known.emplace_back(std::move(condition), condition_value());
}

void Parser::declare_cursor(const std::string& cursor) {
    expect("FOR");
    auto& names = parts_->blocks.back();
    for (const auto& other : names.cursors)
        if (equals_ignoring_case(other, cursor))
            throw SQLError{1333, "42000", fmt::format("Duplicate cursor: {}", cursor)};
    const auto first = at_;
    if (!at_query()) fail();
    RunStatement query;
    query.statement = part([this] { return statement(); });
    if (!std::get<Select>(query.statement->statement).into.empty())
        throw SQLError{1323, "42000", "Cursor SELECT must not have INTO"};
    query.text = source_from(first);
    auto& block = parts_->blocks.back();
    block.cursors.push_back(cursor);
    block.cursor_numbers.push_back(parts_->program.cursors.size());
    parts_->program.cursors.push_back(std::move(query));
}

void Parser::declare_handler(bool continues) {
    expect("FOR");
    Handler handler;
    handler.continues = continues;
    do {
        auto value = condition_value();
        auto& handled = parts_->blocks.back().handled;
        if (std::find(handled.begin(), handled.end(), value) != handled.end())
            throw SQLError{1413, "42000", "Duplicate handler declared in the same block"};
        handled.push_back(value);
        handler.conditions.push_back(std::move(value));
    } while (accept(","));
    const auto over = parts_->emit(Jump{});
    handler.body = parts_->here();
    auto& program = parts_->program;
    const auto number = program.handlers.size();
    program.handlers.push_back(std::move(handler));
    parts_->blocks.back().handlers.push_back(number);
    // Nothing is watched yet: the block says from where when its declarations are over.
    program.handlers[number].from = program.handlers[number].to = 0;
    parts_->labels.emplace_back().hides_outer = true;
    body_statement();
    parts_->labels.pop_back();
    parts_->emit(EndHandler{number});
    parts_->land(over);
}

std::string Parser::sqlstate() {
    accept("VALUE");
    auto state = text_literal();
    const bool is_valid = state.size() == 5 && std::all_of(state.begin(), state.end(), [](char c) {
                              return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
                          });
    if (!is_valid || state.starts_with("00"))
        throw SQLError{1407, "42000", fmt::format("Bad SQLSTATE: '{}'", state)};
    return state;
}

ConditionValue Parser::condition_value() {
    using Kind = ConditionValue::Kind;
    if (accept("SQLSTATE")) return {Kind::sqlstate, 0, sqlstate()};
    if (accept("SQLWARNING")) return {Kind::warning};
    if (accept("SQLEXCEPTION")) return {Kind::exception};
    if (accept_all({"NOT", "FOUND"})) return {Kind::not_found};
    if (peek().kind == TokenKind::integer) {
        const auto code = integer_literal();
        if (code <= 0 || code > UINT16_MAX)
            throw SQLError{1408, "HY000", "Incorrect CONDITION value: '0'"};
        return {Kind::code, static_cast<std::uint16_t>(code)};
    }
    return parts_->condition(name());
}

namespace {

constexpr std::array<std::string_view, 12> signal_items = {
    "CLASS_ORIGIN",
    "SUBCLASS_ORIGIN",
    "MESSAGE_TEXT",
    "MYSQL_ERRNO",
    "CONSTRAINT_CATALOG",
    "CONSTRAINT_SCHEMA",
    "CONSTRAINT_NAME",
    "CATALOG_NAME",
    "SCHEMA_NAME",
    "TABLE_NAME",
    "COLUMN_NAME",
    "CURSOR_NAME",
};

} // namespace

std::string Parser::diagnostics_item() {
    for (const auto item : signal_items)
        if (accept(item)) return std::string(item);
    for (const auto* item : {"RETURNED_SQLSTATE", "NUMBER", "ROW_COUNT"})
        if (accept(item)) return item;
    fail();
}

Statement Parser::signal(bool is_resignal) {
    Signal signal;
    signal.is_resignal = is_resignal;
    if (accept("SQLSTATE")) {
        signal.sqlstate = sqlstate();
    } else if (at_name() && parts_) {
        const auto& condition = parts_->condition(name());
        if (condition.kind != ConditionValue::Kind::sqlstate)
            throw SQLError{
                1646,
                "HY000",
                "SIGNAL/RESIGNAL can only use a CONDITION defined with SQLSTATE"
            };
        signal.sqlstate = condition.sqlstate;
    } else if (!is_resignal) {
        fail();
    }
    if (!accept("SET")) return signal;
    do {
        auto item = diagnostics_item();
        if (std::find(signal_items.begin(), signal_items.end(), item) == signal_items.end()) fail();
        for (const auto& [known, value] : signal.items)
            if (known == item)
                throw SQLError{
                    1641,
                    "42000",
                    fmt::format("Duplicate condition information item '{}'", item)
                };
        expect("=");
        auto value = computation();
        signal.items.emplace_back(std::move(item), std::move(value));
    } while (accept(","));
    return signal;
}

Statement Parser::get_diagnostics() {
    expect("GET");
    GetDiagnostics get;
    get.is_stacked = accept("STACKED");
    accept("CURRENT");
    expect("DIAGNOSTICS");
    if (accept("CONDITION")) get.condition = computation();
    do {
        auto to = destination();
        expect("=");
        get.items.emplace_back(std::move(to), diagnostics_item());
    } while (accept(","));
    return get;
}

} // namespace diorama::rds::sql
