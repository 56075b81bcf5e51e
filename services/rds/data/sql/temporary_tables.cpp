// Temporary tables: their storage, and the catalog as the session sees it.
#include "services/rds/data/sql/temporary_tables.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

namespace {

void make_storage(sqlite3* sqlite, const Table& table) {
    for (auto statement : storage_definition(table)) {
        for (const std::string_view words :
             {"CREATE TABLE ", "CREATE INDEX ", "CREATE UNIQUE INDEX "})
            if (statement.starts_with(words)) statement.insert(words.size(), "IF NOT EXISTS ");
        constexpr std::size_t after_create = 7;
        if (statement.starts_with("CREATE TABLE ")) statement.insert(after_create, "TEMP ");
        execute_sqlite(sqlite, statement);
    }
}

} // namespace

TablePtr TemporaryTables::find(std::string_view schema, std::string_view name) const {
    for (const auto& table : tables_)
        if (table->schema == schema && table->name == name) return table;
    return nullptr;
}

CatalogPtr TemporaryTables::over(const CatalogPtr& catalog) {
    if (tables_.empty()) return catalog;
    if (overlay_ && overlaid_ == catalog) return overlay_;
    auto overlay = std::make_shared<Catalog>(*catalog);
    // Plans are kept by the version: this one is of no other catalog.
    constexpr int above_all_versions = 32;
    overlay->version += ++overlays_ << above_all_versions;
    for (const auto& table : tables_) {
        const auto database = overlay->databases.find(table->schema);
        if (database != overlay->databases.end()) database->second.tables[table->name] = table;
    }
    overlaid_ = catalog;
    overlay_ = std::move(overlay);
    return overlay_;
}

void TemporaryTables::forget(std::string_view schema, std::string_view name) {
    std::erase_if(tables_, [&](const TablePtr& table) {
        return table->schema == schema && table->name == name;
    });
    overlay_ = nullptr;
}

TablePtr TemporaryTables::store(sqlite3* sqlite, Table table, std::uint32_t session) {
    table.is_temporary = true;
    table.storage_name = fmt::format("tmp_{}_{}", session, ++made_);
    make_storage(sqlite, table);
    forget(table.schema, table.name);
    tables_.push_back(std::make_shared<const Table>(std::move(table)));
    return tables_.back();
}

void TemporaryTables::drop(sqlite3* sqlite, const Table& table) {
    execute_sqlite(sqlite, "DROP TABLE IF EXISTS temp." + table.storage_name);
    forget(table.schema, table.name);
}

void TemporaryTables::drop_all(sqlite3* sqlite) {
    for (const auto& table : tables_) {
        const auto text = "DROP TABLE IF EXISTS temp." + table->storage_name;
        sqlite3_exec(sqlite, text.c_str(), nullptr, nullptr, nullptr);
    }
    tables_.clear();
    overlay_ = nullptr;
}

void TemporaryTables::restore(sqlite3* sqlite) const {
    for (const auto& table : tables_)
        make_storage(sqlite, *table);
}

} // namespace diorama::rds::sql
