// What is told about a session; SET, USE, LOCK TABLES and the like.
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/access.hpp"
#include "services/rds/data/sql/connection.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/variables.hpp"

#include <fmt/core.h>

#include <utility>

namespace diorama::rds::sql {

bool Connection::must_be_synced() {
    return std::exchange(is_unsynced_, false);
}

void Connection::give_file(std::string bytes) {
    file_ = std::move(bytes);
}

bool Connection::is_killed() const {
    return is_killed_;
}

Context& Connection::context() {
    return context_;
}

void Connection::become_internal() {
    is_internal_ = true;
}

bool Connection::is_in_transaction() const {
    return in_transaction_;
}

bool Connection::is_in_read_only_transaction() const {
    return in_transaction_ && is_read_only_transaction_;
}

bool Connection::autocommits() const {
    return autocommits_;
}

std::size_t Connection::warning_count() const {
    return context_.warnings.size();
}

std::string Connection::variable_text(const Evaluated& value) const {
    return text_of(value.type, value.value);
}

void Connection::set_variable(const SetVariables::Item& item) {
    using Scope = SetVariables::Item::Scope;
    if (item.scope == Scope::user) {
        auto value = constant(*item.value);
        if (value.type.kind == TypeKind::timestamp && !value.value.is_null())
            value.value.bytes = local_text(context_.zone(), value.value.bytes, value.type.scale);
        const bool is_exact = value.type.is_decimal() || value.type.may_be_wide();
        context_.assign_user_variable(
            item.name,
            is_exact ? Value::text(text_of(value.type, value.value)) : value.value
        );
        return;
    }
    const auto found = context_.variables.find(item.name);
    if (found == context_.variables.end()) throw unknown_system_variable(item.name);
    std::string text;
    if (!item.value) {
        text = engine_.global_variables()[item.name];
    } else {
        const auto value = constant(*item.value);
        text = value.value.is_null() ? "NULL" : variable_text(value);
    }
    const auto checked = checked_variable(item.name, text, found->second);
    if (auto* error = std::get_if<SQLError>(&checked)) throw SQLError(*error);
    const auto& accepted = std::get<std::string>(checked);
    if (is_global_only(item.name)) {
        if (item.scope != Scope::global)
            throw SQLError{
                1229,
                "HY000",
                fmt::format(
                    "Variable '{}' is a GLOBAL variable and should be set with SET GLOBAL",
                    item.name
                )
            };
        found->second = accepted;
    }
    if (item.scope == Scope::global) return engine_.set_global_variable(item.name, accepted);
    if (item.name == "max_allowed_packet" || item.name == "net_buffer_length")
        throw SQLError{
            1621,
            "HY000",
            fmt::format(
                "SESSION variable '{}' is read-only. Use SET GLOBAL to assign the value",
                item.name
            )
        };
    context_.changes.note_variable(item.name);
    if (item.name == "autocommit") {
        if (accepted == "ON" && !autocommits_) commit(); // MySQL: switching it on commits
        autocommits_ = accepted == "ON";
    }
    if (item.name == "tx_isolation") context_.variables["transaction_isolation"] = accepted;
    if (item.name == "last_insert_id")
        context_.last_insert_id = std::strtoll(accepted.c_str(), nullptr, 10);
    found->second = accepted;
    if (item.name == "sql_mode") forget_plans();
    if (is_about_characters(item.name)) follow_characters(item.name);
}

// MySQL: a character set of the connection, of a database or of the server and its collation change
// together.
void Connection::follow_characters(const std::string& name) {
    constexpr std::string_view set_prefix = "character_set_";
    constexpr std::string_view collation_prefix = "collation_";
    auto& variables = context_.variables;
    const auto& value = variables[name];
    if (name.starts_with(collation_prefix)) {
        if (const auto collation = find_collation(value))
            variables[std::string(set_prefix) + name.substr(collation_prefix.size())] =
                character_set_of(*collation);
    } else if (const auto pair =
                   variables.find(std::string(collation_prefix) + name.substr(set_prefix.size()));
               pair != variables.end()) {
        if (const auto collation = default_collation_of(value))
            pair->second = collation_name(*collation);
    }
    context_.note_character_sets();
    forget_plans();
}

// What was read and translated under other modes.
void Connection::forget_plans() {
    ++modes_version_;
    recent_by_text_.clear();
    recent_.clear();
    generated_.clear();
    for (auto& [name, statement] : named_)
        statement->plans.clear();
}

void Connection::run(Run& current, const SetVariables& set) {
    for (const auto& item : set.items)
        set_variable(item);
    current.sink.done({});
}

void Connection::note_database(const Database& database) {
    context_.variables["collation_database"] = collation_name(database.collation);
    context_.variables["character_set_database"] = character_set_of(database.collation);
}

std::optional<SQLError> Connection::use(std::string_view database) {
    const auto catalog = engine_.catalog();
    const auto* found = catalog->find_database(database);
    if (found == nullptr) return unknown_database(database);
    if (!may_use(found->name)) return database_denied(found->name, account());
    context_.database = found->name;
    note_database(*found);
    context_.changes.note_schema();
    engine_.session_uses(context_.connection_id, found->name);
    return std::nullopt;
}

void Connection::run(Run& current, const Use& target) {
    if (auto error = use(target.database)) throw std::move(*error);
    current.sink.done({});
}

// https://dev.mysql.com/doc/refman/8.0/en/set-names.html
void Connection::run(Run& current, const SetNames& set) {
    const auto global = engine_.global_variables();
    const auto wanted =
        set.character_set.empty() ? global.at("character_set_client") : set.character_set;
    const auto default_collation = default_collation_of(wanted);
    if (!default_collation) throw unknown_character_set(set.character_set);
    auto collation = *default_collation;
    if (!set.collation.empty()) {
        const auto named = find_collation(set.collation);
        if (!named) throw unknown_collation(set.collation);
        collation = *named;
        if (set_of(collation) != set_of(*default_collation))
            throw collation_mismatch(collation, set_of(*default_collation));
    }
    auto& variables = context_.variables;
    const auto assign = [&](const char* variable, std::string_view value) {
        variables[variable] = value;
        context_.changes.note_variable(variable);
    };
    // MySQL: SET CHARACTER SET gives the connection what the database has.
    const auto of_connection =
        set.leaves_connection ? find_collation(std::string_view(variables["collation_database"]))
                                    .value_or(Collation::utf8mb4_0900_ai_ci)
                              : collation;
    if (collation_name(of_connection) != variables["collation_connection"] ||
        character_set_of(collation) != variables["character_set_client"])
        forget_plans();
    assign("character_set_client", character_set_of(collation));
    assign("character_set_connection", character_set_of(of_connection));
    assign("character_set_results", character_set_of(collation));
    variables["collation_connection"] = collation_name(of_connection);
    context_.note_character_sets();
    current.sink.done({});
}

void Connection::run(Run& current, const SetTransaction& set) {
    const auto assign = [&](const std::string& name, const std::string& value) {
        if (set.is_global)
            engine_.set_global_variable(name, value);
        else
            context_.variables[name] = value;
    };
    if (set.isolation) assign("transaction_isolation", *set.isolation);
    if (set.is_read_only) assign("transaction_read_only", *set.is_read_only ? "ON" : "OFF");
    current.sink.done({});
}

// DIFFERS: table locks are not taken; the writer's queue keeps statements apart.
void Connection::run(Run& current, const LockTables& lock) {
    for (const auto& table : lock.tables)
        existing_relation(table);
    if (!lock.is_unlock) commit();
    current.sink.done({});
}

namespace {

// The same for the same rows in whatever order.
// DIFFERS: MySQL's is a sum over bytes as its engine keeps them.
std::string checksum_query(const std::string& name, const Table* table) {
    const auto head = fmt::format("SELECT {} AS `Table`, ", quoted_text(name));
    if (table == nullptr) return head + "NULL AS `Checksum`";
    std::string values;
    for (const auto& column : table->columns)
        if (!column.is_hidden)
            values += fmt::format(",ISNULL({0}),COALESCE({0},'')", quoted_name(column.name));
    return fmt::format(
        "{}COALESCE(SUM(CRC32(CONCAT_WS('/'{}))) % 4294967296, 0) AS `Checksum` FROM {}.{}",
        head,
        values,
        quoted_name(table->schema),
        quoted_name(table->name)
    );
}

} // namespace

void Connection::run(Run& current, const AcceptedAdministration& administration) {
    if (administration.operation == "flush") return current.sink.done({});
    const auto& operation = administration.operation;
    std::string query;
    for (const auto& table : administration.tables) {
        const auto name = schema_of(table) + "." + table.table;
        const auto known = catalog_->find_table(schema_of(table), table.table);
        if (operation == "checksum") {
            if (!known) context_.warn(no_such_table(schema_of(table), table.table));
            query += query.empty() ? "" : " UNION ALL ";
            query += checksum_query(name, known.get());
            continue;
        }
        const auto row = [&](std::string_view kind, std::string_view text) {
            query += fmt::format(
                "{}SELECT {} AS `Table`, '{}' AS `Op`, '{}' AS `Msg_type`, {} AS `Msg_text`",
                query.empty() ? "" : " UNION ALL ",
                quoted_text(name),
                operation,
                kind,
                quoted_text(text)
            );
        };
        if (!known) {
            row("Error", no_such_table(schema_of(table), table.table).message);
            row("status", "Operation failed");
        } else if (operation == "repair") {
            row("note", "The storage engine for the table doesn't support repair");
        } else {
            if (operation == "optimize")
                row("note", "Table does not support optimize, doing recreate + analyze instead");
            row("status", "OK");
        }
    }
    run_text(query, current.sink);
}

} // namespace diorama::rds::sql
