// Which indexes are spatial.
#include "services/rds/data/sql/spatial_indexes.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

bool is_spatial(const Table& table, const KeySpecification& key) {
    if (key.kind == KeySpecification::Kind::spatial) return true;
    return std::any_of(key.parts.begin(), key.parts.end(), [&](const KeyPart& part) {
        const auto column = table.find_column(part.column);
        return part.expression.empty() && column &&
               table.columns[*column].type.kind == TypeKind::geometry;
    });
}

void check_spatial(const Table& table, const KeySpecification& key) {
    if (key.kind == KeySpecification::Kind::primary || key.kind == KeySpecification::Kind::unique)
        throw SQLError{3728, "HY000", "Spatial indexes can't be primary or unique indexes."};
    if (key.parts.size() > 1)
        throw SQLError{1070, "42000", "Too many key parts specified; max 1 parts allowed"};
    const auto place = table.find_column(key.parts[0].column);
    if (!place) throw no_such_key_column(key.parts[0].column);
    const auto& column = table.columns[*place];
    if (column.type.kind != TypeKind::geometry)
        throw SQLError{1687, "42000", "A SPATIAL index may only contain a geometrical type column"};
    if (column.is_nullable)
        throw SQLError{1252, "42000", "All parts of a SPATIAL index must be NOT NULL"};
}

void check_srid(const Table& table, std::size_t column, const Type& changed) {
    const auto& known = table.columns[column];
    if (known.type.srid == changed.srid) return;
    for (const auto& index : table.indexes)
        if (index.is_spatial && index.parts[0].column == column)
            throw SQLError{
                3644,
                "HY000",
                fmt::format(
                    "The SRID specification on the column '{}' cannot be changed because there is "
                    "a spatial index on the column. Please remove the spatial index before "
                    "altering the SRID specification.",
                    known.name
                )
            };
}

void warn_of_spatial(const Table& table, const Table* before, Context& context) {
    for (const auto& index : table.indexes) {
        const bool is_known = before != nullptr && before->find_index(index.name) != nullptr;
        if (!index.is_spatial || is_known) continue;
        const auto& column = table.columns[index.parts[0].column];
        if (!column.type.srid)
            context.warn(
                {3674,
                 "HY000",
                 fmt::format(
                     "The spatial index on column '{}' will not be used by the query optimizer "
                     "since the column does not have an SRID attribute. Consider adding an SRID "
                     "attribute to the column.",
                     column.name
                 )}
            );
    }
}

} // namespace diorama::rds::sql
