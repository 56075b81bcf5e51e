// The frame around every statement: parsing, plans, the writer's place, transactions.
#include "services/rds/data/sql/connection.hpp"

#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/functions.hpp"
#include "services/rds/limits.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

Connection::Connection(Engine& engine, Context context)
    : engine_(engine)
    , context_(std::move(context))
    , sqlite_(open_sqlite(engine.settings().path))
    , catalog_(engine.catalog()) {
    register_collations(sqlite_.get());
    register_functions(sqlite_.get(), context_);
    constexpr int operations_between = 4000; // some tens of microseconds
    sqlite3_progress_handler(
        sqlite_.get(),
        operations_between,
        [](void* self) { return static_cast<int>(static_cast<Connection*>(self)->must_stop()); },
        this
    );
    context_.engine = &engine;
    execute_sqlite(sqlite_.get(), "PRAGMA temp_store=MEMORY");
    execute_sqlite(
        sqlite_.get(),
        engine.settings().is_durable ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=OFF"
    );
    reset();
    engine_.session_opened(context_.connection_id, *this);
    engine_.counters.connections_open++;
    engine_.counters.connections_made++;
}

Connection::~Connection() {
    engine_.session_closed(context_.connection_id); // from here on nobody can kill it
    is_interrupted_ = false;
    rollback();
    engine_.writer_lock().withdraw(this);
    engine_.counters.connections_open--;
}

void Connection::reset() {
    rollback();
    engine_.release_named_locks(context_.connection_id);
    context_.user_variables.clear();
    named_.clear();
    context_.warnings.clear();
    context_.last_insert_id = 0;
    context_.variables = engine_.global_variables();
    context_.variables["pseudo_thread_id"] = fmt::format("{}", context_.connection_id);
    autocommits_ = true;
    is_read_only_transaction_ = false;
}

std::variant<PreparedPtr, SQLError> Connection::prepare(std::string_view text) {
    if (const auto found = recent_by_text_.find(text); found != recent_by_text_.end()) {
        recent_.splice(recent_.begin(), recent_, found->second);
        return found->second->second;
    }
    auto parsed = parse(text);
    if (auto* error = std::get_if<SQLError>(&parsed)) return std::move(*error);
    auto statement = std::make_shared<PreparedStatement>();
    statement->text = text;
    statement->parsed = std::move(std::get<ParsedStatement>(parsed));
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
    catalog_ = engine_.catalog();
    const auto* select = std::get_if<Select>(&statement.parsed.statement);
    if (select == nullptr) return std::vector<OutputColumn>{};
    try {
        classes_.assign(statement.parsed.parameter_count, ParameterClass::text);
        return Translator(names(classes_)).select(*select).columns;
    } catch (const SQLError& error) {
        return error;
    }
}

bool Connection::needs_writer(const Statement& statement) const {
    return std::holds_alternative<Insert>(statement) || std::holds_alternative<Update>(statement) ||
           std::holds_alternative<Delete>(statement) || is_definition(statement);
}

bool Connection::is_definition(const Statement& statement) const {
    return std::holds_alternative<CreateTable>(statement) ||
           std::holds_alternative<AlterTable>(statement) ||
           std::holds_alternative<DropTables>(statement) ||
           std::holds_alternative<RenameTables>(statement) ||
           std::holds_alternative<TruncateTable>(statement) ||
           std::holds_alternative<CreateDatabase>(statement) ||
           std::holds_alternative<DropDatabase>(statement) ||
           std::holds_alternative<CreateUser>(statement) ||
           std::holds_alternative<DropUser>(statement);
}

bool Connection::is_strict() const {
    const auto mode = context_.variables.find("sql_mode");
    return mode != context_.variables.end() && mode->second.find("STRICT_") != std::string::npos;
}

Progress Connection::execute(
    PreparedStatement& statement,
    std::span<const Parameter> parameters,
    ResultSink& sink
) {
    const auto& parsed = statement.parsed.statement;
    if (const auto* named = std::get_if<ExecutePrepared>(&parsed))
        return execute_named(*named, sink);
    const bool writes = needs_writer(parsed);
    bool has_begun = false;
    if (kept_.size() > limits::plan_cache_entries) kept_.clear();
    try {
        if (writes && engine_.is_read_only() && !is_internal_)
            throw read_only_option("--read-only");
        if (writes && in_transaction_ && is_read_only_transaction_ && !is_definition(parsed))
            throw SQLError{1792, "25006", "Cannot execute statement in a READ ONLY transaction."};
        // MySQL: a definition commits what was open before it.
        if (is_definition(parsed) && !is_waiting_) commit();
        // DIFFERS: FOR UPDATE takes the writer's place, not the locks of its rows; alone, none at
        // all.
        const auto* select = std::get_if<Select>(&parsed);
        const bool locks = select != nullptr && select->locking == Locking::update &&
                           (in_transaction_ || !autocommits_) && !engine_.is_read_only();
        if ((writes || locks) && !take_writer()) return Progress::waits_for_writer;
        is_waiting_ = false;
        if (!in_transaction_ || !has_snapshot_ || writes) catalog_ = engine_.catalog();
        context_.now = engine_.clock().now();
        start_clock(parsed);
        const auto* show = std::get_if<Show>(&parsed);
        const bool keeps_warnings = show != nullptr && (show->kind == Show::Kind::warnings ||
                                                        show->kind == Show::Kind::errors);
        if (!keeps_warnings) context_.warnings.clear();
        if (!in_transaction_ && !autocommits_ && (writes || std::holds_alternative<Select>(parsed)))
            in_transaction_ = true;
        engine_.counters.statements++;
        parameters_ = parameters;
        if (writes) {
            execute_sqlite(sqlite_.get(), "SAVEPOINT statement");
            has_begun = true;
        }
        const auto changes_before = pending_.changes.size();
        Run run{statement, parameters, sink, {}};
        try {
            dispatch(run);
        } catch (const SQLError&) {
            pending_.changes.resize(std::min(changes_before, pending_.changes.size()));
            throw;
        }
        if (has_begun) execute_sqlite(sqlite_.get(), "RELEASE statement");
        if (writes && (!in_transaction_ || is_definition(parsed))) commit();
    } catch (const SQLError& error) {
        if (has_begun) {
            sqlite3_exec(
                sqlite_.get(),
                "ROLLBACK TO statement; RELEASE statement",
                nullptr,
                nullptr,
                nullptr
            );
        }
        changes_catalog_ = false;
        if (writes && (!in_transaction_ || is_definition(parsed))) rollback();
        catalog_ = engine_.catalog();
        context_.warnings.push_back({"Error", error.code, error.message});
        context_.row_count = -1;
        sink.failed(error);
    }
    parameters_ = {};
    return Progress::finished;
}

void Connection::dispatch(Run& current) {
    std::visit(
        [&](const auto& statement) { run(current, statement); },
        current.statement.parsed.statement
    );
}

void Connection::give_up_waiting(ResultSink& sink) {
    engine_.writer_lock().withdraw(this);
    is_waiting_ = false;
    sink.failed(lock_wait_timeout());
}

bool Connection::take_writer() {
    if (owns_writer_) return true;
    if (!engine_.writer_lock().acquire(this, wake_up_)) {
        is_waiting_ = true;
        return false;
    }
    // DIFFERS: InnoDB keeps reading the snapshot; here the transaction goes on from the newest
    // state.
    close_snapshot();
    execute_sqlite(sqlite_.get(), "BEGIN IMMEDIATE");
    owns_writer_ = true;
    return true;
}

void Connection::close_snapshot() {
    if (has_snapshot_) execute_sqlite(sqlite_.get(), "COMMIT");
    has_snapshot_ = false;
}

void Connection::begin_read() {
    const auto isolation = context_.variables.find("transaction_isolation");
    const bool keeps =
        isolation == context_.variables.end() || !isolation->second.starts_with("READ-");
    if (!in_transaction_ || owns_writer_ || has_snapshot_ || !keeps) return;
    execute_sqlite(sqlite_.get(), "BEGIN");
    has_snapshot_ = true;
}

void Connection::commit() {
    close_snapshot();
    in_transaction_ = false;
    savepoints_.clear();
    savepoint_marks_.clear();
    if (!owns_writer_) return;
    std::uint64_t position = 0;
    try {
        const bool is_change = !pending_.changes.empty() || pending_.position != 0;
        if (is_change) {
            position = pending_.position != 0 ? pending_.position : engine_.position() + 1;
            const auto moment = pending_.position != 0 ? pending_.committed : engine_.clock().now();
            auto& state = kept_["position"];
            if (!state) state = prepare_sqlite(sqlite_.get(), "UPDATE mysql_state SET position=?1");
            const Resetting reset_state(state.get());
            sqlite3_bind_int64(state.get(), 1, static_cast<std::int64_t>(position));
            sqlite3_step(state.get());
            if (engine_.settings().logs_changes) {
                auto& log = kept_["log"];
                if (!log)
                    log = prepare_sqlite(sqlite_.get(), "INSERT INTO mysql_log VALUES(?1,?2,?3)");
                const Resetting reset_log(log.get());
                const auto bytes = encode(pending_.changes);
                sqlite3_bind_int64(log.get(), 1, static_cast<std::int64_t>(position));
                sqlite3_bind_int64(log.get(), 2, moment.time_since_epoch().count());
                sqlite3_bind_blob64(log.get(), 3, bytes.data(), bytes.size(), SQLITE_STATIC);
                if (sqlite3_step(log.get()) != SQLITE_DONE) throw_sqlite_error(sqlite_.get());
            }
        }
        execute_sqlite(sqlite_.get(), "COMMIT");
    } catch (const SQLError&) {
        rollback();
        throw;
    }
    if (changes_catalog_) {
        engine_.publish(catalog_);
        kept_.clear();
    }
    changes_catalog_ = false;
    pending_ = {};
    owns_writer_ = false;
    engine_.counters.commits++;
    if (position != 0) engine_.committed(position);
    engine_.writer_lock().release(this);
}

void Connection::rollback() {
    if (owns_writer_ || has_snapshot_)
        sqlite3_exec(sqlite_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    if (owns_writer_ || in_transaction_) engine_.counters.rollbacks++;
    has_snapshot_ = false;
    in_transaction_ = false;
    changes_catalog_ = false;
    pending_ = {};
    savepoints_.clear();
    savepoint_marks_.clear();
    if (owns_writer_) engine_.writer_lock().release(this);
    owns_writer_ = false;
}

std::optional<SQLError> Connection::use(std::string_view database) {
    const auto catalog = engine_.catalog();
    const auto* found = catalog->find_database(database);
    if (found == nullptr) return unknown_database(database);
    context_.database = found->name;
    context_.variables["collation_database"] = collation_name(found->collation);
    return std::nullopt;
}

void Connection::run(Run& current, const Transaction& transaction) {
    using Kind = Transaction::Kind;
    const auto mark = [&] {
        return std::find(savepoints_.rbegin(), savepoints_.rend(), transaction.name);
    };
    const auto found = mark();
    const auto index = static_cast<std::size_t>(savepoints_.rend() - found) - 1;
    const auto name = fmt::format("u{}", index);
    switch (transaction.kind) {
    case Kind::begin:
        commit();
        in_transaction_ = true;
        is_read_only_transaction_ = transaction.is_read_only;
        if (transaction.takes_snapshot) begin_read();
        break;
    case Kind::commit:
        commit();
        break;
    case Kind::rollback:
        rollback();
        break;
    case Kind::savepoint:
        if (!in_transaction_ && autocommits_) break;
        in_transaction_ = true;
        savepoints_.push_back(transaction.name);
        savepoint_marks_.push_back(pending_.changes.size());
        if (owns_writer_)
            execute_sqlite(sqlite_.get(), fmt::format("SAVEPOINT u{}", savepoints_.size() - 1));
        break;
    case Kind::rollback_to_savepoint:
        if (found == savepoints_.rend()) throw no_such_savepoint(transaction.name);
        if (owns_writer_) {
            // A savepoint from before the first write is not known to SQLite: all is undone.
            const bool is_known = sqlite3_exec(
                                      sqlite_.get(),
                                      ("ROLLBACK TO " + name).c_str(),
                                      nullptr,
                                      nullptr,
                                      nullptr
                                  ) == SQLITE_OK;
            if (!is_known) execute_sqlite(sqlite_.get(), "ROLLBACK; BEGIN IMMEDIATE");
            pending_.changes.resize(is_known ? savepoint_marks_[index] : 0);
        }
        savepoints_.resize(index + 1);
        savepoint_marks_.resize(index + 1);
        break;
    case Kind::release_savepoint:
        if (found == savepoints_.rend()) throw no_such_savepoint(transaction.name);
        if (owns_writer_)
            sqlite3_exec(sqlite_.get(), ("RELEASE " + name).c_str(), nullptr, nullptr, nullptr);
        savepoints_.resize(index);
        savepoint_marks_.resize(index);
        break;
    }
    context_.row_count = 0;
    current.sink.done({});
}

void Connection::run(Run& current, const Use& target) {
    if (auto error = use(target.database)) throw std::move(*error);
    current.sink.done({});
}

} // namespace diorama::rds::sql
