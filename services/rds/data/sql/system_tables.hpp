// information_schema and performance_schema: real relations, kept as SQLite's temporary tables of
// each connection and filled from the catalog when a statement asks for them.
#pragma once

#include "services/rds/data/sql/catalog.hpp"
#include "services/rds/data/sql/context.hpp"

#include <functional>
#include <initializer_list>
#include <string_view>

struct sqlite3;

namespace diorama::rds {
class Engine;
}

namespace diorama::rds::sql {

// Adds the two databases and their tables.
void add_system_tables(Catalog& catalog);

using PutRow = std::function<void(std::string_view table, std::initializer_list<Value> row)>;
// Users and what they were granted.
void fill_users(const PutRow& put, const Engine& engine, const Context& context);
// Stored programs of a database.
void fill_programs(const PutRow& put, const StoredPrograms& programs);
void fill_events(const PutRow& put, const Database& database);
void fill_geometry(const PutRow& put, const Table& table, const Column& column);
void fill_server(const PutRow& put, Engine& engine, const Context& context);
// What the server has whoever asks, and whenever.
void fill_constants(const PutRow& put);

// Writes the rows into the empty temporary tables.
void fill_system_tables(
    sqlite3* sqlite,
    const Catalog& catalog,
    Engine& engine,
    const Context& context
);

} // namespace diorama::rds::sql
