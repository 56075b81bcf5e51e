// ALTER TABLE and DROP TABLE of temporary tables.
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/connection.hpp"

#include <algorithm>

namespace diorama::rds::sql {

CatalogPtr Connection::session_catalog() {
    return temporary_.over(engine_.catalog());
}

TablePtr Connection::find_temporary(const TableName& name) const {
    return temporary_.is_empty() ? nullptr : temporary_.find(schema_of(name), name.table);
}

void Connection::alter_temporary(
    Run& current,
    const TablePtr& old_table,
    Table table,
    const Origins& origins
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
