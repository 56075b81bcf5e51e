// The frame around every statement: parsing, plans, the writer's place, transactions.
#include "services/rds/data/sql/connection.hpp"

#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/access.hpp"
#include "services/rds/data/sql/functions.hpp"
#include "services/rds/data/sql/lateral.hpp"
#include "services/rds/data/sql/pausing.hpp"
#include "services/rds/data/sql/program_parts.hpp"
#include "services/rds/data/sql/session_accounts.hpp"
#include "services/rds/data/sql/session_events.hpp"
#include "services/rds/data/sql/session_programs.hpp"
#include "services/rds/data/sql/setting_aside.hpp"
#include "services/rds/data/sql/table_creation.hpp"
#include "services/rds/limits.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace diorama::rds::sql {

Connection::Connection(Engine& engine, Context context)
    : engine_(engine)
    , context_(std::move(context))
    , sqlite_(open_sqlite(engine.settings().path))
    , catalog_(engine.catalog())
    , programs_(std::make_unique<SessionPrograms>(*this)) {
    register_collations(sqlite_.get());
    register_lateral(sqlite_.get());
    register_functions(sqlite_.get(), context_);
    programs_->register_calls();
    constexpr int operations_between = 4000; // some tens of microseconds
    sqlite3_progress_handler(
        sqlite_.get(),
        operations_between,
        [](void* self) { return static_cast<int>(static_cast<Connection*>(self)->must_stop()); },
        this
    );
    context_.engine = &engine;
    context_.pause = [this](Duration duration) { return pause(duration); };
    context_.lock_owner = this;
    execute_sqlite(sqlite_.get(), "PRAGMA temp_store=MEMORY");
    execute_sqlite(
        sqlite_.get(),
        engine.settings().is_durable ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=OFF"
    );
    engine.watch_log(sqlite_.get());
    reset();
    engine_.session_opened(context_.connection_id, *this);
    engine_.counters.connections_open++;
    engine_.counters.connections_made++;
}

Connection::~Connection() {
    engine_.session_closed(context_.connection_id); // from here on nobody can kill it
    is_interrupted_ = false;
    programs_->end_call();
    rollback();
    forget_named();
    engine_.writer_lock().withdraw(this);
    engine_.counters.connections_open--;
}

void Connection::reset() {
    programs_->reset();
    temporary_.drop_all(sqlite_.get());
    rollback();
    engine_.release_named_locks(context_.connection_id);
    context_.user_variables.clear();
    forget_named();
    context_.warnings.clear();
    context_.last_insert_id = 0;
    auto variables = engine_.global_variables();
    for (const auto* name : {"sql_mode", "collation_connection", "character_set_client"})
        if (context_.variables[name] != variables[name]) forget_plans();
    context_.variables = std::move(variables);
    context_.note_character_sets();
    context_.variables["pseudo_thread_id"] = fmt::format("{}", context_.connection_id);
    context_.changes = {};
    context_.query_attributes.clear();
    autocommits_ = true;
    is_read_only_transaction_ = false;
}

std::variant<PreparedPtr, SQLError> Connection::prepare(std::string_view text) {
    if (const auto found = recent_by_text_.find(text); found != recent_by_text_.end()) {
        recent_.splice(recent_.begin(), recent_, found->second);
        return found->second->second;
    }
    auto parsed = parse(text, {}, modes());
    if (auto* error = std::get_if<SQLError>(&parsed)) return std::move(*error);
    auto tree =
        std::make_shared<const ParsedStatement>(std::move(std::get<ParsedStatement>(parsed)));
    auto statement = std::make_shared<PreparedStatement>(std::string(text), std::move(tree));
    constexpr std::size_t longest_kept = 4096;
    if (text.size() <= longest_kept &&
        std::holds_alternative<Select>(statement->parsed.statement)) {
        recent_.emplace_front(statement->text, statement);
        recent_by_text_.emplace(statement->text, recent_.begin());
        if (recent_.size() > limits::plan_cache_entries) {
            recent_by_text_.erase(recent_.back().first);
            recent_.pop_back();
        }
    }
    return statement;
}

std::variant<std::vector<OutputColumn>, SQLError> Connection::describe(PreparedStatement& statement
) {
    catalog_ = session_catalog();
    const auto* select = std::get_if<Select>(&statement.parsed.statement);
    if (select == nullptr || !select->into.empty()) return std::vector<OutputColumn>{};
    try {
        classes_.assign(statement.parsed.parameter_count, ParameterClass::text);
        return Translator(names(classes_)).select(*select).columns;
    } catch (const SQLError& error) {
        return error;
    }
}

namespace {

bool fills_table(const Statement& statement) {
    const auto* create = std::get_if<CreateTable>(&statement);
    return create != nullptr && create->select;
}

} // namespace

bool Connection::needs_writer(const Statement& statement) const {
    return std::holds_alternative<Insert>(statement) || std::holds_alternative<Update>(statement) ||
           std::holds_alternative<Delete>(statement) ||
           std::holds_alternative<LoadData>(statement) || is_definition(statement) ||
           fills_table(statement);
}

bool Connection::is_definition(const Statement& statement) const {
    if (!defines(statement)) return false;
    // MySQL: making and dropping temporary tables commits nothing.
    if (const auto* create = std::get_if<CreateTable>(&statement); create && create->is_temporary)
        return false;
    if (const auto* drop = std::get_if<DropTables>(&statement); drop && drop->is_temporary)
        return false;
    return true;
}

// SQLite's own statements around others, without reading them each time.
void Connection::control(std::string_view text) {
    auto known = kept_.find(text);
    if (known == kept_.end())
        known = kept_.emplace(text, prepare_sqlite(sqlite_.get(), text)).first;
    auto* statement = known->second.get();
    const Resetting resetting(statement);
    if (sqlite3_step(statement) != SQLITE_DONE) throw_sqlite_error(sqlite_.get());
}

bool Connection::has_mode(std::string_view mode) const {
    const auto modes = context_.variables.find("sql_mode");
    return modes != context_.variables.end() && modes->second.find(mode) != std::string::npos;
}

Modes Connection::modes() const {
    const auto modes = context_.variables.find("sql_mode");
    auto result = modes == context_.variables.end() ? Modes{} : modes_of(modes->second);
    result.client_set = context_.client_set;
    return result;
}

bool Connection::is_strict() const {
    return has_mode("STRICT_");
}

// MySQL: in strict mode a row whose making divided by zero is refused.
void Connection::refuse_division(bool ignores_errors) const {
    if (ignores_errors || !is_strict()) return;
    for (const auto& warning : context_.warnings)
        if (warning.code == 1365) throw SQLError{1365, "22012", warning.message};
}

Attempt Connection::attempt_of(
    PreparedStatement& statement,
    std::span<const Parameter> parameters,
    ResultSink& sink
) const {
    const auto& parsed = statement.parsed.statement;
    Attempt current{statement, parameters, sink};
    current.writes = needs_writer(parsed);
    current.is_definition = is_definition(parsed);
    const auto* select = std::get_if<Select>(&parsed);
    current.locks = select != nullptr && locks_rows(*select);
    return current;
}

Progress Connection::execute(
    PreparedStatement& statement,
    std::span<const Parameter> parameters,
    ResultSink& sink
) {
    const auto& parsed = statement.parsed.statement;
    if (const auto* named = std::get_if<ExecutePrepared>(&parsed))
        return execute_named(*named, sink);
    if (std::holds_alternative<CallProcedure>(parsed))
        return programs_->execute_call(statement, parameters, sink);
    if (kept_.size() > limits::plan_cache_entries) kept_.clear();
    auto current = attempt_of(statement, parameters, sink);
    auto progress = Progress::finished;
    try {
        if (!may_go_on()) return Progress::waits;
        progress = attempt(current);
    } catch (const SQLError& error) {
        if (takes_long_) {
            undo(current, true);
            progress = Progress::takes_long;
        } else {
            fail(current, error);
        }
    }
    parameters_ = parameters; // an error may have left others
    end_attempt(&parsed);
    parameters_ = {};
    return progress;
}

// Begun anew whenever a lock that was in the way has been granted.
Progress Connection::attempt(Attempt& current) {
    const auto& parsed = current.statement.parsed.statement;
    if (inline_limit_ && !may_start_over(parsed)) {
        takes_long_ = true;
        return Progress::takes_long;
    }
    while (true) {
        refuse_writing(current);
        if (SettingAside aside(*this); aside.fits(current)) {
            using Result = SettingAside::Result;
            const auto result = aside.attempt(current);
            if (result == Result::finished) return Progress::finished;
            if (result == Result::waits) return Progress::waits;
            if (result == Result::again) continue;
        }
        const bool goes_on = waiting_ != Waiting::nothing;
        const bool needs_place = current.writes || current.locks || needs_place_to_read(parsed) ||
                                 (!pending_.changes.empty() && needs_own_changes(parsed));
        if (needs_place && !take_writer()) return Progress::waits;
        // MySQL: a definition commits what was open before it.
        if (current.is_definition && !goes_on) {
            commit();
            if (!take_writer()) return Progress::waits;
        }
        waiting_ = Waiting::nothing;
        try {
            run_once(current);
            return Progress::finished;
        } catch (const LockIsTaken& taken) {
            undo(current, true);
            if (!wait_for(taken.wanted)) return Progress::waits;
        } catch (const NeedsPlace&) {
            undo(current, true);
            current.writes = true;
        }
    }
}

void Connection::run_once(Attempt& current) {
    const auto& parsed = current.statement.parsed.statement;
    if (owns_writer_ && only_pauses(parsed)) park();
    if (!in_transaction_ || !has_snapshot_ || current.writes) catalog_ = session_catalog();
    temporary_.restore(sqlite_.get());
    context_.now = engine_.clock().now();
    start_clock(parsed, current.is_inside);
    const auto* show = std::get_if<Show>(&parsed);
    const bool keeps_warnings = std::holds_alternative<GetDiagnostics>(parsed) ||
                                (show != nullptr && (show->kind == Show::Kind::warnings ||
                                                     show->kind == Show::Kind::errors));
    if (!keeps_warnings) context_.warnings.clear();
    if (!in_transaction_ && !autocommits_ &&
        (current.writes || std::holds_alternative<Select>(parsed)))
        in_transaction_ = true;
    engine_.counters.statements++;
    parameters_ = current.parameters;
    current.changes_before = pending_.changes.size();
    statement_writes_ = current.writes;
    if (current.writes && !writes_aside_) {
        control("SAVEPOINT statement");
        current.has_savepoint = true;
    }
    Run run{current.statement, current.parameters, current.sink, {}};
    if (current.is_definition) lock_defined(parsed);
    dispatch(run);
    if (current.has_savepoint) control("RELEASE statement");
    current.has_savepoint = false;
    const bool is_alone = !in_transaction_ || current.is_definition;
    if (owns_writer_ && is_alone) commit();
}

// Takes back what the statement did; what it has locked stays locked.
void Connection::undo(Attempt& current, bool starts_over) {
    if (current.has_savepoint)
        sqlite3_exec(
            sqlite_.get(),
            "ROLLBACK TO statement; RELEASE statement",
            nullptr,
            nullptr,
            nullptr
        );
    current.has_savepoint = false;
    changes_catalog_ = false;
    if (starts_over && context_.variables_before)
        context_.user_variables = std::move(*context_.variables_before);
    context_.variables_before.reset();
    keep_locks(current.changes_before, starts_over);
    if (pending_.changes.size() > current.changes_before)
        pending_.changes.resize(current.changes_before);
    // SQLite: an interrupted change may take the whole transaction with it.
    if (owns_writer_ && sqlite3_get_autocommit(sqlite_.get()) != 0) begin_writing();
}

void Connection::fail(Attempt& current, const SQLError& error) {
    take_back(current, error);
    current.sink.failed(error);
}

void Connection::take_back(Attempt& current, const SQLError& error) {
    const bool is_alone = !in_transaction_ || current.is_definition;
    if (current.has_savepoint) undo(current, false);
    changes_catalog_ = false;
    if ((owns_writer_ || has_entered_) && is_alone) rollback();
    // It may have been refused when its turn had come.
    if (!owns_writer_) engine_.writer_lock().withdraw(this);
    waiting_ = Waiting::nothing;
    catalog_ = session_catalog();
    context_.warnings.push_back({"Error", error.code, error.message, std::string(error.sqlstate)});
    context_.row_count = -1;
}

void Connection::refuse_writing(const Attempt& current) const {
    if (!current.writes) return;
    if (engine_.is_read_only() && !is_internal_) throw read_only_option("--read-only");
    if (in_transaction_ && is_read_only_transaction_ && !current.is_definition)
        throw SQLError{1792, "25006", "Cannot execute statement in a READ ONLY transaction."};
}

// Which statements leave nothing behind when they are undone in the middle.
bool Connection::may_start_over(const Statement& statement) {
    return std::holds_alternative<Select>(statement) || std::holds_alternative<Insert>(statement) ||
           std::holds_alternative<Update>(statement) || std::holds_alternative<Delete>(statement) ||
           std::holds_alternative<Transaction>(statement) ||
           std::holds_alternative<SetVariables>(statement) ||
           std::holds_alternative<SetNames>(statement) ||
           std::holds_alternative<SetTransaction>(statement) ||
           std::holds_alternative<Use>(statement) || std::holds_alternative<Show>(statement) ||
           std::holds_alternative<Kill>(statement) || std::holds_alternative<Prepare>(statement) ||
           std::holds_alternative<DeallocatePrepared>(statement) ||
           std::holds_alternative<Signal>(statement) ||
           std::holds_alternative<GetDiagnostics>(statement);
}

void Connection::dispatch(Run& current) {
    const auto& parsed = current.statement.parsed.statement;
    SessionAccounts(*this).check_access(parsed);
    const SessionPrograms::Using with_tables(*programs_, {&parsed, context_.database, {}});
    if (changes_view(parsed, *catalog_, context_.database)) return run_on_view(current);
    std::visit(
        [&](const auto& statement) {
            if constexpr (requires(SessionAccounts accounts) { accounts.run(current, statement); })
                SessionAccounts(*this).run(current, statement);
            else if constexpr (requires(SessionEvents events) { events.run(current, statement); })
                SessionEvents(*this).run(current, statement);
            else
                run(current, statement);
        },
        parsed
    );
}

void Connection::run(Run& current, const CreateTable& create) {
    TableCreation(*this).run(current, create);
}

} // namespace diorama::rds::sql
