// See interpreter.hpp: frames, instructions, variables.
#include "services/rds/data/sql/interpreter.hpp"

#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/session_programs.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

void KeptRows::columns(const std::vector<OutputColumn>& columns) {
    for (const auto& column : columns) {
        types.push_back(column.type);
        // As they are sent: by the session's clock.
        if (types.back().kind == TypeKind::timestamp) types.back().kind = TypeKind::datetime;
    }
}

void KeptRows::row(std::span<const ValueView> values) {
    auto& row = rows.emplace_back();
    row.reserve(values.size());
    for (const auto& value : values)
        row.push_back(value.owned());
}

void PartSink::columns(const std::vector<OutputColumn>& columns) {
    if (client_ == nullptr)
        throw SQLError{1415, "0A000", "Not allowed to return a result set from a function"};
    client_->begin_part(false);
    client_->columns(columns);
}

void PartSink::end() {
    client_->end();
    client_->end_part();
}

Interpreter::Interpreter(Connection& connection, ResultSink* sink)
    : connection_(connection)
    , sink_(sink)
    , is_nested_(sink == nullptr)
    , around_(connection.programs_->running_) {}

Interpreter::~Interpreter() {
    while (!frames_.empty())
        leave();
}

void Interpreter::begin(ParsedPtr call, std::span<const Parameter> parameters) {
    auto outer = std::make_shared<Program>();
    outer->code.emplace_back(RunStatement{std::move(call), {}});
    placeholders_.assign(parameters.begin(), parameters.end());
    auto& frame = frames_.emplace_back();
    frame.code = std::move(outer);
    entered_.push_back(frame.code);
}

void Interpreter::begin(const ProgramPtr& body) {
    enter(body, {});
}

Progress Interpreter::resume(ResultSink& sink) {
    sink_ = &sink;
    return go_on();
}

Progress Interpreter::go_on() {

    struct Running {
        Running(Interpreter*& place, Interpreter* now)
            : place(place)
            , before(std::exchange(place, now)) {}

        ~Running() { place = before; }

        Interpreter*& place;
        Interpreter* before;
    } running(connection_.programs_->running_, this);

    while (!frames_.empty()) {
        stop_if_due();
        try {
            if (!step()) return Progress::waits;
        } catch (const SQLError& error) {
            raise(error);
        }
    }
    if (!placeholder_outs_.empty()) send_outs();
    return Progress::finished;
}

void Interpreter::stop_if_due() {
    constexpr std::size_t steps_between = 32;
    if (++steps_ % steps_between != 0 || !connection_.is_due_to_stop()) return;
    if (connection_.context_.error) connection_.step_error();
    throw SQLError{1317, "70100", "Query execution was interrupted"};
}

bool Interpreter::step() {
    const auto code = top().code;
    const auto at = top().at;
    if (at >= code->code.size()) {
        finish_frame();
        return true;
    }
    return std::visit([this](const auto& instruction) { return run(instruction); }, code->code[at]);
}

// Frames.

bool Interpreter::runs(const StoredProgram& program) const {
    for (const auto& frame : frames_)
        if (frame.program && frame.program->kind == program.kind &&
            frame.program->name == program.name && frame.program->schema == program.schema)
            return true;
    return around_ != nullptr && around_->runs(program);
}

void Interpreter::check_depth(const StoredProgram& program) const {
    if (program.kind != ProgramKind::procedure) {
        if (runs(program))
            throw SQLError{
                1424,
                "HY000",
                "Recursive stored functions and triggers are not allowed."
            };
        return;
    }
    const auto count = std::count_if(frames_.begin(), frames_.end(), [&](const Frame& frame) {
        return frame.program && frame.program->kind == ProgramKind::procedure &&
               frame.program->full_name() == program.full_name();
    });
    const auto set = connection_.context_.variables.find("max_sp_recursion_depth");
    const auto most = std::strtoll(set->second.c_str(), nullptr, 10);
    if (count <= most && !(around_ != nullptr && around_->runs(program))) return;
    throw SQLError{
        1456,
        "HY000",
        fmt::format(
            "Recursive limit {} (as set by the max_sp_recursion_depth variable) was exceeded for "
            "routine {}",
            most,
            program.name
        )
    };
}

void Interpreter::enter(const ProgramPtr& program, std::vector<Value> arguments) {
    Frame frame;
    frame.program = program;
    frame.code = program->code;
    frame.cursors.resize(program->code->cursors.size());
    for (const auto& variable : program->variables)
        frame.variables.push_back({&variable.type, {}});
    for (std::size_t i = 0; i < arguments.size(); ++i)
        frame.variables[i].value = std::move(arguments[i]);
    frames_.push_back(std::move(frame));
    if (std::find(entered_.begin(), entered_.end(), program->code) == entered_.end())
        entered_.push_back(program->code);
    become(top());
}

// The rights, the database and the mode of the program.
void Interpreter::become(Frame& frame) {
    auto& context = connection_.context_;
    const auto& program = *frame.program;
    auto& mode = context.variables["sql_mode"];
    frame.before = Identity{
        context.user,
        context.account_host,
        context.roles,
        context.may_do_everything,
        context.database,
        mode
    };
    context.database = program.schema;
    mode = program.sql_mode;
    if (program.traits.is_invoker.value_or(false)) return;
    const auto definer = account_in(program.definer);
    if (definer == context.account()) return;
    if (context.login.empty()) context.login = context.user;
    context.user = definer.user;
    context.account_host = definer.host;
    context.roles = connection_.engine_.first_roles_of(definer);
    context.may_do_everything = !connection_.engine_.grants_of(definer);
    // A definer that is no user here is one of a server that keeps none.
    if (context.may_do_everything && !frame.before->may_do_everything)
        throw unknown_definer(definer);
}

void Interpreter::leave() {
    auto& frame = top();
    if (frame.before) {
        auto& context = connection_.context_;
        context.user = frame.before->user;
        context.account_host = frame.before->account_host;
        context.roles = frame.before->roles;
        context.may_do_everything = frame.before->may_do_everything;
        context.database = frame.before->database;
        context.variables["sql_mode"] = frame.before->sql_mode;
        if (context.user == context.login) context.login.clear();
    }
    frames_.pop_back();
}

void Interpreter::finish_frame() {
    const auto program = top().program;
    if (program && program->kind == ProgramKind::function)
        throw SQLError{
            1321,
            "2F005",
            fmt::format("FUNCTION {} ended without RETURN", program->name)
        };
    const auto outs = top().outs;
    std::vector<Evaluated> values;
    for (std::size_t i = 0; i < outs.size(); ++i)
        values.push_back({*top().variables[i].type, top().variables[i].value});
    leave();
    if (frames_.empty()) return;
    top().gathered.clear();
    for (std::size_t i = 0; i < outs.size(); ++i)
        assign(outs[i], values[i]);
    ++top().at;
}

// MySQL: what `?` took of OUT parameters is one more result.
void Interpreter::send_outs() {
    std::vector<OutputColumn> columns;
    std::vector<ValueView> values;
    for (const auto& [number, value] : placeholder_outs_) {
        auto& column = columns.emplace_back();
        column.name = fmt::format("{}", number + 1);
        column.type = value.type;
        values.emplace_back(value.value);
    }
    sink_->begin_part(true);
    sink_->columns(columns);
    sink_->row(values);
    sink_->end();
    sink_->end_part();
}

Evaluated Interpreter::call(const ProgramPtr& function, std::vector<Value> arguments) {
    check_depth(*function);
    enter(function, std::move(arguments));
    go_on();
    return std::move(*returned_);
}

void Interpreter::fire(
    const ProgramPtr& trigger,
    TablePtr table,
    std::vector<Value>* new_row,
    const std::vector<Value>* old_row
) {
    check_depth(*trigger);
    enter(trigger, {});
    top().table = std::move(table);
    top().new_row = new_row;
    top().old_row = old_row;
    go_on();
}

// Values.

std::size_t Interpreter::row_column(const Frame& frame, const std::string& name, bool is_new) {
    const auto column = frame.table->find_column(name);
    if (!column) throw unknown_column(name, is_new ? "NEW" : "OLD");
    return *column;
}

std::vector<Parameter> Interpreter::parameters(const std::vector<VariableUse>& uses) const {
    using Kind = VariableUse::Kind;
    const auto& frame = frames_.back();
    std::vector<Parameter> given;
    given.reserve(uses.size());
    for (const auto& use : uses) {
        if (use.kind == Kind::placeholder) {
            given.push_back(
                use.index < placeholders_.size() ? placeholders_[use.index] : Parameter{}
            );
        } else if (use.kind == Kind::local) {
            const auto& variable = frame.variables[use.index];
            given.push_back({variable.value, ParameterClass(*variable.type)});
        } else {
            const bool is_new = use.kind == Kind::new_row;
            const auto column = row_column(frame, use.column, is_new);
            const auto& row = is_new ? *frame.new_row : *frame.old_row;
            given.push_back({row[column], ParameterClass(frame.table->columns[column].type)});
        }
    }
    return given;
}

void Interpreter::assign(const Destination& to, const Evaluated& value) {
    using Kind = Destination::Kind;
    auto& context = connection_.context_;
    switch (to.kind) {
    case Kind::nowhere:
        return;
    case Kind::user:
        return connection_.programs_->assign_user(to.name, value);
    case Kind::placeholder:
        placeholder_outs_.emplace_back(to.index, value);
        return;
    case Kind::local: {
        auto& variable = top().variables[to.index];
        if (top().code->variables[to.index].takes_any_type) {
            variable = {connection_.programs_->interned(value.type), value.value};
            return;
        }
        const auto& column = top().program->variables[to.index];
        variable.value =
            assigned({column, 1, connection_.is_strict(), context}, value.type, value.value);
        return;
    }
    case Kind::new_row: {
        const auto number = row_column(top(), to.name, true);
        const auto& column = top().table->columns[number];
        (*top().new_row)[number] =
            assigned({column, 1, connection_.is_strict(), context}, value.type, value.value);
        return;
    }
    }
}

Progress Interpreter::execute(
    PreparedStatement& statement,
    std::span<const Parameter> given,
    ResultSink& sink
) {
    if (!is_nested_) return connection_.programs_->execute_inside(statement, given, sink);
    connection_.programs_->execute_nested(statement, given, sink);
    return Progress::finished;
}

std::optional<Evaluated> Interpreter::compute(const ParsedPtr& tree) {
    const auto given = parameters(tree->uses);
    if (auto value = connection_.programs_->compute_alone(tree, given)) return value;
    KeptRows kept;
    if (execute(connection_.programs_->body_statement(tree, {}), given, kept) == Progress::waits)
        return std::nullopt;
    return Evaluated{kept.types.at(0), kept.rows.at(0).at(0)};
}

Evaluated Interpreter::compute_at_once(const ParsedPtr& tree) {
    const auto given = parameters(tree->uses);
    auto value = connection_.programs_->compute_alone(tree, given);
    if (!value) throw not_supported("subqueries and stored functions there");
    return std::move(*value);
}

} // namespace diorama::rds::sql
