// The rules, by the tables' definitions alone.
#include "services/rds/data/sql/foreign_keys.hpp"

#include "services/rds/data/sql/lexer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

namespace diorama::rds::sql {

namespace {

bool refers_to(const ForeignKey& key, const Table& table) {
    return key.parent_schema == table.schema && key.parent_table == table.name;
}

bool is_same_table(const Table& a, const Table& b) {
    return a.schema == b.schema && a.name == b.name;
}

const ForeignKey* key_named(const Table* table, const std::string& name) {
    if (table == nullptr) return nullptr;
    const auto& keys = table->foreign_keys;
    const auto found = std::ranges::find_if(keys, [&](const ForeignKey& key) {
        return equals_ignoring_case(key.name, name);
    });
    return found == keys.end() ? nullptr : &*found;
}

// MySQL: an index whose first columns are those, in the same order. "Hidden columns that InnoDB
// adds to an index are also considered": those of the primary key.
bool supports(const Table& table, const Index& index, const std::vector<std::size_t>& columns) {
    if (index.is_fulltext) return false;
    std::vector<std::size_t> places;
    const auto add = [&](const Index& from) {
        for (const auto& part : from.parts) {
            if (part.prefix != 0) return false;
            if (std::ranges::find(places, part.column) == places.end())
                places.push_back(part.column);
        }
        return true;
    };
    const bool is_whole = add(index);
    if (is_whole && table.primary_key() != nullptr) add(*table.primary_key());
    return places.size() >= columns.size() &&
           std::equal(columns.begin(), columns.end(), places.begin());
}

bool has_support(const Table& table, const std::vector<std::size_t>& columns) {
    return std::ranges::any_of(table.indexes, [&](const Index& index) {
        return supports(table, index, columns);
    });
}

// 1553, by the name of the index that has gone.
[[noreturn]] void
refuse_loss(const Table& before, const Table& after, const std::vector<std::size_t>& columns) {
    std::string name;
    for (const auto& index : before.indexes)
        if (supports(before, index, columns) && after.find_index(index.name) == nullptr)
            name = index.name;
    throw SQLError{
        1553,
        "HY000",
        fmt::format("Cannot drop index '{}': needed in a foreign key constraint", name)
    };
}

// MySQL: "The size and sign of fixed precision types such as INTEGER and DECIMAL must be the same.
// The length of string types need not be the same. For nonbinary (character) string columns, the
// character set and collation must be the same."
bool are_compatible(const Type& child, const Type& parent) {
    if (child.is_character() && parent.is_character())
        return child.collation == parent.collation &&
               static_cast<bool>(child.members) == static_cast<bool>(parent.members);
    if (child.is_binary() && parent.is_binary()) return true;
    if (child.is_decimal() && parent.is_decimal())
        return child.length == parent.length && child.scale == parent.scale;
    return child.kind == parent.kind && child.is_unsigned == parent.is_unsigned;
}

SQLError incompatible(const std::string& child, const std::string& parent, const std::string& key) {
    return {
        3780,
        "HY000",
        fmt::format(
            "Referencing column '{}' and referenced column '{}' in foreign key constraint '{}' are "
            "incompatible.",
            child,
            parent,
            key
        )
    };
}

// MySQL: "The constraint name must be unique in the database".
void check_name(
    const Catalog& catalog,
    const Table& table,
    const Table* before,
    const ForeignKey& key
) {
    auto uses = std::ranges::count_if(table.foreign_keys, [&](const ForeignKey& other) {
        return equals_ignoring_case(other.name, key.name);
    });
    for (const auto& [name, other] : catalog.find_database(table.schema)->tables) {
        const bool is_itself = before != nullptr && is_same_table(*other, *before);
        if (!is_itself && key_named(other.get(), key.name) != nullptr) ++uses;
    }
    if (uses > 1)
        throw SQLError{
            1826,
            "HY000",
            fmt::format("Duplicate foreign key constraint name '{}'", key.name)
        };
}

void check_nullable(const Table& table, const ForeignKey& key) {
    if (key.on_delete != ReferenceAction::set_null && key.on_update != ReferenceAction::set_null)
        return;
    for (const auto column : key.columns)
        if (!table.columns[column].is_nullable)
            throw SQLError{
                1830,
                "HY000",
                fmt::format(
                    "Column '{}' cannot be NOT NULL: needed in a foreign key constraint '{}' SET "
                    "NULL",
                    table.columns[column].name,
                    key.name
                )
            };
}

std::vector<std::size_t> parent_places(const Table& parent, const ForeignKey& key) {
    std::vector<std::size_t> places;
    for (const auto& name : key.parent_columns) {
        const auto column = parent.find_column(name);
        if (!column)
            throw SQLError{
                3734,
                "HY000",
                fmt::format(
                    "Failed to add the foreign key constraint. Missing column '{}' for constraint "
                    "'{}' in the referenced table '{}'",
                    name,
                    key.name,
                    key.parent_table
                )
            };
        places.push_back(*column);
    }
    return places;
}

// The index that a table refers to itself by must stay.
void check_own_parent(
    const Table& before,
    const Table& after,
    const ForeignKey& older,
    const ForeignKey& key
) {
    const auto places = parent_places(before, older);
    if (has_support(before, places) && !has_support(after, parent_places(after, key)))
        refuse_loss(before, after, places);
}

void check_parent(const Table& table, const Table& parent, const ForeignKey& key, bool checks) {
    const auto places = parent_places(parent, key);
    for (std::size_t i = 0; i < places.size(); ++i) {
        const auto& column = table.columns[key.columns[i]];
        if (!are_compatible(column.type, parent.columns[places[i]].type))
            throw incompatible(column.name, key.parent_columns[i], key.name);
    }
    if (checks && !has_support(parent, places))
        throw SQLError{
            1822,
            "HY000",
            fmt::format(
                "Failed to add the foreign key constraint. Missing index for constraint '{}' in "
                "the referenced table '{}'",
                key.name,
                key.parent_table
            )
        };
}

template <class Use>
void for_each_child(const Catalog& catalog, const Table& parent, Use use) {
    for (const auto& [schema, database] : catalog.databases)
        for (const auto& [name, child] : database.tables)
            if (!is_same_table(*child, parent))
                for (const auto& key : child->foreign_keys)
                    if (refers_to(key, parent)) use(*child, key);
}

// Where a column of the table that was is now.
std::optional<std::size_t> place_of(const Origins& origins, std::size_t before) {
    const auto found = std::ranges::find(origins, std::optional(before));
    if (found == origins.end()) return std::nullopt;
    return static_cast<std::size_t>(std::distance(origins.begin(), found));
}

void check_child(const AlteredTable& altered, const Table& child, const ForeignKey& key) {
    const auto& [before, after, origins] = altered;
    std::vector<std::size_t> places_before;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < key.columns.size(); ++i) {
        const auto place_before = before.find_column(key.parent_columns[i]);
        if (!place_before) return; // made without checks
        const auto place = place_of(origins, *place_before);
        if (!place)
            throw SQLError{
                1829,
                "HY000",
                fmt::format(
                    "Cannot drop column '{}': needed in a foreign key constraint '{}' of table "
                    "'{}'",
                    key.parent_columns[i],
                    key.name,
                    child.name
                )
            };
        const auto& column = child.columns[key.columns[i]];
        if (!are_compatible(column.type, after.columns[*place].type))
            throw incompatible(column.name, after.columns[*place].name, key.name);
        places_before.push_back(*place_before);
        places.push_back(*place);
    }
    if (has_support(before, places_before) && !has_support(after, places))
        refuse_loss(before, after, places_before);
}

void rename_parent(
    ForeignKey& key,
    const Table& before,
    const Table& after,
    const Origins& origins
) {
    key.parent_schema = after.schema;
    key.parent_table = after.name;
    for (auto& name : key.parent_columns) {
        const auto column = before.find_column(name);
        const auto place = column ? place_of(origins, *column) : std::nullopt;
        if (place) name = after.columns[*place].name;
    }
}

} // namespace

void check_foreign_keys(
    const Catalog& catalog,
    const Table& table,
    const Table* before,
    bool checks
) {
    for (const auto& key : table.foreign_keys) {
        const auto* older = key_named(before, key.name);
        check_name(catalog, table, before, key);
        check_nullable(table, key);
        if (older != nullptr && !has_support(table, key.columns))
            refuse_loss(*before, table, older->columns);
        const bool is_own = refers_to(key, table) || (before != nullptr && refers_to(key, *before));
        const auto other =
            is_own ? nullptr : catalog.find_table(key.parent_schema, key.parent_table);
        const auto* parent = is_own ? &table : other.get();
        if (parent == nullptr && older == nullptr && checks)
            throw SQLError{
                1824,
                "HY000",
                fmt::format("Failed to open the referenced table '{}'", key.parent_table)
            };
        if (is_own && older != nullptr && checks) check_own_parent(*before, table, *older, key);
        if (parent != nullptr && (older == nullptr || checks))
            check_parent(table, *parent, key, checks);
    }
}

void check_children(const Catalog& catalog, const AlteredTable& altered) {
    for_each_child(catalog, altered.before, [&](const Table& child, const ForeignKey& key) {
        check_child(altered, child, key);
    });
}

std::vector<Table> renamed_children(const Catalog& catalog, const AlteredTable& altered) {
    std::vector<Table> renamed;
    const auto& [before, after, origins] = altered;
    for_each_child(catalog, before, [&](const Table& child, const ForeignKey& key) {
        auto changed = key;
        rename_parent(changed, before, after, origins);
        if (refers_to(changed, before) && changed.parent_columns == key.parent_columns) return;
        const bool is_known = !renamed.empty() && is_same_table(renamed.back(), child);
        auto& table = is_known ? renamed.back() : renamed.emplace_back(child);
        for (auto& own : table.foreign_keys)
            if (own.name == key.name) own = changed;
    });
    return renamed;
}

void rename_own_parents(Table& after, const Table& before, const Origins& origins) {
    for (auto& key : after.foreign_keys)
        if (refers_to(key, before)) rename_parent(key, before, after, origins);
}

Origins same_columns(const Table& table) {
    Origins origins;
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        origins.emplace_back(i);
    return origins;
}

SQLError orphan_of(const Table& child, const ForeignKey& key) {
    return foreign_key_child(fmt::format(
        "{}.{}, {}",
        quoted_name(child.schema),
        quoted_name(child.name),
        foreign_key_text(key, child)
    ));
}

std::string orphans_query(const Table& child, const Table& parent, const ForeignKey& key) {
    std::string known;
    std::string matches;
    const auto places = parent_places(parent, key);
    for (std::size_t i = 0; i < places.size(); ++i) {
        known += fmt::format("child.c{} NOTNULL AND ", key.columns[i]);
        matches +=
            fmt::format("{}parent.c{}=child.c{}", i == 0 ? "" : " AND ", places[i], key.columns[i]);
    }
    return fmt::format(
        "SELECT 1 FROM {} AS child WHERE {}NOT EXISTS(SELECT 1 FROM {} AS parent WHERE {})",
        child.storage_name,
        known,
        parent.storage_name,
        matches
    );
}

} // namespace diorama::rds::sql
