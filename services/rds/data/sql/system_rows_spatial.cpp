// ST_GEOMETRY_COLUMNS of information_schema.
// https://dev.mysql.com/doc/refman/8.0/en/information-schema-st-geometry-columns-table.html
#include "services/rds/data/sql/catalog.hpp"
#include "services/rds/data/sql/spatial_systems.hpp"
#include "services/rds/data/sql/system_tables.hpp"

namespace diorama::rds::sql {

void fill_geometry(const PutRow& put, const Table& table, const Column& column) {
    if (column.type.kind != TypeKind::geometry) return;
    const auto text = [](std::string_view value) { return Value::text(std::string(value)); };
    const auto& srid = column.type.srid;
    const auto* system = srid ? find_spatial_system(*srid) : nullptr;
    put("st_geometry_columns",
        {text("def"),
         text(table.schema),
         text(table.name),
         text(column.name),
         system != nullptr ? text(system->name) : Value{},
         srid ? Value::of(std::int64_t{*srid}) : Value{},
         text(type_name(column.type))});
}

} // namespace diorama::rds::sql
