// SHOW: what a connection knows itself is sent as rows; the rest is a query over the system tables.
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/connection.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/session_accounts.hpp"
#include "services/rds/data/sql/session_events.hpp"
#include "services/rds/data/sql/session_programs.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

namespace {

std::vector<OutputColumn> text_columns(std::initializer_list<std::string_view> names) {
    std::vector<OutputColumn> columns;
    for (const auto name : names) {
        OutputColumn column;
        column.name = name;
        column.type = text_type(1024);
        columns.push_back(std::move(column));
    }
    return columns;
}

void send_row(
    ResultSink& sink,
    std::initializer_list<std::string_view> names,
    const std::vector<Value>& values
) {
    const auto columns = text_columns(names); // the sink looks at them until the end
    sink.columns(columns);
    const std::vector<ValueView> views(values.begin(), values.end());
    sink.row(views);
    sink.end();
}

} // namespace

void Connection::run(Run& current, const Show& show) {
    switch (show.kind) {
    case Show::Kind::create_table:
        return show_create_table(current.sink, show);
    case Show::Kind::create_program:
        if (show.word == "EVENT") return SessionEvents(*this).show_create(current.sink, show);
        return programs_->show_create(current.sink, show);
    case Show::Kind::create_database:
        return show_create_database(current.sink, show.table.schema);
    case Show::Kind::warnings:
    case Show::Kind::errors:
        return show_warnings(current.sink, show);
    case Show::Kind::replica_status:
        return send_replica_status(show, current.sink);
    case Show::Kind::grants: {
        const auto [title, lines] = SessionAccounts(*this).shown_grants(show);
        const auto columns = text_columns({title});
        current.sink.columns(columns);
        for (const auto& line : lines) {
            const Value value = Value::text(line);
            const ValueView view(value);
            current.sink.row({&view, 1});
        }
        return current.sink.end();
    }
    default:
        if (show.where != nullptr) return show_where(current.sink, show);
        run_text(show_query(show), current.sink);
    }
}

void Connection::show_create_table(ResultSink& sink, const Show& show) {
    const auto& name = show.table;
    if (const auto view = catalog_->find_view(schema_of(name), name.table))
        return send_row(
            sink,
            {"View", "Create View", "character_set_client", "collation_connection"},
            create_view_row(*view)
        );
    const auto table = Translator(names(classes_)).table_of(name);
    if (table->is_system && table->schema != "mysql")
        throw not_supported("SHOW CREATE TABLE of a system table");
    if (show.is_view)
        throw SQLError{
            1347,
            "HY000",
            fmt::format("'{}.{}' is not VIEW", table->schema, table->name)
        };
    const auto next =
        table->auto_increment_column() ? engine_.next_auto_increment(*table, sqlite_.get()) : 1;
    send_row(
        sink,
        {"Table", "Create Table"},
        {Value::text(table->name), Value::text(create_table_text(*table, next))}
    );
}

void Connection::show_create_database(ResultSink& sink, const std::string& name) {
    const auto* database = catalog_->find_database(name);
    if (database == nullptr) throw unknown_database(name);
    const bool names_collation =
        !is_default(database->collation) || database->collation == Collation::utf8mb4_0900_ai_ci;
    const auto text = fmt::format(
        "CREATE DATABASE {} /*!40100 DEFAULT CHARACTER SET {}{} */ "
        "/*!80016 DEFAULT ENCRYPTION='N' */",
        quoted_name(database->name),
        character_set_of(database->collation),
        names_collation ? fmt::format(" COLLATE {}", collation_name(database->collation)) : ""
    );
    send_row(
        sink,
        {"Database", "Create Database"},
        {Value::text(database->name), Value::text(text)}
    );
}

void Connection::show_warnings(ResultSink& sink, const Show& show) {
    if (show.is_count) {
        const auto count = static_cast<std::int64_t>(context_.warnings.size());
        return send_row(sink, {"@@session.warning_count"}, {Value::text(fmt::format("{}", count))});
    }
    const auto columns = text_columns({"Level", "Code", "Message"});
    sink.columns(columns);
    for (const auto& warning : context_.warnings) {
        if (show.kind == Show::Kind::errors && warning.level != "Error") continue;
        const std::vector<Value> values = {
            Value::text(std::string(warning.level)),
            Value::text(fmt::format("{}", warning.code)),
            Value::text(warning.message)
        };
        const std::vector<ValueView> views(values.begin(), values.end());
        sink.row(views);
    }
    sink.end();
}

// The condition sees the names of the result: it goes around the query.
void Connection::show_where(ResultSink& sink, const Show& show) {
    // The tree of a body belongs to everybody.
    if (programs_->running() != nullptr) throw not_supported("SHOW … WHERE in a stored program");
    auto prepared = parse(fmt::format("SELECT * FROM ({}) AS shown", show_query(show)));
    if (auto* error = std::get_if<SQLError>(&prepared)) throw std::move(*error);
    const auto tree =
        std::make_shared<ParsedStatement>(std::move(std::get<ParsedStatement>(prepared)));
    PreparedStatement statement({}, tree);
    auto& select = std::get<Select>(tree->statement);
    auto& where = const_cast<ExprPtr&>(show.where);
    std::swap(select.where, where);

    struct Back {
        ~Back() { std::swap(a, b); }

        ExprPtr& a;
        ExprPtr& b;
    } back{select.where, where};

    auto& ready = plan(statement, select, {});
    send_rows(ready, {}, sink, select);
}

} // namespace diorama::rds::sql
