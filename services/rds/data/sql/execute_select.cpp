// Running queries, and values that are needed outside of one.
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/character_set.hpp"
#include "services/rds/data/sql/connection.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/local_times.hpp"
#include "services/rds/data/sql/read_view.hpp"
#include "services/rds/data/sql/session_programs.hpp"

#include <fmt/core.h>

#include <array>

namespace diorama::rds::sql {

Translator::Names Connection::names(const std::vector<ParameterClass>& classes) const {
    return {*catalog_, context_.database, classes, context_.variables};
}

PreparedStatement::Plan& Connection::plan(
    PreparedStatement& statement,
    const Select& select,
    std::span<const Parameter> parameters
) {
    for (auto& known : statement.plans) {
        if (known->catalog_version != catalog_->version || known->database != context_.database)
            continue;
        bool fits = known->classes.size() == parameters.size();
        for (std::size_t i = 0; fits && i < parameters.size(); ++i)
            fits = known->classes[i] == parameters[i].kind;
        if (fits) return *known;
    }
    std::erase_if(statement.plans, [&](const auto& known) {
        return known->catalog_version != catalog_->version;
    });
    auto fresh = std::make_unique<PreparedStatement::Plan>();
    fresh->catalog_version = catalog_->version;
    fresh->database = context_.database;
    for (const auto& parameter : parameters)
        fresh->classes.push_back(parameter.kind);
    auto translated = Translator(names(fresh->classes)).select(select);
    fresh->columns = std::move(translated.columns);
    fresh->calls_functions = translated.sql.find("my_call(") != std::string::npos;
    fresh->reads_system_tables = translated.sql.find("temp.is_") != std::string::npos;
    if (fresh->reads_system_tables) refresh_system_tables();
    fresh->statement = prepare_sqlite(sqlite_.get(), translated.sql);
    constexpr std::size_t most_plans = 8;
    if (statement.plans.size() >= most_plans) statement.plans.erase(statement.plans.begin());
    statement.plans.push_back(std::move(fresh));
    return *statement.plans.back();
}

void Connection::step_error() {
    if (context_.thrown) std::rethrow_exception(std::exchange(context_.thrown, nullptr));
    if (context_.error) {
        auto error = std::move(*context_.error);
        context_.error.reset();
        throw error;
    }
    throw_sqlite_error(sqlite_.get());
}

namespace {

// @@sql_select_limit, or nothing.
std::optional<std::int64_t> row_limit(const Context& context) {
    constexpr std::string_view unlimited = "18446744073709551615";
    const auto found = context.variables.find("sql_select_limit");
    if (found == context.variables.end() || found->second == unlimited) return std::nullopt;
    return std::strtoll(found->second.c_str(), nullptr, 10);
}

} // namespace

void Connection::send_rows(
    PreparedStatement::Plan& plan,
    std::span<const Parameter> parameters,
    ResultSink& sink,
    const Select& select
) {
    auto* statement = plan.statement.get();
    const Resetting resetting(statement);
    const auto count = static_cast<std::size_t>(sqlite3_bind_parameter_count(statement));
    for (std::size_t i = 0; i < parameters.size() && i < count; ++i)
        bind_value(statement, static_cast<int>(i + 1), parameters[i].value);
    // The first step comes before the columns are sent: a statement that fails sends an error only.
    int result = sqlite3_step(statement);
    if (result != SQLITE_ROW && result != SQLITE_DONE) step_error();
    // A stored function may meet a lock at any row: then nothing has been said yet.
    KeptRows held;
    ResultSink& receiver = plan.calls_functions ? held : sink;
    receiver.columns(plan.columns);
    std::vector<ValueView> values(plan.columns.size());
    LocalTimes local_times(context_.zone(), plan.columns);
    // MySQL: it "does not apply to SELECT statements executed within stored programs".
    const bool is_limited = select.limit || programs_->running() != nullptr;
    const auto most = is_limited ? std::nullopt : row_limit(context_);
    std::int64_t rows = 0;
    while (result == SQLITE_ROW && (!most || rows < *most)) {
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = column_value(statement, static_cast<int>(i));
        local_times.apply(values);
        receiver.row(values);
        ++rows;
        result = sqlite3_step(statement);
    }
    if (result != SQLITE_DONE && result != SQLITE_ROW) step_error();
    if (plan.calls_functions) {
        sink.columns(plan.columns);
        for (const auto& row : held.rows)
            sink.row(std::vector<ValueView>(row.begin(), row.end()));
    }
    engine_.counters.rows_sent += static_cast<std::uint64_t>(rows);
    context_.found_rows = rows;
    if (select.calculates_found_rows && select.limit) context_.found_rows = -1;
    context_.row_count = -1;
    sink.end();
}

void Connection::run(Run& current, const Select& select) {
    engine_.counters.reads++;
    const bool locks = locks_rows(select);
    if (locks)
        lock_selected(select);
    else
        begin_read();
    std::optional<ReadView> view;
    // What a function writes must stay when the view goes.
    if (!locks && select.from && !statement_writes_) view.emplace(*this);
    auto& ready = plan(current.statement, select, current.parameters);
    if (ready.reads_system_tables) refresh_system_tables();
    if (!select.into.empty()) {
        KeptRows kept;
        send_rows(ready, current.parameters, kept, select);
        view.reset();
        programs_->take_into(select, kept);
        Done done;
        done.affected_rows = static_cast<std::uint64_t>(context_.row_count);
        return current.sink.done(done);
    }
    send_rows(ready, current.parameters, current.sink, select);
    if (context_.found_rows < 0) { // SQL_CALC_FOUND_ROWS: count again without the limit
        std::vector<ParameterClass> classes = ready.classes;
        const auto counted = Translator(names(classes)).select(select).sql;
        const auto limit = counted.rfind(" LIMIT ");
        auto count = prepare_sqlite(
            sqlite_.get(),
            fmt::format("SELECT count(*) FROM ({})", counted.substr(0, limit))
        );
        for (std::size_t i = 0; i < current.parameters.size(); ++i)
            bind_value(count.get(), static_cast<int>(i + 1), current.parameters[i].value);
        if (sqlite3_step(count.get()) == SQLITE_ROW)
            context_.found_rows = sqlite3_column_int64(count.get(), 0);
    }
}

void Connection::run_text(std::string_view text, ResultSink& sink) {
    auto prepared = prepare(text);
    if (auto* error = std::get_if<SQLError>(&prepared)) throw std::move(*error);
    auto& statement = *std::get<PreparedPtr>(prepared);
    const auto& select = std::get<Select>(statement.parsed.statement);
    auto& ready = plan(statement, select, {});
    if (ready.reads_system_tables) refresh_system_tables();
    send_rows(ready, {}, sink, select);
}

// Most values that are inserted are written as literals or given as parameters.
std::optional<Connection::Evaluated> Connection::literal(const Expr& expr) const {
    // A column of bytes takes what the client sent.
    const auto as_sent = [this](Type type) {
        if (!is_kept_as_bytes(context_.client_set) && type.is_character())
            type.collation = entry_of(context_.client_set).default_collation;
        return type;
    };
    switch (expr.kind) {
    case ExprKind::null:
        return Evaluated{{}, {}};
    case ExprKind::text:
        return Evaluated{
            expr.type ? *expr.type
                      : as_sent(text_type(static_cast<std::uint32_t>(expr.text.size()))),
            Value::text(expr.text)
        };
    case ExprKind::bytes:
        return Evaluated{
            binary_type(static_cast<std::uint32_t>(expr.text.size())),
            Value::blob(expr.text)
        };
    case ExprKind::boolean:
        return Evaluated{integer_type(1), Value::of(expr.number)};
    case ExprKind::integer:
        if (expr.text.size() > 18) return Evaluated{text_type(32), Value::text(expr.text)};
        return Evaluated{
            integer_type(),
            Value::of(static_cast<std::int64_t>(std::strtoll(expr.text.c_str(), nullptr, 10)))
        };
    case ExprKind::decimal:
        return Evaluated{text_type(32), Value::text(expr.text)};
    case ExprKind::real:
        return Evaluated{double_type(), Value::of(std::strtod(expr.text.c_str(), nullptr))};
    case ExprKind::parameter: {
        const auto& parameter = parameters_[static_cast<std::size_t>(expr.number)];
        return Evaluated{
            parameter.kind.has_type() ? parameter.kind.type() : as_sent(parameter.kind.type()),
            parameter.value
        };
    }
    default:
        return std::nullopt;
    }
}

Connection::Evaluated Connection::evaluate(
    const Expr& expr,
    const Table* row_of,
    std::span<const Value> row,
    std::span<const Value> inserted,
    const Insert* insert
) {
    if (auto known = literal(expr)) return std::move(*known);
    std::vector<ParameterClass> classes;
    for (const auto& parameter : parameters_)
        classes.push_back(parameter.kind);
    Translator translator(names(classes));
    if (row_of != nullptr) {
        translator.bind_row(*row_of, classes.size() + 1);
        if (!inserted.empty() && insert != nullptr) {
            std::vector<std::string> columns;
            if (!insert->row_columns.empty()) {
                const auto targets = insert_targets(*insert, *row_of);
                if (targets.size() != insert->row_columns.size()) throw column_count_mismatch(1);
                columns.resize(row.size());
                for (std::size_t i = 0; i < targets.size(); ++i)
                    columns[targets[i]] = insert->row_columns[i];
            }
            translator.bind_inserted(
                *row_of,
                classes.size() + 1 + row.size(),
                insert->row_alias,
                columns
            );
        }
    }
    const auto typed = translator.value(expr);
    auto statement = prepare_sqlite(sqlite_.get(), "SELECT " + typed.sql);
    const int count = sqlite3_bind_parameter_count(statement.get());
    int next = 1;
    const auto bind = [&](const Value& value) {
        if (next <= count) bind_value(statement.get(), next, value);
        ++next;
    };
    for (const auto& parameter : parameters_)
        bind(parameter.value);
    for (const auto& value : row)
        bind(value);
    for (const auto& value : inserted)
        bind(value);
    if (sqlite3_step(statement.get()) != SQLITE_ROW) step_error();
    return {typed.type, column_value(statement.get(), 0).owned()};
}

Connection::Evaluated Connection::constant(const Expr& expr) {
    return evaluate(expr, nullptr, {}, {});
}

const std::string& Connection::schema_of(const TableName& name) const {
    if (!name.schema.empty()) return name.schema;
    if (context_.database.empty()) throw no_database_selected();
    return context_.database;
}

} // namespace diorama::rds::sql
