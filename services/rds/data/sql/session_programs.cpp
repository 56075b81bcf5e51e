// CALL, and the statements and expressions of bodies.
#include "services/rds/data/sql/session_programs.hpp"

#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/access.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/program_parts.hpp"
#include "services/rds/limits.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

SessionPrograms::SessionPrograms(Connection& connection)
    : connection_(connection) {}

SessionPrograms::~SessionPrograms() = default;

void SessionPrograms::reset() {
    call_.reset();
    body_plans_.clear();
}

bool Connection::is_in_call() const {
    return programs_->is_in_call();
}

bool Connection::give_up_waiting(ResultSink& sink) {
    if (programs_->is_in_call()) {
        programs_->give_up();
        return false;
    }
    sink.failed(end_waiting());
    return true;
}

void SessionPrograms::prepare_call(ResultSink& sink) {
    if (!connection_.is_killed_) connection_.is_interrupted_ = false;
    connection_.time_limit_.reset();
    connection_.context_.error.reset();
    connection_.context_.warnings.clear();
    connection_.context_.row_count = 0;
    connection_.context_.now = connection_.engine_.clock().now();
    if (!connection_.in_transaction_ || !connection_.has_snapshot_)
        connection_.catalog_ = connection_.session_catalog();
    if (connection_.kept_.size() > limits::plan_cache_entries) connection_.kept_.clear();
    if (body_plans_.size() > limits::body_plans) body_plans_.clear();
    call_ = std::make_unique<Interpreter>(connection_, &sink);
}

// Never on a thread that serves others: what it has committed could not be undone there. While it
// waits its interpreter keeps where it is, and the next execute goes on.
Progress SessionPrograms::execute_call(
    PreparedStatement& statement,
    std::span<const Parameter> parameters,
    ResultSink& sink
) {
    connection_.takes_long_ = false;
    if (connection_.inline_limit_) return Progress::takes_long;
    if (!call_) {
        prepare_call(sink);
        call_->begin(statement.tree(), parameters);
    }
    return go_on(sink);
}

Progress SessionPrograms::execute_event(const ProgramPtr& body, ResultSink& sink) {
    if (!call_) {
        prepare_call(sink);
        call_->begin(body);
    }
    return go_on(sink);
}

Progress SessionPrograms::go_on(ResultSink& sink) {
    try {
        if (call_->resume(sink) == Progress::waits) return Progress::waits;
        call_.reset();
        const auto affected = std::max<std::int64_t>(connection_.context_.row_count, 0);
        sink.done(
            {.affected_rows = static_cast<std::uint64_t>(affected),
             .last_insert_id = 0,
             .information = {}}
        );
    } catch (const SQLError& error) {
        const SQLError ended = error;
        const std::string state(error.sqlstate);
        call_.reset();
        connection_.context_.row_count = -1;
        sink.failed({ended.code, interned_state(state), ended.message});
    }
    connection_.end_attempt();
    return Progress::finished;
}

// A statement of a procedure: on its own as a client's would be, but that errors are thrown.
Progress SessionPrograms::execute_inside(
    PreparedStatement& statement,
    std::span<const Parameter> parameters,
    ResultSink& sink
) {
    if (is_still_waiting()) return Progress::waits;
    auto current = connection_.attempt_of(statement, parameters, sink);
    current.is_inside = true;
    auto progress = Progress::finished;
    try {
        progress = connection_.attempt(current);
    } catch (const SQLError& error) {
        connection_.take_back(current, error);
        connection_.parameters_ = {};
        connection_.end_attempt();
        throw;
    }
    connection_.parameters_ = {};
    connection_.end_attempt();
    return progress;
}

// Throws what ended the wait.
bool SessionPrograms::is_still_waiting() {
    if (connection_.waiting_ == Connection::Waiting::nothing) return false;
    if (std::exchange(gave_up_, false)) throw connection_.end_waiting();
    return !connection_.may_go_on();
}

// A statement of a function or a trigger: a part of the one around it.
void SessionPrograms::execute_nested(
    PreparedStatement& statement,
    std::span<const Parameter> parameters,
    ResultSink& sink
) {
    const auto& parsed = statement.parsed.statement;
    refuse_in_function(parsed);
    const bool writes = connection_.needs_writer(parsed);
    const auto* select = std::get_if<Select>(&parsed);
    if ((writes || (select != nullptr && connection_.locks_rows(*select))) &&
        !connection_.statement_writes_)
        throw NeedsPlace{};
    if (writes) check_free(parsed);
    if (!std::holds_alternative<GetDiagnostics>(parsed)) connection_.context_.warnings.clear();
    const auto changes_before = connection_.pending_.changes.size();
    if (writes) execute_sqlite(connection_.sqlite_.get(), "SAVEPOINT nested");
    const auto outer = std::exchange(connection_.parameters_, parameters);
    Run run{statement, parameters, sink, {}};
    try {
        connection_.dispatch(run);
    } catch (const SQLError& error) {
        connection_.parameters_ = outer;
        connection_.context_.warnings.push_back(
            {"Error", error.code, error.message, std::string(error.sqlstate)}
        );
        if (!writes || connection_.takes_long_) throw;
        connection_.keep_locks(changes_before, false);
        execute_sqlite(connection_.sqlite_.get(), "ROLLBACK TO nested; RELEASE nested");
        connection_.pending_.changes.resize(
            std::min(changes_before, connection_.pending_.changes.size())
        );
        throw;
    }
    connection_.parameters_ = outer;
    if (writes) execute_sqlite(connection_.sqlite_.get(), "RELEASE nested");
}

// MySQL: a function or a trigger changes no table that the statement around it uses.
void SessionPrograms::check_free(const Statement& statement) {
    const auto schema_or = [](const std::string& schema, const std::string& database) {
        return schema.empty() ? database : schema;
    };
    const auto tables_of = [&](Busy& busy) -> const auto& {
        if (busy.tables) return *busy.tables;
        auto& tables = busy.tables.emplace();
        if (busy.statement == nullptr) {
            tables.emplace_back(busy.schema, busy.table);
        } else {
            for (const auto& need : needs_of(*busy.statement, *connection_.catalog_, busy.schema))
                if (!need.table.empty())
                    tables.emplace_back(schema_or(need.schema, busy.schema), need.table);
        }
        return tables;
    };
    for (const auto& need :
         needs_of(statement, *connection_.catalog_, connection_.context_.database)) {
        const bool changes = need.privilege == Privilege::insert ||
                             need.privilege == Privilege::update ||
                             need.privilege == Privilege::remove;
        if (!changes) continue;
        const std::pair target(need.schema, need.table);
        for (auto& busy : busy_) {
            const auto& tables = tables_of(busy);
            if (std::find(tables.begin(), tables.end(), target) != tables.end())
                throw SQLError{
                    1442,
                    "HY000",
                    fmt::format(
                        "Can't update table '{}' in stored function/trigger because it is already "
                        "used by statement which invoked this stored function/trigger.",
                        need.table
                    )
                };
        }
    }
}

PreparedStatement& SessionPrograms::body_statement(const ParsedPtr& tree, const std::string& text) {
    auto& plan = body_plans_[tree.get()];
    if (!plan.statement) {
        plan.tree = tree;
        plan.statement = std::make_shared<PreparedStatement>(text, tree);
    }
    return *plan.statement;
}

// An expression that reads no table and calls no stored function; those are statements.
std::optional<Evaluated>
SessionPrograms::compute_alone(const ParsedPtr& tree, std::span<const Parameter> parameters) {
    const auto& expr = *std::get<Select>(tree->statement).items[0].expression;

    struct Saved {
        ~Saved() { place = before; }

        std::span<const Parameter>& place;
        std::span<const Parameter> before;
    } saved{connection_.parameters_, connection_.parameters_};

    connection_.parameters_ = parameters;
    if (auto known = connection_.literal(expr)) return known;
    if (tree->has_subquery) return std::nullopt;
    auto& plan = body_plans_[tree.get()];
    plan.tree = tree;
    const auto classes = connection_.parameter_classes();
    const bool is_ready = plan.computation &&
                          plan.catalog_version == connection_.catalog_->version &&
                          plan.database == connection_.context_.database && plan.classes == classes;
    if (!is_ready) {
        const auto typed = Translator(connection_.names(classes)).value(expr);
        plan.catalog_version = connection_.catalog_->version;
        plan.database = connection_.context_.database;
        plan.classes = classes;
        plan.type = typed.type;
        plan.calls_functions = typed.sql.find("my_call(") != std::string::npos;
        plan.computation = prepare_sqlite(connection_.sqlite_.get(), "SELECT " + typed.sql);
    }
    if (plan.calls_functions) return std::nullopt;
    if (nesting_ == 0) connection_.context_.now = connection_.engine_.clock().now();
    connection_.context_.error.reset();
    auto* statement = plan.computation.get();
    const Resetting resetting(statement);
    const auto count = static_cast<std::size_t>(sqlite3_bind_parameter_count(statement));
    for (std::size_t i = 0; i < std::min(count, parameters.size()); ++i)
        bind_value(statement, static_cast<int>(i + 1), parameters[i].value);
    if (sqlite3_step(statement) != SQLITE_ROW) connection_.step_error();
    return Evaluated{plan.type, column_value(statement, 0).owned()};
}

const Type* SessionPrograms::interned(const Type& type) {
    for (const auto& known : types_)
        if (known.kind == type.kind && known.is_unsigned == type.is_unsigned &&
            known.is_zerofill == type.is_zerofill && known.length == type.length &&
            known.scale == type.scale && known.collation == type.collation &&
            known.members == type.members)
            return &known;
    types_.push_back(type);
    return &types_.back();
}

std::string_view SessionPrograms::interned_state(const std::string& state) {
    return *states_.insert(state).first;
}

// SELECT … INTO.
void SessionPrograms::take_into(const Select& select, const KeptRows& kept) {
    if (kept.types.size() != select.into.size())
        throw SQLError{
            1222,
            "21000",
            "The used SELECT statements have a different number of columns"
        };
    if (select.into[0].kind == Destination::Kind::nowhere) { // DO
        connection_.context_.row_count = 0;
        return;
    }
    if (kept.rows.size() > 1)
        throw SQLError{1172, "42000", "Result consisted of more than one row"};
    connection_.context_.row_count = static_cast<std::int64_t>(kept.rows.size());
    if (kept.rows.empty())
        return connection_.context_.warn(
            {1329, "02000", "No data - zero rows fetched, selected, or processed"}
        );
    for (std::size_t i = 0; i < select.into.size(); ++i) {
        const Evaluated value{kept.types[i], kept.rows[0][i]};
        if (running_ != nullptr)
            running_->assign(select.into[i], value);
        else
            assign_user(select.into[i].name, value);
    }
}

void SessionPrograms::assign_user(const std::string& name, Evaluated value) {
    if (value.type.kind == TypeKind::timestamp && !value.value.is_null())
        value.value.bytes =
            local_text(connection_.context_.zone(), value.value.bytes, value.type.scale);
    const bool is_other =
        value.type.is_decimal() || value.type.may_be_wide() || value.type.kind == TypeKind::time;
    connection_.context_.assign_user_variable(
        name,
        is_other && !value.value.is_null() ? Value::text(text_of(value.type, value.value))
                                           : value.value
    );
}

// Who made a program may run it, as may those who have EXECUTE for it or its database.
void SessionPrograms::check_execution(const StoredProgram& program) const {
    if (connection_.context_.may_do_everything) return;
    const bool is_own = account_in(program.definer) == connection_.context_.account();
    const GrantLevel level{
        program.schema,
        lower_case(program.name),
        std::string(program_word(program.kind))
    };
    if (is_own || connection_.rights()->allows(Privilege::execute, level)) return;
    throw routine_denied("execute", program.full_name(), connection_.account());
}

} // namespace diorama::rds::sql
