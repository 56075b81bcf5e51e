// CREATE TABLE: from a definition, like another table, or with the columns and the rows of a
// SELECT. https://dev.mysql.com/doc/refman/8.0/en/create-table-select.html
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/access.hpp"
#include "services/rds/data/sql/collation.hpp"
#include "services/rds/data/sql/definition_limits.hpp"
#include "services/rds/data/sql/foreign_keys.hpp"
#include "services/rds/data/sql/fulltext.hpp"
#include "services/rds/data/sql/generated_columns.hpp"
#include "services/rds/data/sql/row_writer.hpp"
#include "services/rds/data/sql/selected_columns.hpp"
#include "services/rds/data/sql/spatial_indexes.hpp"
#include "services/rds/data/sql/table_creation.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

Table TableCreation::defined_table(
    const CreateTable& create,
    const Database& database,
    const SelectedTable* selected
) {
    if (create.like) {
        auto table = *Translator(connection_.names(connection_.classes_)).table_of(*create.like);
        table.schema = database.name;
        table.name = create.table.table;
        table.foreign_keys.clear();
        table.auto_increment = 1;
        return table;
    }
    check_engine(create.options.engine, create.table.table, context_);
    std::vector<Column> columns;
    if (selected != nullptr) columns = selected_columns(*create.select, selected->query, *catalog_);
    auto table = table_of(create, database.name, database.collation, std::move(columns));
    check_generated(table);
    return table;
}

// A default that cannot be stored is refused now. Those of selected columns are what they are.
void TableCreation::check_defaults(const Table& table, const CreateTable& create) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const auto& column = table.columns[i];
        const bool is_defined = std::any_of(
            create.columns.begin(),
            create.columns.end(),
            [&](const ColumnSpecification& each) { return each.name == column.name; }
        );
        if (is_defined) connection_.check_default(table, i);
    }
}

// The length of a computed text is not always known before there is one: the column takes all.
SelectedTable TableCreation::select(const CreateTable& create) {
    const auto classes = connection_.parameter_classes();
    SelectedTable selected;
    selected.query = Translator(connection_.names(classes)).select(*create.select);
    selected.rows = connection_.rows_of(selected.query);
    for (std::size_t i = 0; i < selected.query.columns.size(); ++i) {
        auto& column = selected.query.columns[i];
        const bool is_text = column.type.kind == TypeKind::varying_character;
        const bool is_sized = is_text || column.type.kind == TypeKind::varying_binary;
        if (!is_sized || !column.origin_name.empty()) continue;
        for (const auto& row : selected.rows) {
            const auto size = is_text ? character_count(row[i].bytes) : row[i].bytes.size();
            column.type.length = std::max(column.type.length, static_cast<std::uint32_t>(size));
        }
    }
    return selected;
}

// The rows of its SELECT, as an INSERT of it would write them.
void TableCreation::fill_selected(
    Run& current,
    const CreateTable& create,
    const SelectedTable& selected,
    const TablePtr& table
) {
    Insert insert;
    insert.table = {table->schema, table->name};
    insert.is_replace = create.duplicates == CreateTable::Duplicates::replace;
    insert.ignores_errors = create.duplicates == CreateTable::Duplicates::are_ignored;
    insert.names_columns = true;
    for (const auto& column : selected.query.columns)
        insert.columns.push_back(column.name);
    RowWriter writer(connection_, table);
    const bool is_strict_row = connection_.is_strict() && !insert.ignores_errors;
    Insertion insertion{
        insert,
        writer,
        connection_.insert_targets(insert, *table),
        0,
        is_strict_row,
        {},
        {}
    };
    insertion.defaults.resize(table->columns.size());
    connection_.insert_rows(insertion, selected.query, selected.rows);
    auto& done = insertion.done;
    done.information = fmt::format(
        "Records: {}  Duplicates: {}  Warnings: {}",
        insertion.number,
        insertion.number - std::min<std::uint64_t>(insertion.number, done.affected_rows),
        context_.warnings.size()
    );
    context_.row_count = static_cast<std::int64_t>(done.affected_rows);
    current.sink.done(done);
}

// Other instances are given the table and the rows, never the SELECT.
void TableCreation::log_created(const Table& table) {
    Change change;
    change.kind = Change::Kind::definition;
    change.schema = table.schema;
    change.table = "NO_ENGINE_SUBSTITUTION"; // zero dates are defaults of selected columns
    change.statement = create_table_text(table);
    connection_.pending_.changes.push_back(std::move(change));
}

void TableCreation::create_selected(Run& current, const CreateTable& create) {
    const auto selected = select(create);
    const auto& database = *catalog_->find_database(connection_.schema_of(create.table));
    auto table = defined_table(create, database, &selected);
    check_foreign_keys(*catalog_, table, nullptr, connection_.checks_foreign_keys());
    std::string storage;
    try {
        const auto schema = table.schema;
        const auto name = table.name;
        auto catalog = connection_.catalog_to_change();
        connection_.store_table(*catalog, std::move(table), true);
        const auto stored = catalog->find_table(schema, name);
        storage = stored->storage_name;
        check_defaults(*stored, create);
        log_created(*stored);
        fill_selected(current, create, selected, stored);
    } catch (...) { // with what was kept of a table that there is not
        connection_.kept_.clear();
        connection_.forget_plans();
        if (!storage.empty()) connection_.engine_.forget_auto_increment(storage);
        throw;
    }
}

void TableCreation::run(Run& current, const CreateTable& create) {
    if (create.is_temporary) return create_temporary(current, create);
    const auto& schema = connection_.schema_of(create.table);
    if (is_system_schema(schema)) throw database_denied(schema, connection_.account());
    const auto* database = catalog_->find_database(schema);
    if (database == nullptr) throw unknown_database(schema);
    if (database->views.contains(create.table.table)) throw table_exists(create.table.table);
    if (database->tables.contains(create.table.table)) {
        if (!create.if_not_exists) throw table_exists(create.table.table);
        context_.warnings.push_back({"Note", 1050, table_exists(create.table.table).message});
        return current.sink.done({});
    }
    if (create.select) return create_selected(current, create);
    auto table = defined_table(create, *database, nullptr);
    check_foreign_keys(*catalog_, table, nullptr, connection_.checks_foreign_keys());
    auto catalog = connection_.catalog_to_change();
    connection_.store_table(*catalog, std::move(table), true);
    const auto stored = catalog->find_table(schema, create.table.table);
    check_defaults(*stored, create);
    warn_of_spatial(*stored, nullptr, context_);
    connection_.log_definition(current);
    current.sink.done({});
}

void TableCreation::create_temporary(Run& current, const CreateTable& create) {
    const auto& schema = connection_.schema_of(create.table);
    const auto* database = catalog_->find_database(schema);
    if (database == nullptr) throw unknown_database(schema);
    if (connection_.find_temporary(create.table)) {
        if (!create.if_not_exists) throw table_exists(create.table.table);
        context_.warnings.push_back({"Note", 1050, table_exists(create.table.table).message});
        return current.sink.done({});
    }
    std::optional<SelectedTable> selected;
    if (create.select) selected = select(create);
    auto table = defined_table(create, *database, selected ? &*selected : nullptr);
    if (!fulltext_indexes(table).empty())
        throw SQLError{1796, "HY000", "Cannot create FULLTEXT index on temporary InnoDB table"};
    if (!table.foreign_keys.empty())
        throw SQLError{1215, "HY000", "Cannot add foreign key constraint"};
    check_limits(table);
    const auto stored = connection_.temporary_.store(
        connection_.sqlite_.get(),
        std::move(table),
        context_.connection_id
    );
    catalog_ = connection_.session_catalog();
    context_.changes.state = true;
    if (!selected) return current.sink.done({});
    try {
        fill_selected(current, create, *selected, stored);
    } catch (...) {
        connection_.drop_temporary(*stored);
        throw;
    }
}

} // namespace diorama::rds::sql
