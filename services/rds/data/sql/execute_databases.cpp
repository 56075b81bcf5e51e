// CREATE, ALTER and DROP DATABASE. https://dev.mysql.com/doc/refman/8.0/en/create-database.html
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/access.hpp"
#include "services/rds/data/sql/fulltext.hpp"
#include "services/rds/data/sql/session_programs.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

void Connection::run(Run& current, const CreateDatabase& create) {
    if (is_system_schema(create.name)) throw database_denied(create.name, account());
    if (catalog_->databases.contains(create.name)) {
        if (!create.if_not_exists) throw database_exists(create.name);
        context_.warnings.push_back({"Note", 1007, database_exists(create.name).message});
        current.sink.done({.affected_rows = 1, .last_insert_id = 0, .information = {}});
        return;
    }
    const auto servers = find_collation(std::string_view(context_.variables["collation_server"]))
                             .value_or(Collation::utf8mb4_0900_ai_ci);
    auto catalog = catalog_to_change();
    auto& database = catalog->databases[create.name];
    database.name = create.name;
    database.collation = create.collation.value_or(servers);
    auto statement = prepare_sqlite(sqlite_.get(), "INSERT INTO mysql_databases VALUES(?1,?2)");
    sqlite3_bind_text(statement.get(), 1, create.name.c_str(), -1, SQLITE_STATIC);
    const std::string collation(collation_name(database.collation));
    sqlite3_bind_text(statement.get(), 2, collation.c_str(), -1, SQLITE_STATIC);
    if (sqlite3_step(statement.get()) != SQLITE_DONE) throw_sqlite_error(sqlite_.get());
    // Another server has another default.
    log_definition(
        current,
        fmt::format("CREATE DATABASE {} COLLATE {}", quoted_name(create.name), collation)
    );
    current.sink.done({.affected_rows = 1, .last_insert_id = 0, .information = {}});
}

// https://dev.mysql.com/doc/refman/8.0/en/alter-database.html
void Connection::run(Run& current, const AlterDatabase& alter) {
    const auto& name = alter.name.empty() ? context_.database : alter.name;
    if (name.empty()) throw no_database_selected();
    if (is_system_schema(name)) throw database_denied(name, account());
    if (catalog_->find_database(name) == nullptr) throw unknown_database(name);
    auto catalog = catalog_to_change();
    auto& database = catalog->databases.at(name);
    if (alter.collation) database.collation = *alter.collation;
    const std::string collation(collation_name(database.collation));
    auto statement =
        prepare_sqlite(sqlite_.get(), "UPDATE mysql_databases SET collation=?2 WHERE name=?1");
    sqlite3_bind_text(statement.get(), 1, name.c_str(), -1, SQLITE_STATIC);
    sqlite3_bind_text(statement.get(), 2, collation.c_str(), -1, SQLITE_STATIC);
    if (sqlite3_step(statement.get()) != SQLITE_DONE) throw_sqlite_error(sqlite_.get());
    if (name == context_.database) note_database(database);
    log_definition(
        current,
        fmt::format("ALTER DATABASE {} COLLATE {}", quoted_name(name), collation)
    );
    current.sink.done({.affected_rows = 1, .last_insert_id = 0, .information = {}});
}

void Connection::run(Run& current, const DropDatabase& drop) {
    if (is_system_schema(drop.name)) throw database_denied(drop.name, account());
    const auto found = catalog_->databases.find(drop.name);
    if (found == catalog_->databases.end()) {
        if (!drop.if_exists) throw no_such_database_to_drop(drop.name);
        context_.warnings.push_back({"Note", 1008, no_such_database_to_drop(drop.name).message});
        return current.sink.done({});
    }
    const auto tables = found->second.tables;
    auto catalog = catalog_to_change();
    for (const auto& [name, table] : tables) {
        drop_storage(sqlite_.get(), *table);
        forget_table(*catalog, *table);
    }
    store_programs(sqlite_.get(), drop.name, {});
    for (const auto& [name, event] : catalog->databases.at(drop.name).events)
        forget_event(sqlite_.get(), drop.name, event->name());
    for (const auto& [name, view] : catalog->databases.at(drop.name).views)
        forget_view(sqlite_.get(), *view);
    catalog->databases.erase(drop.name);
    auto statement = prepare_sqlite(sqlite_.get(), "DELETE FROM mysql_databases WHERE name=?1");
    sqlite3_bind_text(statement.get(), 1, drop.name.c_str(), -1, SQLITE_STATIC);
    if (sqlite3_step(statement.get()) != SQLITE_DONE) throw_sqlite_error(sqlite_.get());
    log_definition(current);
    if (context_.database == drop.name) context_.database.clear();
    current.sink.done({.affected_rows = tables.size(), .last_insert_id = 0, .information = {}});
}

} // namespace diorama::rds::sql
