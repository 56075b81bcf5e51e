// Rows in and out of SQLite.
#include "services/rds/data/sql/row_writer.hpp"

#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/collation.hpp"
#include "services/rds/data/sql/foreign_keys.hpp"
#include "services/rds/data/sql/row_keys.hpp"
#include "services/rds/data/sql/setting_aside.hpp"
#include "services/rds/data/sql/uninterrupted.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

sqlite3_stmt* RowWriter::kept(const std::string& sql) {
    auto& statement = connection_.kept_[sql];
    if (!statement) statement = prepare_sqlite(connection_.sqlite_.get(), sql);
    return statement.get();
}

void RowWriter::run(sqlite3_stmt* statement) {
    const Resetting resetting(statement);
    if (sqlite3_step(statement) != SQLITE_DONE) throw_sqlite_error(connection_.sqlite_.get());
}

std::string RowWriter::where_key(std::size_t first) const {
    if (!table_->is_without_rowid()) return fmt::format("rowid=?{}", first);
    std::string text;
    for (const auto& part : table_->primary_key()->parts)
        text += fmt::format("{}c{}=?{}", text.empty() ? "" : " AND ", part.column, first++);
    return text;
}

std::int64_t RowWriter::rowid_of(std::span<const Value> row) {
    if (const auto column = table_->rowid_column()) return row[*column].integer;
    return found_rowid_ = rowid_ ? *rowid_ : find_rowid(row);
}

std::int64_t RowWriter::find_rowid(std::span<const Value> row) {
    // A row of the log: any row that is the same will do.
    std::string text = fmt::format("SELECT rowid FROM {} WHERE ", table_->storage_name);
    for (std::size_t i = 0; i < row.size(); ++i)
        text += fmt::format("{}c{} COLLATE BINARY IS ?{}", i == 0 ? "" : " AND ", i, i + 1);
    auto* statement = kept(text + " LIMIT 1");
    const Resetting resetting(statement);
    for (std::size_t i = 0; i < row.size(); ++i)
        bind_value(statement, static_cast<int>(i + 1), row[i]);
    return sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
}

void RowWriter::bind_key(sqlite3_stmt* statement, std::size_t first, std::span<const Value> row)
    const {
    if (!table_->is_without_rowid()) {
        sqlite3_bind_int64(
            statement,
            static_cast<int>(first),
            const_cast<RowWriter*>(this)->rowid_of(row)
        );
        return;
    }
    for (const auto& part : table_->primary_key()->parts)
        bind_value(statement, static_cast<int>(first++), row[part.column]);
}

void RowWriter::log(
    Change::Kind kind,
    std::span<const Value> old_row,
    std::span<const Value> new_row
) {
    connection_.engine_.counters.writes++;
    if (table_->is_system) return;
    if (table_->is_temporary) {
        connection_.keeps_place_ = true;
        return;
    }
    Change change;
    change.kind = kind;
    change.schema = table_->schema;
    change.table = table_->name;
    change.old_row.assign(old_row.begin(), old_row.end());
    change.new_row.assign(new_row.begin(), new_row.end());
    if (table_->primary_key() == nullptr)
        change.rowid = kind == Change::Kind::insert ? inserted_rowid() : found_rowid_;
    connection_.pending_.changes.push_back(std::move(change));
}

int RowWriter::store(std::span<const Value> row) {
    std::string text = fmt::format("INSERT INTO {} VALUES(", table_->storage_name);
    for (std::size_t i = 0; i < row.size(); ++i)
        text += fmt::format("{}?{}", i == 0 ? "" : ",", i + 1);
    auto* statement = kept(text + ")");
    const Resetting resetting(statement);
    for (std::size_t i = 0; i < row.size(); ++i)
        bind_value(statement, static_cast<int>(i + 1), row[i]);
    const int result = sqlite3_step(statement);
    if (result == SQLITE_DONE) add_words(row, sqlite3_last_insert_rowid(connection_.sqlite_.get()));
    return result;
}

std::optional<RowWriter::Conflict> RowWriter::insert(std::span<const Value> row) {
    connection_.stop_if_due();
    const Uninterrupted uninterrupted(connection_.rows_being_written_);
    claim(row, true);
    check_parents(row);
    if (connection_.writes_aside_) {
        if (!is_free_aside(row)) throw NotAside{};
        log(Change::Kind::insert, {}, row);
        return std::nullopt;
    }
    if (const int result = store(row); result != SQLITE_DONE) {
        if ((result & 0xff) == SQLITE_CONSTRAINT)
            if (auto conflict = find_conflict(row, {})) return conflict;
        throw_sqlite_error(connection_.sqlite_.get());
    }
    log(Change::Kind::insert, {}, row);
    return std::nullopt;
}

int RowWriter::change(std::span<const Value> old_row, std::span<const Value> new_row) {
    std::string text = fmt::format("UPDATE {} SET ", table_->storage_name);
    std::size_t parameter = 0;
    for (std::size_t i = 0; i < new_row.size(); ++i)
        if (!(new_row[i] == old_row[i]))
            text += fmt::format("{}c{}=?{}", parameter++ == 0 ? "" : ",", i, parameter);
    auto* statement = kept(text + " WHERE " + where_key(parameter + 1));
    const Resetting resetting(statement);
    std::size_t next = 1;
    for (std::size_t i = 0; i < new_row.size(); ++i)
        if (!(new_row[i] == old_row[i]))
            bind_value(statement, static_cast<int>(next++), new_row[i]);
    bind_key(statement, next, old_row);
    const int result = sqlite3_step(statement);
    if (result != SQLITE_DONE || table_->indexes.empty() || !table_->indexes.back().is_fulltext)
        return result;
    const auto rowid = table_->is_without_rowid() ? 0 : rowid_of(old_row);
    remove_words(old_row, rowid);
    // A new primary key is a new rowid.
    const auto key = table_->rowid_column();
    add_words(new_row, key ? new_row[*key].integer : rowid);
    return result;
}

std::optional<RowWriter::Conflict>
RowWriter::update(std::span<const Value> old_row, std::span<const Value> new_row) {
    connection_.stop_if_due();
    const Uninterrupted uninterrupted(connection_.rows_being_written_);
    claim(old_row, false);
    claim(new_row, false);
    check_parents(new_row);
    if (connection_.writes_aside_) { // its keys stay as they are
        log(Change::Kind::update, old_row, new_row);
        return std::nullopt;
    }
    if (const int result = change(old_row, new_row); result != SQLITE_DONE) {
        if ((result & 0xff) == SQLITE_CONSTRAINT)
            if (auto conflict = find_conflict(new_row, old_row)) return conflict;
        throw_sqlite_error(connection_.sqlite_.get());
    }
    log(Change::Kind::update, old_row, new_row);
    follow_children(old_row, new_row);
    return std::nullopt;
}

void RowWriter::erase(std::span<const Value> row) {
    auto* statement =
        kept(fmt::format("DELETE FROM {} WHERE {}", table_->storage_name, where_key(1)));
    bind_key(statement, 1, row);
    run(statement);
    if (!table_->indexes.empty() && table_->indexes.back().is_fulltext)
        remove_words(row, table_->is_without_rowid() ? 0 : rowid_of(row));
}

void RowWriter::remove(std::span<const Value> row) {
    connection_.stop_if_due();
    const Uninterrupted uninterrupted(connection_.rows_being_written_);
    claim(row, false);
    if (connection_.writes_aside_) return log(Change::Kind::remove, row, {});
    erase(row);
    log(Change::Kind::remove, row, {});
    follow_children(row, {});
}

// Of a table whose primary key is its only unique one.
bool RowWriter::is_free_aside(std::span<const Value> row) {
    const auto own = SettingAside(connection_).own_state(*table_, row_key(*table_, row, 0));
    if (own) return !*own;
    return !find_conflict(row, {});
}

// The row and its unique keys must not be another transaction's.
void RowWriter::claim(std::span<const Value> row, bool is_new) {
    if (!checks_foreign_keys_ || !connection_.others_have_locks()) return;
    connection_.require({table_key(*table_), LockMode::intention_exclusive});
    for (auto& key : unique_keys(*table_, row))
        connection_.require({std::move(key), LockMode::exclusive});
    if (!is_new && table_->primary_key() == nullptr)
        connection_.require({row_key(*table_, row, rowid_of(row)), LockMode::exclusive});
}

void RowWriter::lock(std::span<const Value> row) {
    connection_.lock_row(*table_, row, rowid_of(row), LockMode::exclusive);
}

// Which unique key is taken, and by which row; the primary key is looked at first.
std::optional<RowWriter::Conflict>
RowWriter::find_conflict(std::span<const Value> row, std::span<const Value> except) {
    for (std::size_t number = 0; number < table_->indexes.size(); ++number) {
        const auto& index = table_->indexes[number];
        if (!index.is_unique) continue;
        const bool has_null =
            std::any_of(index.parts.begin(), index.parts.end(), [&](const auto& part) {
                return row[part.column].is_null();
            });
        if (has_null) continue;
        std::string text = "SELECT ";
        for (std::size_t i = 0; i < row.size(); ++i)
            text += fmt::format("{}c{}", i == 0 ? "" : ",", i);
        text += fmt::format(" FROM {} WHERE ", table_->storage_name);
        for (std::size_t i = 0; i < index.parts.size(); ++i) {
            const auto& part = index.parts[i];
            const auto column =
                part.prefix == 0 ? fmt::format("c{}", part.column)
                                 : fmt::format(
                                       "substr(c{},1,{}) COLLATE {}",
                                       part.column,
                                       part.prefix,
                                       collation_name(table_->columns[part.column].type.collation)
                                   );
            const auto wanted = part.prefix == 0
                                    ? fmt::format("?{}", i + 1)
                                    : fmt::format("substr(?{},1,{})", i + 1, part.prefix);
            text += fmt::format("{}{}={}", i == 0 ? "" : " AND ", column, wanted);
        }
        auto* statement = kept(text);
        const Resetting resetting(statement);
        for (std::size_t i = 0; i < index.parts.size(); ++i)
            bind_value(statement, static_cast<int>(i + 1), row[index.parts[i].column]);
        while (sqlite3_step(statement) == SQLITE_ROW) {
            Conflict conflict{number, {}};
            for (std::size_t i = 0; i < row.size(); ++i)
                conflict.row.push_back(column_value(statement, static_cast<int>(i)).owned());
            if (!except.empty() && std::equal(except.begin(), except.end(), conflict.row.begin()))
                continue;
            return conflict;
        }
    }
    return std::nullopt;
}

SQLError RowWriter::duplicate(const Conflict& conflict, std::span<const Value> row) const {
    const auto& index = table_->indexes[conflict.index];
    std::string entry;
    for (const auto& part : index.parts) {
        if (!entry.empty()) entry += '-';
        auto text = text_of(table_->columns[part.column].type, row[part.column]);
        if (part.prefix != 0)
            text.resize(std::min<std::size_t>(text.size(), character_offset(text, part.prefix)));
        entry += text;
    }
    return duplicate_entry(entry, table_->name + "." + index.name);
}

void RowWriter::check_parents(std::span<const Value> row) {
    if (table_->foreign_keys.empty()) return;
    if (!checks_foreign_keys_ || !connection_.checks_foreign_keys()) return;
    for (const auto& key : table_->foreign_keys) {
        const bool has_null = std::any_of(key.columns.begin(), key.columns.end(), [&](auto column) {
            return row[column].is_null();
        });
        if (has_null) continue;
        // A parent that another transaction changes, removes or has just inserted is waited for.
        if (connection_.others_have_locks())
            if (auto wanted = parent_key(*connection_.catalog_, key, row))
                connection_.require({std::move(*wanted), LockMode::shared});
        const auto parent = connection_.catalog_->find_table(key.parent_schema, key.parent_table);
        bool is_found = false;
        if (parent) {
            std::string text = fmt::format("SELECT 1 FROM {} WHERE ", parent->storage_name);
            for (std::size_t i = 0; i < key.columns.size(); ++i) {
                const auto column = parent->find_column(key.parent_columns[i]);
                text += fmt::format("{}c{}=?{}", i == 0 ? "" : " AND ", column.value_or(0), i + 1);
            }
            auto* statement = kept(text);
            const Resetting resetting(statement);
            for (std::size_t i = 0; i < key.columns.size(); ++i)
                bind_value(statement, static_cast<int>(i + 1), row[key.columns[i]]);
            is_found = sqlite3_step(statement) == SQLITE_ROW;
            // A row may be its own parent.
            if (!is_found && parent == table_) {
                is_found = true;
                for (std::size_t i = 0; i < key.columns.size(); ++i)
                    is_found =
                        is_found && row[key.columns[i]] ==
                                        row[parent->find_column(key.parent_columns[i]).value_or(0)];
            }
        }
        if (!is_found) throw orphan_of(*table_, key);
    }
}

// Rows of other tables that point to the row that went or changed. An empty new row: it went.
void RowWriter::follow_children(std::span<const Value> old_row, std::span<const Value> new_row) {
    // A catalog that is just being made may have others under the same version.
    if (!connection_.changes_catalog_ &&
        !connection_.parents_.contains(*connection_.catalog_, *table_))
        return;
    if (!checks_foreign_keys_ || !connection_.checks_foreign_keys()) return;
    for (const auto& [schema, database] : connection_.catalog_->databases)
        for (const auto& [name, child] : database.tables)
            for (const auto& key : child->foreign_keys) {
                if (key.parent_schema != table_->schema || key.parent_table != table_->name)
                    continue;
                std::vector<std::size_t> parents;
                bool is_changed = new_row.empty();
                for (const auto& column : key.parent_columns) {
                    parents.push_back(table_->find_column(column).value_or(0));
                    is_changed =
                        is_changed || !(new_row[parents.back()] == old_row[parents.back()]);
                }
                if (!is_changed) continue;
                std::string text = fmt::format(
                    "SELECT {}* FROM {} WHERE ",
                    child->is_without_rowid() ? "" : "rowid,",
                    child->storage_name
                );
                for (std::size_t i = 0; i < parents.size(); ++i)
                    text += fmt::format("{}c{}=?{}", i == 0 ? "" : " AND ", key.columns[i], i + 1);
                std::vector<std::pair<std::int64_t, std::vector<Value>>> rows;
                {
                    auto* statement = kept(text);
                    const Resetting resetting(statement);
                    for (std::size_t i = 0; i < parents.size(); ++i)
                        bind_value(statement, static_cast<int>(i + 1), old_row[parents[i]]);
                    const int shift = child->is_without_rowid() ? 0 : 1;
                    while (sqlite3_step(statement) == SQLITE_ROW) {
                        auto& [rowid, values] = rows.emplace_back();
                        rowid = shift == 0 ? 0 : sqlite3_column_int64(statement, 0);
                        for (std::size_t i = 0; i < child->columns.size(); ++i)
                            values.push_back(
                                column_value(statement, static_cast<int>(i) + shift).owned()
                            );
                    }
                }
                if (rows.empty()) continue;
                const auto action = new_row.empty() ? key.on_delete : key.on_update;
                if (action == ReferenceAction::no_action || action == ReferenceAction::restrict)
                    throw foreign_key_parent(fmt::format(
                        "{}.{}, {}",
                        quoted_name(child->schema),
                        quoted_name(child->name),
                        foreign_key_text(key, *child)
                    ));
                RowWriter writer(connection_, child);
                for (auto& [rowid, values] : rows) {
                    writer.set_rowid(rowid);
                    if (action == ReferenceAction::cascade && new_row.empty()) {
                        writer.remove(values);
                        continue;
                    }
                    auto changed = values;
                    for (std::size_t i = 0; i < parents.size(); ++i)
                        changed[key.columns[i]] =
                            action == ReferenceAction::set_null ? Value{} : new_row[parents[i]];
                    connection_.fill_generated(*child, changed, 1, connection_.is_strict());
                    if (const auto conflict = writer.update(values, changed))
                        throw writer.duplicate(*conflict, changed);
                }
            }
}

} // namespace diorama::rds::sql
