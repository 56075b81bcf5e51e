// CREATE TEMPORARY TABLE, and ALTER TABLE and DROP TABLE of such tables.
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/connection.hpp"
#include "services/rds/data/sql/definition_limits.hpp"
#include "services/rds/data/sql/fulltext.hpp"
#include "services/rds/data/sql/generated_columns.hpp"

#include <algorithm>

namespace diorama::rds::sql {

CatalogPtr Connection::session_catalog() {
    return temporary_.over(engine_.catalog());
}

TablePtr Connection::find_temporary(const TableName& name) const {
    return temporary_.is_empty() ? nullptr : temporary_.find(schema_of(name), name.table);
}

void Connection::create_temporary(Run& current, const CreateTable& create) {
    const auto& schema = schema_of(create.table);
    const auto* database = catalog_->find_database(schema);
    if (database == nullptr) throw unknown_database(schema);
    if (find_temporary(create.table)) {
        if (!create.if_not_exists) throw table_exists(create.table.table);
        context_.warnings.push_back({"Note", 1050, table_exists(create.table.table).message});
        return current.sink.done({});
    }
    Table table;
    if (create.like) {
        table = *Translator(names(classes_)).table_of(*create.like);
        table.schema = schema;
        table.name = create.table.table;
        table.auto_increment = 1;
        table.foreign_keys.clear();
    } else {
        table = table_of(create, schema, database->collation);
        check_generated(table);
    }
    if (!fulltext_indexes(table).empty())
        throw SQLError{1796, "HY000", "Cannot create FULLTEXT index on temporary InnoDB table"};
    if (!table.foreign_keys.empty())
        throw SQLError{1215, "HY000", "Cannot add foreign key constraint"};
    check_limits(table);
    temporary_.store(sqlite_.get(), std::move(table), context_.connection_id);
    catalog_ = session_catalog();
    context_.changes.state = true;
    current.sink.done({});
}

void Connection::alter_temporary(
    Run& current,
    const TablePtr& old_table,
    Table table,
    const std::vector<std::optional<std::size_t>>& origins
) {
    const auto next = engine_.next_auto_increment(*old_table, sqlite_.get());
    table.auto_increment = std::max(table.auto_increment, table.auto_increment_column() ? next : 1);
    const auto fresh = temporary_.store(sqlite_.get(), std::move(table), context_.connection_id);
    catalog_ = session_catalog();
    copy_rows(*old_table, fresh, origins);
    execute_sqlite(sqlite_.get(), "DROP TABLE temp." + old_table->storage_name);
    kept_.clear();
    current.sink.done({});
}

void Connection::drop_temporary(const Table& table) {
    kept_.clear(); // its statements would be in the way
    temporary_.drop(sqlite_.get(), table);
    catalog_ = session_catalog();
}

} // namespace diorama::rds::sql
