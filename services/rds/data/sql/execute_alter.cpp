// The clauses of ALTER TABLE, applied to a table's definition.
#include "services/rds/data/sql/connection.hpp"
#include "services/rds/data/sql/definition_limits.hpp"
#include "services/rds/data/sql/foreign_keys.hpp"
#include "services/rds/data/sql/generated_columns.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/spatial_indexes.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

namespace diorama::rds::sql {

namespace {

// Where a column went when another came, left or moved.
template <class Moved>
void renumber(Table& table, const Moved& moved) {
    for (auto& index : table.indexes)
        for (auto& part : index.parts)
            part.column = moved(part.column);
    for (auto& key : table.foreign_keys)
        for (auto& column : key.columns)
            column = moved(column);
}

std::size_t column_at(const Table& table, const std::string& name) {
    const auto column = table.find_column(name);
    if (!column)
        throw SQLError{1054, "42S22", fmt::format("Unknown column '{}' in '{}'", name, table.name)};
    return *column;
}

void add_column(Table& table, const AlterClause& clause, Origins& origins) {
    if (table.find_column(clause.column.name)) throw duplicate_column(clause.column.name);
    std::size_t place = table.columns.size();
    while (place > 0 && table.columns[place - 1].is_hidden)
        --place;
    if (clause.is_first) place = 0;
    if (!clause.after.empty()) place = column_at(table, clause.after) + 1;
    table.columns.insert(
        table.columns.begin() + static_cast<std::ptrdiff_t>(place),
        column_of(clause.column, table.collation)
    );
    origins.insert(origins.begin() + static_cast<std::ptrdiff_t>(place), std::nullopt);
    renumber(table, [place](std::size_t column) { return column >= place ? column + 1 : column; });
    const auto add = [&](KeySpecification::Kind kind) {
        add_index(
            table,
            {.kind = kind, .name = {}, .parts = {{clause.column.name, 0, false}}, .comment = {}}
        );
    };
    if (clause.column.is_primary_key) add(KeySpecification::Kind::primary);
    if (clause.column.is_unique) add(KeySpecification::Kind::unique);
    if (clause.column.check)
        add_check(
            table,
            {clause.column.check_name,
             nullptr,
             clause.column.check_source,
             clause.column.check_is_enforced}
        );
}

void drop_column(Table& table, const std::string& name, Origins& origins) {
    const auto found = table.find_column(name);
    if (!found) throw cannot_drop_column_or_key(name);
    if (table.columns.size() == 1)
        throw SQLError{
            1090,
            "42000",
            "You can't delete all columns with ALTER TABLE; use DROP TABLE instead"
        };
    const auto place = *found;
    for (const auto& key : table.foreign_keys)
        if (std::find(key.columns.begin(), key.columns.end(), place) != key.columns.end())
            throw SQLError{
                1828,
                "HY000",
                fmt::format(
                    "Cannot drop column '{}': needed in a foreign key constraint '{}'",
                    name,
                    key.name
                )
            };
    table.columns.erase(table.columns.begin() + static_cast<std::ptrdiff_t>(place));
    origins.erase(origins.begin() + static_cast<std::ptrdiff_t>(place));
    // MySQL: the column leaves its indexes; one without columns goes.
    for (auto& index : table.indexes)
        std::erase_if(index.parts, [place](const IndexPart& part) { return part.column == place; });
    std::erase_if(table.indexes, [](const Index& index) { return index.parts.empty(); });
    renumber(table, [place](std::size_t column) { return column > place ? column - 1 : column; });
}

void change_column(Table& table, const AlterClause& clause, Origins& origins) {
    auto place = column_at(table, clause.old_name);
    const auto other = table.find_column(clause.column.name);
    if (other && *other != place) throw duplicate_column(clause.column.name);
    auto changed = column_of(clause.column, table.collation);
    check_change(table.columns[place], changed);
    check_srid(table, place, changed.type);
    table.columns[place] = std::move(changed);
    for (const auto& part :
         table.primary_key() != nullptr ? table.primary_key()->parts : std::vector<IndexPart>{})
        if (part.column == place) {
            auto& column = table.columns[place];
            column.is_nullable = false;
            column.has_default = column.has_default && !column.default_source.empty();
        }
    if (clause.column.is_unique)
        add_index(
            table,
            {.kind = KeySpecification::Kind::unique,
             .name = {},
             .parts = {{clause.column.name, 0, false}},
             .comment = {}}
        );
    if (clause.column.is_primary_key && table.primary_key() == nullptr)
        add_index(
            table,
            {.kind = KeySpecification::Kind::primary,
             .name = {},
             .parts = {{clause.column.name, 0, false}},
             .comment = {}}
        );
    if (!clause.is_first && clause.after.empty()) return;
    auto column = table.columns[place];
    const auto origin = origins[place];
    table.columns.erase(table.columns.begin() + static_cast<std::ptrdiff_t>(place));
    origins.erase(origins.begin() + static_cast<std::ptrdiff_t>(place));
    const auto target = clause.is_first ? 0 : column_at(table, clause.after) + 1;
    table.columns.insert(
        table.columns.begin() + static_cast<std::ptrdiff_t>(target),
        std::move(column)
    );
    origins.insert(origins.begin() + static_cast<std::ptrdiff_t>(target), origin);
    renumber(table, [place, target](std::size_t index) {
        if (index == place) return target;
        const auto without = index > place ? index - 1 : index;
        return without >= target ? without + 1 : without;
    });
}

// MySQL: a TEXT becomes so large that it holds as many characters as before.
// https://dev.mysql.com/doc/refman/8.0/en/alter-table.html#alter-table-character-set
void convert_columns(Table& table, Collation collation) {
    const auto size = entry_of(set_of(collation)).longest;
    for (auto& column : table.columns) {
        auto& type = column.type;
        if (!type.is_character()) continue;
        if (type.kind == TypeKind::text && size > entry_of(type.character_set()).longest) {
            constexpr std::uint32_t sizes[] = {255, 65'535, 16'777'215};
            const auto* larger = std::upper_bound(std::begin(sizes), std::end(sizes), type.length);
            type.length = larger == std::end(sizes) ? 0xffffffff : *larger;
        }
        type.collation = collation;
        make_binary(type);
    }
    table.collation = collation;
}

template <class List>
void drop_named(List& list, const std::string& name) {
    const auto erased = std::erase_if(list, [&](const auto& item) {
        return equals_ignoring_case(item.name, name);
    });
    if (erased == 0) throw cannot_drop_column_or_key(name);
}

Index& index_named(Table& table, const std::string& name) {
    const auto found = std::ranges::find_if(table.indexes, [&](const Index& index) {
        return equals_ignoring_case(index.name, name);
    });
    if (found == table.indexes.end()) throw no_such_key(name, table);
    return *found;
}

void show_key(Index& index, bool is_visible) {
    if (index.is_primary() && !is_visible) throw invisible_primary_key();
    index.is_visible = is_visible;
}

Check& check_named(Table& table, const std::string& name) {
    const auto found = std::ranges::find_if(table.checks, [&](const Check& check) {
        return equals_ignoring_case(check.name, name);
    });
    if (found == table.checks.end())
        throw SQLError{
            3821,
            "HY000",
            fmt::format("Check constraint '{}' is not found in the table.", name)
        };
    return *found;
}

// MySQL 8.0.19: a primary or unique key, a foreign key or a check, whichever has the name.
void drop_constraint(Table& table, const std::string& name) {
    const auto is_named = [&](const auto& item) { return equals_ignoring_case(item.name, name); };
    const auto is_named_key = [&](const Index& index) {
        return index.is_unique && is_named(index);
    };
    const auto count = std::ranges::count_if(table.indexes, is_named_key) +
                       std::ranges::count_if(table.foreign_keys, is_named) +
                       std::ranges::count_if(table.checks, is_named);
    if (count == 0)
        throw SQLError{3940, "HY000", fmt::format("Constraint '{}' does not exist.", name)};
    if (count > 1)
        throw SQLError{
            3939,
            "HY000",
            fmt::format(
                "Table has multiple constraints with the name '{}'. Please use constraint specific "
                "'DROP' clause.",
                name
            )
        };
    std::erase_if(table.indexes, is_named_key);
    std::erase_if(table.foreign_keys, is_named);
    std::erase_if(table.checks, is_named);
}

} // namespace

void Connection::apply_clause(Table& table, const AlterClause& clause, Origins& origins) {
    using Kind = AlterClause::Kind;
    switch (clause.kind) {
    case Kind::add_column:
        return add_column(table, clause, origins);
    case Kind::drop_column:
        return drop_column(table, clause.old_name, origins);
    case Kind::change_column:
        return change_column(table, clause, origins);
    case Kind::rename_column:
        if (table.find_column(clause.new_name)) throw duplicate_column(clause.new_name);
        table.columns[column_at(table, clause.old_name)].name = clause.new_name;
        return;
    case Kind::set_default: {
        auto& column = table.columns[column_at(table, clause.old_name)];
        column.default_source = clause.column.default_source;
        column.default_is_expression = clause.column.default_is_expression;
        const bool is_null =
            !clause.column.default_value || clause.column.default_value->kind == ExprKind::null;
        if (is_null) column.default_source.clear();
        column.has_default = !is_null || column.is_nullable;
        return;
    }
    case Kind::add_key:
        return add_index(table, clause.key);
    case Kind::drop_key:
        drop_named(table.indexes, clause.old_name);
        return; // settle_hidden_columns() takes what was behind it
    case Kind::drop_primary_key:
        if (table.primary_key() == nullptr) throw cannot_drop_column_or_key("PRIMARY");
        return drop_named(table.indexes, "PRIMARY");
    case Kind::rename_key:
        if (!equals_ignoring_case(clause.old_name, clause.new_name) &&
            table.find_index(clause.new_name) != nullptr)
            throw duplicate_key_name(clause.new_name);
        index_named(table, clause.old_name).name = clause.new_name;
        return;
    case Kind::show_key:
        return show_key(index_named(table, clause.old_name), clause.key.is_visible);
    case Kind::add_foreign_key:
        return add_foreign_key(table, clause.foreign_key);
    case Kind::drop_foreign_key:
        return drop_named(table.foreign_keys, clause.old_name);
    case Kind::add_check:
        return add_check(table, clause.check);
    case Kind::drop_check:
        check_named(table, clause.old_name);
        return drop_named(table.checks, clause.old_name);
    case Kind::enforce_check:
        check_named(table, clause.old_name).is_enforced = clause.check.is_enforced;
        return;
    case Kind::drop_constraint:
        return drop_constraint(table, clause.old_name);
    case Kind::convert:
        return convert_columns(
            table,
            clause.options.collation.value_or(catalog_->find_database(table.schema)->collation)
        );
    case Kind::options:
        check_engine(clause.options.engine, table.name, context_);
        if (clause.options.collation) table.collation = *clause.options.collation;
        if (clause.options.comment) table.comment = *clause.options.comment;
        if (clause.options.auto_increment)
            table.auto_increment = std::max<std::int64_t>(1, *clause.options.auto_increment);
        return;
    case Kind::rename_table:
    case Kind::nothing:
        return;
    }
}

} // namespace diorama::rds::sql
