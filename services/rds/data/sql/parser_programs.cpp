// CREATE, ALTER and DROP of procedures, functions and triggers; CALL.
// https://dev.mysql.com/doc/refman/8.0/en/create-procedure.html and create-trigger.html
#include "services/rds/data/sql/parser.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

// Whether, after CREATE, a stored program follows; DEFINER and AGGREGATE stand before the word.
bool Parser::at_program() const {
    if (at_any({"PROCEDURE", "FUNCTION", "TRIGGER"})) return true;
    if (!at("DEFINER")) return false;
    for (std::size_t ahead = 0; ahead < 16 && peek(ahead).kind != TokenKind::end; ++ahead)
        if (at("PROCEDURE", ahead) || at("FUNCTION", ahead) || at("TRIGGER", ahead)) return true;
    return false;
}

Statement Parser::create_program() {
    CreateProgram create;
    definer_clause(create.definer);
    if (accept("TRIGGER"))
        create.kind = ProgramKind::trigger;
    else if (accept("FUNCTION"))
        create.kind = ProgramKind::function;
    else
        expect("PROCEDURE");
    create.if_not_exists = accept_all({"IF", "NOT", "EXISTS"});
    create.name = table_name();
    if (create.kind == ProgramKind::function && at("RETURNS"))
        throw not_supported("CREATE FUNCTION … SONAME");
    const bool is_nested = parts_ != nullptr;
    const auto outer_scope = std::exchange(scope_, nullptr);
    const auto parameters = parameter_count_;
    auto outer = std::exchange(parts_, std::make_unique<ProgramParts>(create.kind));
    auto outer_uses = std::exchange(uses_, {});
    parts_->routine = create.name.table;
    if (create.kind == ProgramKind::trigger)
        create_trigger(create);
    else
        routine_parameters(create);
    if (!is_nested) program_body(create);
    parts_ = std::move(outer);
    scope_ = outer_scope;
    uses_ = std::move(outer_uses);
    parameter_count_ = parameters;
    return create;
}

void Parser::create_trigger(CreateProgram& create) {
    auto& trigger = create.trigger;
    if (accept("AFTER"))
        trigger.time = TriggerTime::after;
    else
        expect("BEFORE");
    if (accept("UPDATE"))
        trigger.event = TriggerEvent::update;
    else if (accept("DELETE"))
        trigger.event = TriggerEvent::remove;
    else
        expect("INSERT");
    expect("ON");
    create.table = table_name();
    for (const auto* word : {"FOR", "EACH", "ROW"})
        expect(word);
    create.precedes = at("PRECEDES");
    if (accept("FOLLOWS") || accept("PRECEDES")) create.anchor = name();
    parts_->scope->trigger = trigger;
}

void Parser::routine_parameters(CreateProgram& create) {
    using Mode = RoutineParameter::Mode;
    expect("(");
    const auto first = at_;
    while (!at(")")) {
        RoutineParameter parameter;
        if (create.kind == ProgramKind::procedure) {
            if (accept("OUT"))
                parameter.mode = Mode::out;
            else if (accept("INOUT"))
                parameter.mode = Mode::inout;
            else
                accept("IN");
        }
        parameter.name = name();
        bool has_collation = false;
        parameter.type = column_type(has_collation, parameter.name);
        if (parts_->scope->variables.contains(lower_case(parameter.name)))
            throw SQLError{1330, "42000", fmt::format("Duplicate parameter: {}", parameter.name)};
        parts_->add_variable(parameter.name, parameter.type);
        create.parameters.push_back(std::move(parameter));
        if (!accept(",")) break;
    }
    if (at_ > first) create.parameter_text = source_from(first);
    expect(")");
    if (create.kind == ProgramKind::function) {
        expect("RETURNS");
        bool has_collation = false;
        create.returns = column_type(has_collation);
    }
    while (characteristic(create.traits)) {
    }
}

bool Parser::characteristic(Characteristics& traits) {
    if (accept("COMMENT")) {
        traits.comment = text_literal();
    } else if (accept_all({"LANGUAGE", "SQL"})) {
        return true;
    } else if (accept("DETERMINISTIC")) {
        traits.is_deterministic = true;
    } else if (accept_all({"NOT", "DETERMINISTIC"})) {
        traits.is_deterministic = false;
    } else if (accept_all({"CONTAINS", "SQL"})) {
        traits.access = "CONTAINS SQL";
    } else if (accept_all({"NO", "SQL"})) {
        traits.access = "NO SQL";
    } else if (accept_all({"READS", "SQL", "DATA"})) {
        traits.access = "READS SQL DATA";
    } else if (accept_all({"MODIFIES", "SQL", "DATA"})) {
        traits.access = "MODIFIES SQL DATA";
    } else if (accept_all({"SQL", "SECURITY"})) {
        traits.is_invoker = accept("INVOKER");
        if (!*traits.is_invoker) expect("DEFINER");
    } else {
        return false;
    }
    return true;
}

void Parser::program_body(CreateProgram& create) {
    const auto first = at_;
    scope_ = parts_->scope;
    body_statement();
    create.body = source_from(first);
    create.program = std::make_shared<const Program>(std::move(parts_->program));
}

Statement Parser::drop_program(ProgramKind kind) {
    DropProgram drop;
    drop.kind = kind;
    drop.if_exists = accept_all({"IF", "EXISTS"});
    drop.name = table_name();
    return drop;
}

Statement Parser::alter_routine(ProgramKind kind) {
    AlterRoutine alter;
    alter.kind = kind;
    alter.name = table_name();
    while (characteristic(alter.traits)) {
    }
    return alter;
}

Statement Parser::call() {
    CallProcedure call;
    call.name = table_name();
    if (!accept("(")) return call;
    while (!at(")")) {
        auto& argument = call.arguments.emplace_back();
        const auto first = at_;
        argument.value = computation();
        // A variable alone can take a value.
        const auto after = std::exchange(at_, first);
        const bool is_placeholder = peek().kind == TokenKind::parameter && after == first + 1;
        const bool is_user = peek().kind == TokenKind::user_variable && after == first + 1;
        const bool is_local = at_variable() && after == first + 1;
        const bool is_new =
            trigger_of(scope_.get()) != nullptr && at("NEW") && at(".", 1) && after == first + 3;
        if (is_placeholder)
            argument.to = {Destination::Kind::placeholder, argument.value->uses[0].index};
        else if (is_user || is_local)
            argument.to = destination();
        else if (is_new && trigger_of(scope_.get())->time == TriggerTime::before)
            argument.to = {Destination::Kind::new_row, 0, token_value(tokens_[first + 2])};
        at_ = after;
        if (!accept(",")) break;
    }
    expect(")");
    return call;
}

} // namespace diorama::rds::sql
