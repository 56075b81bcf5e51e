// See row_keys.hpp.
#include "services/rds/data/sql/row_keys.hpp"

#include "services/rds/data/sql/collation.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <functional>

namespace diorama::rds::sql {

namespace {

std::optional<LockKey> index_key(
    const Table& table,
    std::size_t number,
    const std::function<const Value*(const IndexPart& part)>& value_of
) {
    LockKey key{fmt::format("{}/{}", table.storage_name, number), {}, {}};
    for (const auto& part : table.indexes[number].parts) {
        const auto* value = value_of(part);
        if (value == nullptr || value->is_null()) return std::nullopt;
        key.values.push_back(*value);
        key.collations.push_back(table.columns[part.column].type.collation);
        if (part.prefix == 0) continue;
        auto& bytes = key.values.back().bytes;
        bytes.resize(std::min<std::size_t>(bytes.size(), character_offset(bytes, part.prefix)));
    }
    return key;
}

} // namespace

LockKey table_key(const Table& table) {
    return {table.storage_name, {}, {}};
}

LockKey row_key(const Table& table, std::span<const Value> row, std::int64_t rowid) {
    for (std::size_t i = 0; i < table.indexes.size(); ++i) {
        if (!table.indexes[i].is_primary()) continue;
        auto key = index_key(table, i, [&](const IndexPart& part) { return &row[part.column]; });
        if (key) return std::move(*key);
    }
    return {table.storage_name + "/row", {Value::of(rowid)}, {Collation::binary}};
}

std::vector<LockKey> unique_keys(const Table& table, std::span<const Value> row) {
    std::vector<LockKey> keys;
    for (std::size_t i = 0; i < table.indexes.size(); ++i) {
        if (!table.indexes[i].is_unique && !table.indexes[i].is_primary()) continue;
        auto key = index_key(table, i, [&](const IndexPart& part) { return &row[part.column]; });
        if (key) keys.push_back(std::move(*key));
    }
    return keys;
}

std::optional<LockKey>
parent_key(const Catalog& catalog, const ForeignKey& key, std::span<const Value> child) {
    const auto parent = catalog.find_table(key.parent_schema, key.parent_table);
    if (!parent) return std::nullopt;
    for (std::size_t i = 0; i < parent->indexes.size(); ++i) {
        const auto& index = parent->indexes[i];
        if ((!index.is_unique && !index.is_primary()) || index.parts.size() != key.columns.size())
            continue;
        bool fits = true;
        auto found = index_key(*parent, i, [&](const IndexPart& part) -> const Value* {
            for (std::size_t c = 0; c < key.columns.size(); ++c)
                if (parent->find_column(key.parent_columns[c]) == part.column)
                    return &child[key.columns[c]];
            fits = false;
            return nullptr;
        });
        if (fits) return found;
    }
    return std::nullopt;
}

} // namespace diorama::rds::sql
