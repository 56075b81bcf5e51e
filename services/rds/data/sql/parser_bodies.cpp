// Bodies of stored programs: statements become instructions, control flow becomes jumps.
// https://dev.mysql.com/doc/refman/8.0/en/sql-compound-statements.html
#include "services/rds/data/sql/parser.hpp"
#include "services/rds/data/sql/variables.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

// A statement or an expression with parameters of its own.
ParsedPtr Parser::part(const std::function<Statement()>& parse) {
    auto outer_uses = std::exchange(uses_, {});
    const bool was_part = std::exchange(is_part_, true);
    const auto outer_queries = std::exchange(queries_, 0);
    const auto outer_depth = std::exchange(query_depth_, 0);
    auto parsed = std::make_shared<ParsedStatement>();
    parsed->statement = parse();
    parsed->has_subquery = queries_ != 0;
    parsed->parameter_count = uses_.size();
    parsed->uses = std::exchange(uses_, std::move(outer_uses));
    parsed->scope = scope_;
    queries_ = outer_queries;
    query_depth_ = outer_depth;
    is_part_ = was_part;
    return parsed;
}

ParsedPtr Parser::computation() {
    return part([this]() -> Statement {
        Select select;
        const auto first = at_;
        auto& item = select.items.emplace_back();
        item.expression = expression();
        item.source = source_from(first);
        return select;
    });
}

// After a semicolon: the text goes on.
bool Parser::next_in_body() {
    if (!accept(";")) return false;
    if (!at_end() || lexer_.at >= sql_.size()) return true;
    tokens_.pop_back();
    const auto more = tokenize(sql_, lexer_);
    tokens_.insert(tokens_.end(), more.begin(), more.end());
    return true;
}

void Parser::body_statements(std::initializer_list<std::string_view> ends) {
    while (!at_any(ends)) {
        if (at_end()) fail();
        body_statement();
        if (!next_in_body()) fail();
    }
}

bool Parser::at_label() const {
    return at_name() && at(":", 1);
}

void Parser::body_statement() {
    const Depth depth(*this);
    if (at_label()) {
        auto label = name();
        expect(":");
        return labelled(std::move(label));
    }
    if (at_any({"BEGIN", "LOOP", "WHILE", "REPEAT"})) return labelled({});
    if (accept("IF")) return branch();
    if (accept("CASE")) return cases();
    if (at("LEAVE") || at("ITERATE")) {
        const bool iterates = at("ITERATE");
        ++at_;
        return parts_->leave(name(), iterates);
    }
    if (accept("RETURN")) return return_value();
    if (accept("OPEN")) {
        parts_->emit(OpenCursor{parts_->cursor(name())});
        return;
    }
    if (accept("FETCH")) return fetch();
    if (accept("CLOSE")) {
        parts_->emit(CloseCursor{parts_->cursor(name())});
        return;
    }
    const bool assigns = at("SET") && !at("TRANSACTION", 1) && !at("TRANSACTION", 2) &&
                         !at("NAMES", 1) && !at("CHARACTER", 1) && !at("CHARSET", 1) &&
                         !at("PASSWORD", 1) && !at("ROLE", 1);
    if (assigns) return assignments_in_body();
    body_query();
}

// A statement that is executed as it would be alone.
void Parser::body_query() {
    const auto first = at_;
    RunStatement run;
    run.statement = part([this] { return statement(); });
    run.text = source_from(first);
    parts_->check(run.statement->statement);
    parts_->emit(std::move(run));
}

void Parser::labelled(std::string label) {
    const bool is_loop = !at("BEGIN");
    parts_->open_label(label, is_loop);
    if (accept("BEGIN"))
        block();
    else if (accept("LOOP"))
        loop("LOOP");
    else if (accept("WHILE"))
        loop("WHILE");
    else {
        expect("REPEAT");
        loop("REPEAT");
    }
    std::string end_name;
    if (!label.empty() && at_name()) end_name = name();
    parts_->close_label(end_name);
}

void Parser::block() {
    if (accept("NOT")) fail(); // BEGIN NOT ATOMIC is MariaDB's
    parts_->open_block();
    scope_ = parts_->scope;
    declarations();
    for (const auto handler : parts_->blocks.back().handlers)
        parts_->program.handlers[handler].from = parts_->here();
    body_statements({"END"});
    expect("END");
    parts_->close_block();
    scope_ = parts_->scope;
}

void Parser::branch() {
    std::vector<std::size_t> conditions;
    std::vector<std::size_t> ends;
    do {
        JumpUnless test;
        test.condition = computation();
        expect("THEN");
        conditions.push_back(parts_->emit(std::move(test)));
        body_statements({"ELSEIF", "ELSE", "END"});
        ends.push_back(parts_->emit(Jump{}));
        parts_->land(conditions.back());
    } while (accept("ELSEIF"));
    if (accept("ELSE")) body_statements({"END"});
    expect("END");
    expect("IF");
    for (const auto end : ends)
        parts_->land(end);
    for (const auto test : conditions)
        std::get<JumpUnless>(parts_->program.code[test]).after = parts_->here();
}

void Parser::cases() {
    std::optional<std::size_t> operand;
    if (!at("WHEN")) {
        operand = parts_->add_operand();
        parts_->emit(Assign{{Destination::Kind::local, *operand}, computation()});
    }
    if (!at("WHEN")) fail();
    std::vector<std::size_t> conditions;
    std::vector<std::size_t> ends;
    while (accept("WHEN")) {
        JumpUnless test;
        test.condition = !operand ? computation() : part([&]() -> Statement {
            auto equals = make_expression(ExprKind::binary, "=");
            equals->args.push_back(use({VariableUse::Kind::local, *operand}));
            equals->args.push_back(expression());
            Select select;
            select.items.emplace_back().expression = std::move(equals);
            return select;
        });
        expect("THEN");
        conditions.push_back(parts_->emit(std::move(test)));
        body_statements({"WHEN", "ELSE", "END"});
        ends.push_back(parts_->emit(Jump{}));
        parts_->land(conditions.back());
    }
    if (accept("ELSE"))
        body_statements({"END"});
    else
        parts_->emit(NoCase{});
    expect("END");
    expect("CASE");
    for (const auto end : ends)
        parts_->land(end);
    for (const auto test : conditions)
        std::get<JumpUnless>(parts_->program.code[test]).after = parts_->here();
}

void Parser::loop(std::string_view kind) {
    const auto start = parts_->here();
    std::optional<std::size_t> test;
    if (kind == "WHILE") {
        test = parts_->emit(JumpUnless{computation()});
        expect("DO");
    }
    if (kind == "REPEAT") {
        body_statements({"UNTIL"});
        expect("UNTIL");
        parts_->emit(JumpUnless{computation(), start, parts_->here() + 1});
    } else {
        body_statements({"END"});
        parts_->emit(Jump{start});
    }
    if (test) {
        parts_->land(*test);
        std::get<JumpUnless>(parts_->program.code[*test]).after = parts_->here();
    }
    expect("END");
    expect(kind);
}

void Parser::return_value() {
    if (parts_->kind != ProgramKind::function)
        throw SQLError{1313, "42000", "RETURN is only allowed in a FUNCTION"};
    parts_->has_return = true;
    auto value = computation();
    parts_->emit(Return{std::move(value)});
}

void Parser::fetch() {
    if (accept("NEXT"))
        expect("FROM");
    else
        accept("FROM");
    FetchCursor fetch;
    fetch.cursor = parts_->cursor(name());
    expect("INTO");
    do
        fetch.into.push_back(destination());
    while (accept(","));
    parts_->emit(std::move(fetch));
}

// SET: of variables of the program and of the row, in between of all others.
void Parser::assignments_in_body() {
    expect("SET");
    do {
        const bool is_row =
            trigger_of(scope_.get()) != nullptr && at_any({"NEW", "OLD"}) && at(".", 1);
        if (at_variable() || is_row) {
            Assign assign;
            assign.to = destination();
            if (!accept(":=")) expect("=");
            assign.value = computation();
            parts_->emit(std::move(assign));
            continue;
        }
        const auto first = at_;
        RunStatement run;
        run.statement = part([this]() -> Statement {
            SetVariables set;
            set_item(set);
            return set;
        });
        const auto& item = std::get<SetVariables>(run.statement->statement).items[0];
        if (item.scope != SetVariables::Item::Scope::user &&
            !default_variables().contains(item.name))
            throw unknown_system_variable(item.name);
        run.text = "SET " + source_from(first);
        parts_->emit(std::move(run));
    } while (accept(","));
}

// Names of the program.

bool Parser::at_variable() const {
    return scope_ && at_name() && !at(".", 1) &&
           find_variable(scope_.get(), token_value(peek())).has_value();
}

ExprPtr Parser::use(VariableUse use) {
    auto parameter = make_expression(ExprKind::parameter);
    parameter->number = static_cast<std::int64_t>(uses_.size());
    uses_.push_back(std::move(use));
    ++parameter_count_;
    return parameter;
}

ExprPtr Parser::variable_reference() {
    if (!at_variable()) return nullptr;
    return use({VariableUse::Kind::local, *find_variable(scope_.get(), name())});
}

namespace {

std::string_view event_word(TriggerEvent event) {
    return event == TriggerEvent::insert   ? "INSERT"
           : event == TriggerEvent::update ? "UPDATE"
                                           : "DELETE";
}

void check_row(const ProgramScope::Trigger& trigger, bool is_new) {
    const auto absent = is_new ? TriggerEvent::remove : TriggerEvent::insert;
    if (trigger.event != absent) return;
    throw SQLError{
        1363,
        "HY000",
        fmt::format(
            "There is no {} row in on {} trigger",
            is_new ? "NEW" : "OLD",
            event_word(trigger.event)
        )
    };
}

} // namespace

ExprPtr Parser::row_reference(const Expr& column) {
    const auto* trigger = trigger_of(scope_.get());
    const bool is_new = equals_ignoring_case(column.table, "NEW");
    if (trigger == nullptr || column.kind != ExprKind::column ||
        (!is_new && !equals_ignoring_case(column.table, "OLD")))
        return nullptr;
    check_row(*trigger, is_new);
    return use({is_new ? VariableUse::Kind::new_row : VariableUse::Kind::old_row, 0, column.text});
}

// Of SET, INTO and OUT.
Destination Parser::destination() {
    if (peek().kind == TokenKind::user_variable)
        return {Destination::Kind::user, 0, token_value(tokens_[at_++])};
    const auto* trigger = trigger_of(scope_.get());
    if (trigger != nullptr && at_any({"NEW", "OLD"}) && at(".", 1)) {
        const bool is_new = at("NEW");
        check_row(*trigger, is_new);
        if (!is_new || trigger->time == TriggerTime::after)
            throw SQLError{
                1362,
                "HY000",
                fmt::format(
                    "Updating of {} row is not allowed in {}trigger",
                    is_new ? "NEW" : "OLD",
                    is_new ? "after " : ""
                )
            };
        at_ += 2;
        return {Destination::Kind::new_row, 0, name_after_point()};
    }
    const auto variable = name();
    const auto found = find_variable(scope_.get(), variable);
    if (!found) throw SQLError{1327, "42000", fmt::format("Undeclared variable: {}", variable)};
    return {Destination::Kind::local, *found};
}

} // namespace diorama::rds::sql
