// CREATE TABLE: from a definition, like another table, or with the columns and the rows of a
// SELECT. https://dev.mysql.com/doc/refman/8.0/en/create-table-select.html
#pragma once

#include "services/rds/data/sql/connection.hpp"

namespace diorama::rds::sql {

// What the SELECT of a CREATE TABLE gives.
struct SelectedTable {
    TranslatedSelect query;
    std::vector<std::vector<Value>> rows;
};

class TableCreation {
public:
    explicit TableCreation(Connection& connection)
        : connection_(connection)
        , context_(connection.context_)
        , catalog_(connection.catalog_) {}

    void run(Run& run, const CreateTable& create);

private:
    Table defined_table(
        const CreateTable& create,
        const Database& database,
        const SelectedTable* selected
    );
    void check_defaults(const Table& table, const CreateTable& create);
    void create_selected(Run& run, const CreateTable& create);
    void create_temporary(Run& run, const CreateTable& create);
    void fill_selected(
        Run& run,
        const CreateTable& create,
        const SelectedTable& selected,
        const TablePtr& table
    );
    SelectedTable select(const CreateTable& create);
    void log_created(const Table& table);

    Connection& connection_;
    Context& context_;
    CatalogPtr& catalog_;
};

} // namespace diorama::rds::sql
