// Definitions: databases, tables, indexes, users. A changed table is written anew under a new
// storage name, row by row, so that every ALTER is one piece of code and all or nothing.
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/access.hpp"
#include "services/rds/data/sql/definition_limits.hpp"
#include "services/rds/data/sql/foreign_keys.hpp"
#include "services/rds/data/sql/fulltext.hpp"
#include "services/rds/data/sql/generated_columns.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/row_writer.hpp"
#include "services/rds/data/sql/session_programs.hpp"
#include "services/rds/data/sql/spatial_indexes.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

std::shared_ptr<Catalog> Connection::catalog_to_change() {
    // What is published has nobody's temporary tables.
    auto changed = std::make_shared<Catalog>(changes_catalog_ ? *catalog_ : *engine_.catalog());
    if (!changes_catalog_) ++changed->version;
    changes_catalog_ = true;
    catalog_ = changed;
    return changed;
}

bool Connection::checks_foreign_keys() const {
    const auto variable = context_.variables.find("foreign_key_checks");
    return variable == context_.variables.end() || variable->second != "OFF";
}

// A default that cannot be stored is refused when it is defined.
void Connection::check_default(const Table& table, std::size_t number) {
    const auto& column = table.columns[number];
    if (column.default_source.empty() || column.default_is_expression) return;
    try {
        default_of(table, number);
    } catch (const SQLError&) {
        throw SQLError{1067, "42000", fmt::format("Invalid default value for '{}'", column.name)};
    }
}

void Connection::log_definition(const Run& run, std::string text) {
    Change change;
    change.kind = Change::Kind::definition;
    change.schema = context_.database;
    change.table = context_.variables["sql_mode"]; // the statement is read under it again
    change.statement = text.empty() ? run.statement.text : std::move(text);
    pending_.changes.push_back(std::move(change));
    context_.row_count = 0;
}

void Connection::store_table(Catalog& catalog, Table table, bool makes_storage) {
    if (makes_storage) {
        check_limits(table);
        auto next = prepare_sqlite(
            sqlite_.get(),
            "UPDATE mysql_state SET next_table=next_table+1 RETURNING next_table"
        );
        if (sqlite3_step(next.get()) != SQLITE_ROW) throw_sqlite_error(sqlite_.get());
        table.storage_name = fmt::format("t{}", sqlite3_column_int64(next.get(), 0));
        next.reset();
        for (const auto& statement : storage_definition(table))
            execute_sqlite(sqlite_.get(), statement);
    }
    auto statement =
        prepare_sqlite(sqlite_.get(), "INSERT OR REPLACE INTO mysql_tables VALUES(?1,?2,?3,?4)");
    const auto text = create_table_text(table);
    const auto bind = [&](int parameter, const std::string& value) {
        sqlite3_bind_text(
            statement.get(),
            parameter,
            value.data(),
            static_cast<int>(value.size()),
            SQLITE_STATIC
        );
    };
    bind(1, table.schema);
    bind(2, table.name);
    bind(3, table.storage_name);
    bind(4, text);
    if (sqlite3_step(statement.get()) != SQLITE_DONE) throw_sqlite_error(sqlite_.get());
    auto& database = catalog.databases.at(table.schema);
    const auto name = table.name;
    database.tables[name] = std::make_shared<const Table>(std::move(table));
}

void Connection::forget_table(Catalog& catalog, const Table& table) {
    auto statement =
        prepare_sqlite(sqlite_.get(), "DELETE FROM mysql_tables WHERE schema=?1 AND name=?2");
    bind_value(statement.get(), 1, ValueView(Value::text(table.schema)));
    sqlite3_bind_text(statement.get(), 1, table.schema.c_str(), -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(statement.get(), 2, table.name.c_str(), -1, SQLITE_TRANSIENT);
    if (sqlite3_step(statement.get()) != SQLITE_DONE) throw_sqlite_error(sqlite_.get());
    catalog.databases.at(table.schema).tables.erase(table.name);
}

void Connection::run(Run& current, const DropTables& drop) {
    std::vector<TablePtr> tables;
    std::string missing;
    for (const auto& name : drop.tables) {
        const auto& schema = schema_of(name);
        if (is_system_schema(schema)) throw database_denied(schema, account());
        if (const auto temporary = find_temporary(name)) {
            drop_temporary(*temporary);
            continue;
        }
        auto table = drop.is_temporary ? nullptr : catalog_->find_table(schema, name.table);
        if (table)
            tables.push_back(std::move(table));
        else
            missing += fmt::format("{}{}.{}", missing.empty() ? "" : ",", schema, name.table);
    }
    if (!missing.empty() && !drop.if_exists) throw unknown_table(missing);
    if (!missing.empty())
        context_.warnings.push_back({"Note", 1051, unknown_table(missing).message});
    const bool checks = checks_foreign_keys();
    for (const auto& table : tables)
        for (const auto& [schema, database] : catalog_->databases)
            for (const auto& [name, child] : database.tables)
                for (const auto& key : child->foreign_keys) {
                    const bool is_dropped =
                        std::find(tables.begin(), tables.end(), child) != tables.end();
                    if (checks && !is_dropped && key.parent_schema == table->schema &&
                        key.parent_table == table->name)
                        throw SQLError{
                            3730,
                            "HY000",
                            fmt::format(
                                "Cannot drop table '{}' referenced by a foreign key constraint "
                                "'{}' on table '{}'.",
                                table->name,
                                key.name,
                                child->name
                            )
                        };
                }
    if (!tables.empty()) {
        auto catalog = catalog_to_change();
        for (const auto& table : tables) {
            drop_storage(sqlite_.get(), *table);
            forget_table(*catalog, *table);
            programs_->forget_triggers(*catalog, *table);
        }
        log_definition(current);
    }
    current.sink.done({});
}

void Connection::run(Run& current, const RenameTables& rename) {
    auto catalog = catalog_to_change();
    for (const auto& [from, to] : rename.renames) {
        const auto old_table = catalog->find_table(schema_of(from), from.table);
        if (!old_table || old_table->is_system) throw no_such_table(schema_of(from), from.table);
        if (catalog->find_database(schema_of(to)) == nullptr) throw unknown_database(schema_of(to));
        if (catalog->find_table(schema_of(to), to.table)) throw table_exists(to.table);
        Table table = *old_table;
        table.schema = schema_of(to);
        table.name = to.table;
        const auto origins = same_columns(table);
        rename_own_parents(table, *old_table, origins);
        rename_parents(*catalog, {*old_table, table, origins});
        forget_table(*catalog, *old_table);
        programs_->move_triggers(*catalog, *old_table, table);
        store_table(*catalog, std::move(table), false);
    }
    log_definition(current);
    current.sink.done({});
}

// The tables whose foreign keys speak of another one by its former names.
void Connection::rename_parents(Catalog& catalog, const AlteredTable& altered) {
    for (auto& child : renamed_children(catalog, altered)) {
        forget_table(catalog, child);
        store_table(catalog, std::move(child), false);
    }
}

// Rows that a new foreign key does not allow.
void Connection::refuse_orphans(const Table& table, const Table& before) {
    for (const auto& key : table.foreign_keys) {
        const bool is_known = std::ranges::any_of(before.foreign_keys, [&](const ForeignKey& old) {
            return equals_ignoring_case(old.name, key.name);
        });
        const auto parent = catalog_->find_table(key.parent_schema, key.parent_table);
        if (is_known || !parent) continue;
        auto orphan = prepare_sqlite(sqlite_.get(), orphans_query(table, *parent, key));
        if (sqlite3_step(orphan.get()) == SQLITE_ROW) throw orphan_of(table, key);
    }
}

// Rows of the old table as the new one takes them.
void Connection::copy_rows(const Table& old_table, const TablePtr& fresh, const Origins& origins) {
    RowWriter writer(*this, fresh);
    writer.skip_foreign_keys();
    const auto logged = pending_.changes.size();
    auto rows =
        prepare_sqlite(sqlite_.get(), fmt::format("SELECT * FROM {}", old_table.storage_name));
    std::vector<std::optional<Value>> defaults(fresh->columns.size());
    std::size_t number = 0;
    while (sqlite3_step(rows.get()) == SQLITE_ROW) {
        ++number;
        std::vector<Value> row(fresh->columns.size());
        for (std::size_t i = 0; i < row.size(); ++i) {
            const auto& column = fresh->columns[i];
            if (!column.generated_as.empty()) continue;
            if (origins[i]) {
                const auto value = column_value(rows.get(), static_cast<int>(*origins[i]));
                row[i] = assigned(
                    {column, number, is_strict(), context_},
                    old_table.columns[*origins[i]].type,
                    value
                );
                if (row[i].is_null() && !column.is_nullable)
                    throw SQLError{1138, "22004", "Invalid use of NULL value"};
            } else if (column.is_auto_increment) {
                row[i] = Value::of(static_cast<std::int64_t>(number));
            } else {
                if (!defaults[i])
                    defaults[i] =
                        column.has_default ? default_of(*fresh, i) : zero_value(column.type);
                row[i] = *defaults[i];
            }
        }
        fill_generated(*fresh, row, number, is_strict());
        check_constraints(*fresh, row);
        if (const auto conflict = writer.insert(row)) throw writer.duplicate(*conflict, row);
        pending_.changes.resize(logged);
    }
}

void Connection::rebuild_table(
    Catalog& catalog,
    const Table& old_table,
    Table table,
    const Origins& origins
) {
    const auto next = engine_.next_auto_increment(old_table, sqlite_.get());
    table.auto_increment = std::max(table.auto_increment, table.auto_increment_column() ? next : 1);
    forget_table(catalog, old_table);
    const auto schema = table.schema;
    const auto name = table.name;
    store_table(catalog, std::move(table), true);
    copy_rows(old_table, catalog.find_table(schema, name), origins);
    drop_storage(sqlite_.get(), old_table);
}

void Connection::run(Run& current, const AlterTable& alter) {
    const auto old_table = Translator(names(classes_)).table_of(alter.table);
    if (old_table->is_system) throw database_denied(old_table->schema, account());
    Table table = *old_table;
    auto origins = same_columns(table);
    using Kind = AlterClause::Kind;
    bool is_plain = true; // only names and non-unique indexes change: the rows stay where they are
    TableName renamed;
    for (const auto& clause : alter.clauses) {
        const bool adds_index =
            clause.kind == Kind::add_key && clause.key.kind == KeySpecification::Kind::index &&
            fulltext_indexes(*old_table).empty() &&
            std::all_of(clause.key.parts.begin(), clause.key.parts.end(), [](const auto& part) {
                return part.expression.empty();
            });
        const bool adds_key = clause.kind == Kind::add_foreign_key;
        if (clause.kind == Kind::rename_table) renamed = clause.new_table;
        is_plain =
            is_plain && (adds_index || adds_key || clause.kind == Kind::rename_table ||
                         clause.kind == Kind::nothing || clause.kind == Kind::drop_foreign_key ||
                         clause.kind == Kind::rename_column || clause.kind == Kind::rename_key ||
                         clause.kind == Kind::set_default);
        apply_clause(table, clause, origins);
    }
    for (const auto& clause : alter.clauses)
        check_departure(table, clause);
    check_auto_increment(table);
    settle_hidden_columns(table, origins);
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        if (!origins[i] ||
            table.columns[i].default_source != old_table->columns[*origins[i]].default_source ||
            table.columns[i].type.kind != old_table->columns[*origins[i]].type.kind)
            check_default(table, i);
    check_generated(table);
    warn_of_spatial(table, old_table.get(), context_);
    if (old_table->is_temporary)
        return alter_temporary(current, old_table, std::move(table), origins);
    if (!renamed.table.empty()) {
        table.name = renamed.table;
        table.schema = schema_of(renamed);
        if (catalog_->find_database(table.schema) == nullptr) throw unknown_database(table.schema);
        if (catalog_->find_table(table.schema, table.name)) throw table_exists(table.name);
    }
    rename_own_parents(table, *old_table, origins);
    const bool checks = checks_foreign_keys();
    check_foreign_keys(*catalog_, table, old_table.get(), checks);
    if (checks) check_children(*catalog_, {*old_table, table, origins});
    auto catalog = catalog_to_change();
    if (!renamed.table.empty()) programs_->move_triggers(*catalog, *old_table, table);
    rename_parents(*catalog, {*old_table, table, origins});
    const TableName name{table.schema, table.name};
    if (is_plain) {
        forget_table(*catalog, *old_table);
        for (std::size_t i = old_table->indexes.size(); i < table.indexes.size(); ++i)
            if (table.indexes[i].is_in_storage())
                execute_sqlite(sqlite_.get(), storage_index(table, i));
        store_table(*catalog, std::move(table), false);
    } else {
        rebuild_table(*catalog, *old_table, std::move(table), origins);
    }
    if (checks) refuse_orphans(*catalog->find_table(name.schema, name.table), *old_table);
    log_definition(current);
    current.sink.done({});
}

} // namespace diorama::rds::sql
