// Tables from their definitions, checked as MySQL checks them.
#include "services/rds/data/sql/catalog.hpp"

#include "services/rds/data/sql/definition_limits.hpp"
#include "services/rds/data/sql/error.hpp"
#include "services/rds/data/sql/generated_columns.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/spatial_indexes.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

std::optional<std::size_t> Table::find_column(std::string_view column) const {
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (equals_ignoring_case(columns[i].name, column)) return i;
    return std::nullopt;
}

const Index* Table::primary_key() const {
    return !indexes.empty() && indexes.front().is_primary() ? &indexes.front() : nullptr;
}

const Index* Table::find_index(std::string_view index) const {
    for (const auto& candidate : indexes)
        if (equals_ignoring_case(candidate.name, index)) return &candidate;
    return nullptr;
}

std::optional<std::size_t> Table::auto_increment_column() const {
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (columns[i].is_auto_increment) return i;
    return std::nullopt;
}

std::optional<std::size_t> Table::rowid_column() const {
    const auto* primary = primary_key();
    if (primary == nullptr || primary->parts.size() != 1) return std::nullopt;
    // A rowid ends at 2^63-1. AUTO_INCREMENT columns may be one all the same: see assigned().
    const auto column = primary->parts[0].column;
    const auto& type = columns[column].type;
    const bool fits = !type.may_be_wide() || columns[column].is_auto_increment;
    return type.is_integer() && fits ? std::optional(column) : std::nullopt;
}

bool Table::is_without_rowid() const {
    return primary_key() != nullptr && !rowid_column();
}

const Database* Catalog::find_database(std::string_view name) const {
    auto found = databases.find(name);
    if (found == databases.end()) found = databases.find(lower_case(name)); // INFORMATION_SCHEMA
    if (found == databases.end()) return nullptr;
    const bool is_system =
        found->first == "information_schema" || found->first == "performance_schema";
    return found->first == name || is_system ? &found->second : nullptr;
}

TablePtr Catalog::find_table(std::string_view schema, std::string_view table) const {
    const auto* database = find_database(schema);
    if (database == nullptr) return nullptr;
    auto found = database->tables.find(table);
    if (found == database->tables.end()) {
        found = database->tables.find(upper_case(table)); // names of system tables
        if (found == database->tables.end() || !found->second->is_system) return nullptr;
    }
    return found->second;
}

ViewPtr Catalog::find_view(std::string_view schema, std::string_view view) const {
    const auto* database = find_database(schema);
    if (database == nullptr) return nullptr;
    const auto found = database->views.find(view);
    return found == database->views.end() ? nullptr : found->second;
}

Column column_of(const ColumnSpecification& specification, Collation default_collation) {
    Column column;
    column.name = specification.name;
    column.type = specification.type;
    if (column.type.is_character() && !specification.has_collation) {
        column.type.collation = default_collation;
        make_binary(column.type);
    }
    column.is_nullable = !specification.is_not_null && !specification.is_primary_key;
    column.is_auto_increment = specification.is_auto_increment;
    if (column.is_auto_increment) column.is_nullable = false;
    column.updates_now = specification.updates_now;
    column.comment = specification.comment;
    column.generated_as = specification.generated_source;
    column.is_stored = specification.is_stored;
    column.is_invisible = specification.is_invisible;
    const auto& value = specification.default_value;
    if (value && value->kind != ExprKind::null) {
        const bool is_large =
            column.type.kind == TypeKind::text || column.type.kind == TypeKind::blob ||
            column.type.kind == TypeKind::json || column.type.kind == TypeKind::geometry;
        if (is_large && !specification.default_is_expression)
            throw SQLError{
                1101,
                "42000",
                fmt::format(
                    "BLOB, TEXT, GEOMETRY or JSON column '{}' can't have a default value",
                    column.name
                )
            };
        column.has_default = true;
        column.default_is_expression = specification.default_is_expression;
        column.default_source = specification.default_source;
        if (value->kind == ExprKind::boolean)
            column.default_source = value->number != 0 ? "'1'" : "'0'";
        const bool is_now = value->kind == ExprKind::function &&
                            (value->text == "NOW" || value->text == "LOCALTIME" ||
                             value->text == "LOCALTIMESTAMP" || value->text == "CURRENT_TIMESTAMP");
        if (is_now && column.type.is_date_like() && column.default_source[0] != '(')
            column.default_source = column.type.scale == 0
                                        ? "CURRENT_TIMESTAMP"
                                        : fmt::format("CURRENT_TIMESTAMP({})", column.type.scale);
    } else if (value && !column.is_nullable) {
        throw SQLError{1067, "42000", fmt::format("Invalid default value for '{}'", column.name)};
    } else if (column.is_nullable) {
        column.has_default = true;
    }
    return column;
}

namespace {

// MySQL lists foreign keys and checks by their names.
template <class Named>
void insert_by_name(std::vector<Named>& list, Named item) {
    const auto place =
        std::upper_bound(list.begin(), list.end(), item, [](const Named& a, const Named& b) {
            return a.name < b.name;
        });
    list.insert(place, std::move(item));
}

std::string free_index_name(const Table& table, const std::string& wanted) {
    auto name = wanted;
    for (int number = 2; table.find_index(name) != nullptr; ++number)
        name = fmt::format("{}_{}", wanted, number);
    return name;
}

} // namespace

namespace {

std::string index_name(const Table& table, const KeySpecification& key) {
    if (key.kind == KeySpecification::Kind::primary) return "PRIMARY";
    if (!key.name.empty()) return key.name;
    const auto& first = key.parts[0];
    if (!first.expression.empty()) return free_index_name(table, "functional_index");
    const auto column = table.find_column(first.column);
    if (!column) throw no_such_key_column(first.column);
    return free_index_name(table, table.columns[*column].name); // the column's own spelling
}

// The part of an index that a column is, with so many characters of it.
IndexPart index_part(Table& table, const KeySpecification& key, const KeyPart& part) {
    const bool is_primary = key.kind == KeySpecification::Kind::primary;
    const auto column = table.find_column(part.column);
    if (!column) throw no_such_key_column(part.column);
    auto& target = table.columns[*column];
    if (key.kind == KeySpecification::Kind::fulltext) {
        if (target.type.is_character() && !target.type.members) return {*column, 0, false};
        throw SQLError{
            1283,
            "HY000",
            fmt::format("Column '{}' cannot be part of FULLTEXT index", target.name)
        };
    }
    if (target.type.kind == TypeKind::json)
        throw SQLError{
            3152,
            "42000",
            fmt::format(
                "JSON column '{}' supports indexing only via generated columns on a specified JSON "
                "path.",
                target.name
            )
        };
    const bool is_large = target.type.kind == TypeKind::text || target.type.kind == TypeKind::blob;
    if (is_large && part.prefix == 0)
        throw SQLError{
            1170,
            "42000",
            fmt::format(
                "BLOB/TEXT column '{}' used in key specification without a key length",
                target.name
            )
        };
    const bool is_whole = part.prefix >= target.type.length && !is_large;
    if (is_primary && part.prefix != 0 && !is_whole)
        throw not_supported("prefix of a primary key column");
    if (is_primary && target.is_nullable) {
        target.is_nullable = false;
        if (target.default_source.empty()) target.has_default = false;
    }
    return {*column, is_whole ? 0 : part.prefix, part.is_descending};
}

// MySQL lists unique keys before the others, FULLTEXT ones last.
int listing_rank(const Index& index) {
    return index.is_unique ? 0 : index.is_fulltext ? 2 : 1;
}

} // namespace

void add_index(Table& table, const KeySpecification& key) {
    const bool is_primary = key.kind == KeySpecification::Kind::primary;
    if (!key.parser.empty()) throw not_supported("WITH PARSER " + key.parser);
    if (!is_primary && !key.name.empty() && table.find_index(key.name) != nullptr)
        throw duplicate_key_name(key.name);
    Index index;
    index.name = index_name(table, key);
    index.is_fulltext = key.kind == KeySpecification::Kind::fulltext;
    index.is_unique = is_primary || key.kind == KeySpecification::Kind::unique;
    index.comment = key.comment;
    index.is_visible = key.is_visible;
    if (is_primary && !key.is_visible) throw invisible_primary_key();
    index.is_spatial = is_spatial(table, key);
    if (index.is_spatial) check_spatial(table, key);
    for (const auto& part : key.parts) {
        if (part.expression.empty()) {
            index.parts.push_back(index_part(table, key, part));
            const auto place = index.parts.back().column;
            for (std::size_t i = 0; i + 1 < index.parts.size(); ++i)
                if (index.parts[i].column == place)
                    throw duplicate_column(table.columns[place].name);
            continue;
        }
        if (is_primary)
            throw SQLError{3756, "HY000", "The primary key cannot be a functional index"};
        const auto place = add_hidden_column(table, index.name, part.expression);
        index.parts.push_back({place, 0, part.is_descending});
    }
    if (is_primary) {
        if (table.primary_key() != nullptr)
            throw SQLError{1068, "42000", "Multiple primary key defined"};
        table.indexes.insert(table.indexes.begin(), std::move(index));
        return;
    }
    const auto place =
        std::find_if(table.indexes.begin(), table.indexes.end(), [&](const Index& other) {
            return listing_rank(other) > listing_rank(index);
        });
    table.indexes.insert(place, std::move(index));
}

void add_foreign_key(Table& table, const ForeignKeySpecification& key) {
    ForeignKey result;
    result.name = key.name;
    for (int number = 1; result.name.empty(); ++number) {
        auto candidate = fmt::format("{}_ibfk_{}", table.name, number);
        const bool is_taken = std::any_of(
            table.foreign_keys.begin(),
            table.foreign_keys.end(),
            [&](const auto& other) { return other.name == candidate; }
        );
        if (!is_taken) result.name = std::move(candidate);
    }
    KeySpecification index{
        .kind = KeySpecification::Kind::index,
        .name = key.key_name.empty() ? key.name : key.key_name,
        .parts = {},
        .comment = {}
    };
    for (const auto& name : key.columns) {
        const auto column = table.find_column(name);
        if (!column) throw no_such_key_column(name);
        result.columns.push_back(*column);
        index.parts.push_back({.column = name, .prefix = 0, .is_descending = false});
    }
    if (key.columns.size() != key.parent_columns.size())
        throw SQLError{
            1239,
            "42000",
            fmt::format(
                "Incorrect foreign key definition for '{}': Key reference and table reference "
                "don't match",
                result.name
            )
        };
    result.parent_schema = key.parent.schema.empty() ? table.schema : key.parent.schema;
    result.parent_table = key.parent.table;
    result.parent_columns = key.parent_columns;
    result.on_delete = key.on_delete;
    result.on_update = key.on_update;
    // MySQL: an index whose first columns are those of the key is made when there is none.
    const bool has_index =
        std::any_of(table.indexes.begin(), table.indexes.end(), [&](const Index& existing) {
            if (existing.is_fulltext || existing.parts.size() < result.columns.size()) return false;
            for (std::size_t i = 0; i < result.columns.size(); ++i)
                if (existing.parts[i].column != result.columns[i]) return false;
            return true;
        });
    if (!has_index) {
        if (table.find_index(index.name) != nullptr) index.name.clear();
        add_index(table, index);
    }
    insert_by_name(table.foreign_keys, std::move(result));
}

void add_check(Table& table, const CheckSpecification& check) {
    auto name = check.name;
    for (int number = 1; name.empty(); ++number) {
        auto candidate = fmt::format("{}_chk_{}", table.name, number);
        const bool is_taken =
            std::any_of(table.checks.begin(), table.checks.end(), [&](const auto& other) {
                return other.name == candidate;
            });
        if (!is_taken) name = std::move(candidate);
    }
    insert_by_name(table.checks, {std::move(name), check.source, check.is_enforced});
}

namespace {

// MySQL: a column that is defined and selected stands where it is selected, as it is defined.
void add_columns(Table& table, const CreateTable& definition, std::vector<Column> selected) {
    for (const auto& specification : definition.columns) {
        const auto is_same = [&](const Column& column) {
            return equals_ignoring_case(column.name, specification.name);
        };
        auto column = column_of(specification, table.collation);
        const auto place = std::find_if(selected.begin(), selected.end(), is_same);
        if (place != selected.end()) {
            *place = std::move(column);
            continue;
        }
        if (table.find_column(specification.name)) throw duplicate_column(specification.name);
        table.columns.push_back(std::move(column));
    }
    for (auto& column : selected) {
        if (table.find_column(column.name)) throw duplicate_column(column.name);
        table.columns.push_back(std::move(column));
    }
    if (table.columns.empty()) throw SQLError{1113, "42000", "A table must have at least 1 column"};
}

void add_indexes(Table& table, const CreateTable& definition) {
    const auto add_inline = [&](const ColumnSpecification& column, KeySpecification::Kind kind) {
        add_index(
            table,
            {.kind = kind, .name = {}, .parts = {{column.name, 0, false}}, .comment = {}}
        );
    };
    for (const auto& column : definition.columns) {
        if (column.is_primary_key) add_inline(column, KeySpecification::Kind::primary);
        if (column.is_unique) add_inline(column, KeySpecification::Kind::unique);
    }
    // MySQL lists the primary key first, then the unique keys, then the others.
    for (const auto kind :
         {KeySpecification::Kind::primary,
          KeySpecification::Kind::unique,
          KeySpecification::Kind::index,
          KeySpecification::Kind::spatial,
          KeySpecification::Kind::fulltext})
        for (const auto& key : definition.keys)
            if (key.kind == kind) add_index(table, key);
}

} // namespace

Table table_of(
    const CreateTable& definition,
    std::string_view schema,
    Collation default_collation,
    std::vector<Column> selected
) {
    Table table;
    table.schema = schema;
    table.name = definition.table.table;
    table.collation = definition.options.collation.value_or(default_collation);
    table.comment = definition.options.comment.value_or("");
    table.partitioning = definition.partitioning;
    table.auto_increment = std::max<std::int64_t>(1, definition.options.auto_increment.value_or(1));
    add_columns(table, definition, std::move(selected));
    add_indexes(table, definition);
    for (const auto& key : definition.foreign_keys)
        add_foreign_key(table, key);
    for (const auto& check : definition.checks)
        add_check(table, check);
    check_auto_increment(table);
    return table;
}

} // namespace diorama::rds::sql
