// What each instruction does. False: it waits for a lock and is done again.
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/interpreter.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/program_parts.hpp"
#include "services/rds/data/sql/session_programs.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

namespace {

bool is_true(const Evaluated& value) {
    const auto& v = value.value;
    switch (v.kind) {
    case Value::Kind::null:
        return false;
    case Value::Kind::integer:
        return v.integer != 0;
    case Value::Kind::real:
        return v.real != 0;
    default:
        return std::strtod(text_of(value.type, v).c_str(), nullptr) != 0;
    }
}

bool keeps_warnings(const Statement& statement) {
    const auto* show = std::get_if<Show>(&statement);
    return std::holds_alternative<GetDiagnostics>(statement) ||
           (show != nullptr &&
            (show->kind == Show::Kind::warnings || show->kind == Show::Kind::errors));
}

} // namespace

bool Interpreter::run(const RunStatement& instruction) {
    const auto& statement = instruction.statement->statement;
    if (const auto* called = std::get_if<CallProcedure>(&statement)) return call(*called);
    if (const auto* named = std::get_if<ExecutePrepared>(&statement)) return execute_named(*named);
    auto& prepared = connection_.programs_->body_statement(instruction.statement, instruction.text);
    const auto given = parameters(instruction.statement->uses);
    PartSink sink(sink_);
    const auto before =
        keeps_warnings(statement) ? connection_.context_.warnings.size() : std::size_t{0};
    if (execute(prepared, given, sink) == Progress::waits) return false;
    notice_warnings(before);
    return true;
}

bool Interpreter::execute_named(const ExecutePrepared& named) {
    if (is_nested_) refuse_in_function(named);
    const auto found = connection_.named_.find(named.name);
    if (found == connection_.named_.end())
        throw SQLError{
            1243,
            "HY000",
            fmt::format("Unknown prepared statement handler ({}) given to EXECUTE", named.name)
        };
    const PreparedPtr statement = found->second;
    if (std::holds_alternative<CallProcedure>(statement->parsed.statement))
        throw not_supported("EXECUTE of a CALL in a stored procedure");
    if (statement->parsed.parameter_count != named.variables.size())
        throw SQLError{1210, "HY000", "Incorrect arguments to EXECUTE"};
    const auto given = connection_.parameters_named(named.variables);
    PartSink sink(sink_);
    if (execute(*statement, given, sink) == Progress::waits) return false;
    notice_warnings(0);
    return true;
}

bool Interpreter::call(const CallProcedure& called) {
    auto& context = connection_.context_;
    const auto& schema = connection_.schema_of(called.name);
    const auto program =
        find_program(*connection_.catalog_, ProgramKind::procedure, schema, called.name.table);
    if (!program)
        throw SQLError{
            1305,
            "42000",
            fmt::format("PROCEDURE {}.{} does not exist", schema, called.name.table)
        };
    connection_.programs_->check_execution(*program);
    if (called.arguments.size() != program->parameters.size())
        throw SQLError{
            1318,
            "42000",
            fmt::format(
                "Incorrect number of arguments for PROCEDURE {}; expected {}, got {}",
                program->full_name(),
                program->parameters.size(),
                called.arguments.size()
            )
        };
    using Mode = RoutineParameter::Mode;
    std::vector<Destination> outs;
    for (std::size_t i = 0; i < called.arguments.size(); ++i) {
        const bool gives_back = program->parameters[i].mode != Mode::in;
        outs.push_back(gives_back ? called.arguments[i].to : Destination{});
        if (gives_back && outs.back().kind == Destination::Kind::nowhere)
            throw SQLError{
                1414,
                "42000",
                fmt::format(
                    "OUT or INOUT argument {} for routine {} is not a variable or NEW "
                    "pseudo-variable in BEFORE trigger",
                    i + 1,
                    program->full_name()
                )
            };
    }
    check_depth(*program);
    auto& gathered = top().gathered;
    while (gathered.size() < called.arguments.size()) {
        const auto i = gathered.size();
        if (program->parameters[i].mode == Mode::out) {
            gathered.emplace_back();
            continue;
        }
        const auto value = compute(called.arguments[i].value);
        if (!value) return false;
        gathered.push_back(assigned(
            {program->variables[i], 1, connection_.is_strict(), context},
            value->type,
            value->value
        ));
    }
    enter(program, std::move(gathered));
    top().outs = std::move(outs);
    return true;
}

bool Interpreter::run(const Assign& instruction) {
    const auto before = connection_.context_.warnings.size();
    if (instruction.value == nullptr) {
        assign(instruction.to, {});
    } else {
        const auto value = compute(instruction.value);
        if (!value) return false;
        assign(instruction.to, *value);
    }
    notice_warnings(before);
    return true;
}

bool Interpreter::run(const Jump& instruction) {
    top().at = instruction.to;
    return true;
}

bool Interpreter::run(const JumpUnless& instruction) {
    const auto value = compute(instruction.condition);
    if (!value) return false;
    if (is_true(*value))
        ++top().at;
    else
        top().at = instruction.to;
    return true;
}

bool Interpreter::run(const OpenCursor& instruction) {
    if (top().cursors[instruction.cursor].is_open)
        throw SQLError{1325, "24000", "Cursor is already open"};
    const auto& query = top().code->cursors[instruction.cursor];
    const auto given = parameters(query.statement->uses);
    KeptRows kept;
    if (execute(connection_.programs_->body_statement(query.statement, query.text), given, kept) ==
        Progress::waits)
        return false;
    top().cursors[instruction.cursor] = {true, 0, std::move(kept)};
    ++top().at;
    return true;
}

bool Interpreter::run(const FetchCursor& instruction) {
    auto& cursor = top().cursors[instruction.cursor];
    if (!cursor.is_open) throw SQLError{1326, "24000", "Cursor is not open"};
    const auto& result = cursor.result;
    if (instruction.into.size() != result.types.size())
        throw SQLError{1328, "HY000", "Incorrect number of FETCH variables"};
    if (cursor.next >= result.rows.size())
        throw SQLError{1329, "02000", "No data - zero rows fetched, selected, or processed"};
    const auto before = connection_.context_.warnings.size();
    const auto& row = result.rows[cursor.next++];
    for (std::size_t i = 0; i < row.size(); ++i)
        assign(instruction.into[i], {result.types[i], row[i]});
    notice_warnings(before);
    return true;
}

bool Interpreter::run(const CloseCursor& instruction) {
    auto& cursor = top().cursors[instruction.cursor];
    if (!cursor.is_open) throw SQLError{1326, "24000", "Cursor is not open"};
    cursor = {};
    ++top().at;
    return true;
}

bool Interpreter::run(const CloseCursors& instruction) {
    auto& cursors = top().cursors;
    for (auto i = instruction.first; i < cursors.size(); ++i)
        cursors[i] = {};
    ++top().at;
    return true;
}

bool Interpreter::run(const Return& instruction) {
    auto value = compute(instruction.value);
    if (!value) return false;
    const auto program = top().program;
    Column column;
    column.name = program->name;
    column.type = *program->returns;
    returned_ = Evaluated{
        column.type,
        assigned(
            {column, 1, connection_.is_strict(), connection_.context_},
            value->type,
            value->value
        )
    };
    leave();
    return true;
}

bool Interpreter::run(const NoCase&) {
    throw SQLError{1339, "20000", "Case not found for CASE statement"};
}

} // namespace diorama::rds::sql
