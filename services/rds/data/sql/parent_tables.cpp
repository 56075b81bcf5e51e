// See parent_tables.hpp.
#include "services/rds/data/sql/parent_tables.hpp"

namespace diorama::rds::sql {

bool ParentTables::contains(const Catalog& catalog, const Table& table) {
    if (version_ != catalog.version) {
        tables_.clear();
        for (const auto& [schema, database] : catalog.databases)
            for (const auto& [name, child] : database.tables)
                for (const auto& key : child->foreign_keys)
                    tables_[key.parent_schema].insert(key.parent_table);
        version_ = catalog.version;
    }
    const auto found = tables_.find(table.schema);
    return found != tables_.end() && found->second.contains(table.name);
}

} // namespace diorama::rds::sql
