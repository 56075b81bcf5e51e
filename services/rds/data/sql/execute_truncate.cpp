// TRUNCATE TABLE: all rows at once, and the counter of AUTO_INCREMENT from the start.
// https://dev.mysql.com/doc/refman/8.0/en/truncate-table.html
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/connection.hpp"
#include "services/rds/data/sql/fulltext.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

void Connection::run(Run& current, const TruncateTable& truncate) {
    const auto table = Translator(names(classes_)).table_of(truncate.table);
    refuse_system_table(*table);
    const bool checks = checks_foreign_keys();
    for (const auto& [schema, database] : catalog_->databases)
        for (const auto& [name, child] : database.tables)
            for (const auto& key : child->foreign_keys)
                if (child != table && key.parent_schema == table->schema &&
                    key.parent_table == table->name && checks)
                    throw SQLError{
                        1701,
                        "42000",
                        fmt::format(
                            "Cannot truncate a table referenced in a foreign key constraint "
                            "({}.{}, {})",
                            quoted_name(schema),
                            quoted_name(name),
                            foreign_key_text(key, *child)
                        )
                    };
    empty_storage(sqlite_.get(), *table);
    engine_.reset_auto_increment(table->storage_name);
    if (!table->is_temporary) log_definition(current);
    current.sink.done({});
}

} // namespace diorama::rds::sql
