// Which locks a statement needs, and where it notes that it has them. Who has the writer's place
// is alone: it only looks whether another transaction has locked what it wants. Its own locks are
// worked out when it gives the place up, most of them from its changes.
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/row_keys.hpp"

#include <algorithm>

namespace diorama::rds::sql {

namespace {

// A table of a FROM clause, or of those inside of it.
void collect_tables(const Select& select, std::vector<TableName>& names);

void collect_tables(const TableReference& reference, std::vector<TableName>& names) {
    if (reference.kind == TableReference::Kind::join) {
        collect_tables(*reference.left, names);
        collect_tables(*reference.right, names);
    } else if (reference.derived) {
        collect_tables(*reference.derived, names);
    } else {
        names.push_back(reference.name);
    }
}

void collect_tables(const Select& select, std::vector<TableName>& names) {
    for (const auto& common : select.common_tables)
        collect_tables(*common.select, names);
    for (const auto& member : select.members)
        collect_tables(*member, names);
    if (select.from) collect_tables(*select.from, names);
}

// The columns that a condition binds to single values: "a = 1 AND b IN (2, 3)".
void collect_fixed(const Expr& condition, std::vector<std::string>& columns) {
    if (condition.kind == ExprKind::binary && condition.text == "AND") {
        for (const auto& part : condition.args)
            collect_fixed(*part, columns);
        return;
    }
    const bool is_equality = condition.kind == ExprKind::binary && condition.text == "=";
    if (!is_equality && condition.kind != ExprKind::in_list) return;
    const auto is_constant = [](const ExprPtr& value) {
        return value->kind == ExprKind::integer || value->kind == ExprKind::text ||
               value->kind == ExprKind::parameter || value->kind == ExprKind::decimal;
    };
    if (condition.args.empty() || condition.args[0]->kind != ExprKind::column) return;
    if (std::all_of(condition.args.begin() + 1, condition.args.end(), is_constant))
        columns.push_back(condition.args[0]->text);
}

bool is_aggregated(const Select& select) {
    return !select.group_by.empty() || select.having || select.is_distinct ||
           std::any_of(select.items.begin(), select.items.end(), [](const SelectItem& item) {
               return item.expression && item.expression->kind == ExprKind::function &&
                      is_aggregate_name(item.expression->text);
           });
}

} // namespace

bool Connection::others_have_locks() const {
    return engine_.row_locks().transactions() > (has_entered_ ? 1U : 0U);
}

void Connection::require(const Lock& lock) {
    if (engine_.row_locks().is_free(this, lock)) return;
    if (locked_rows_ == LockedRows::are_refused)
        throw SQLError{
            3572,
            "HY000",
            "Statement aborted because lock(s) could not be acquired immediately and NOWAIT is set."
        };
    throw LockIsTaken{lock};
}

void Connection::lock_table(const Table& table, LockMode mode) {
    Lock lock{table_key(table), mode};
    if (others_have_locks()) require(lock);
    noted_locks_.push_back(std::move(lock));
}

void Connection::lock_row(
    const Table& table,
    std::span<const Value> row,
    std::int64_t rowid,
    LockMode mode
) {
    Lock lock{row_key(table, row, rowid), mode};
    if (others_have_locks()) {
        const bool is_shared = mode == LockMode::shared;
        require(
            {table_key(table),
             is_shared ? LockMode::intention_shared : LockMode::intention_exclusive}
        );
        require(lock);
    }
    noted_locks_.push_back(std::move(lock));
}

// MySQL: at SERIALIZABLE a plain SELECT in a transaction is one FOR SHARE.
bool Connection::locks_rows(const Select& select) const {
    if (engine_.is_read_only() || (!select.from && select.members.empty())) return false;
    if (select.locking != Locking::none) return true;
    return (in_transaction_ || !autocommits_) && isolation() == Isolation::serializable;
}

// Rows are found by the clauses of the query and locked by their keys.
// DIFFERS: InnoDB locks ranges of an index too. Here only SERIALIZABLE does so, by locking the
// table unless a unique key says which rows are meant.
void Connection::lock_selected(const Select& select) {
    const auto mode = select.locking == Locking::update ? LockMode::exclusive : LockMode::shared;
    locked_rows_ = select.locked_rows;
    const bool is_simple = select.members.empty() && select.common_tables.empty() && select.from;
    if (isolation() == Isolation::serializable && !(is_simple && is_by_unique_key(select))) {
        std::vector<TableName> names;
        collect_tables(select, names);
        for (const auto& name : names) {
            const auto schema = name.schema.empty() ? context_.database : name.schema;
            const auto table = catalog_->find_table(schema, name.table);
            if (table && !table->is_system) lock_table(*table, mode);
        }
    }
    if (!is_simple) return;
    const auto classes = parameter_classes();
    std::vector<std::string> targets;
    for (const auto& alias : target_names(*select.from))
        if (is_locked_by(select, alias)) targets.push_back(alias);
    Translator::Selection selection{
        .tables = select.from.get(),
        .where = select.where.get(),
        .locking = &select
    };
    // With a LIMIT only the rows that are returned, as far as the order can be told without the
    // select list.
    auto limited = selection;
    limited.order = &select.order_by;
    limited.limit = select.limit.get();
    limited.offset = select.offset.get();
    for (const auto& attempt : {limited, selection}) {
        if (attempt.limit != nullptr && is_aggregated(select)) continue;
        Translator translator(names(classes));
        std::vector<TablePtr> tables;
        std::string sql;
        try {
            std::vector<Type> types;
            sql = translator.rows_with(attempt, targets, {}, types);
        } catch (const SQLError&) {
            continue; // the query itself will say what is wrong with it
        }
        for (const auto& target : targets)
            for (const auto& source : translator.sources())
                if (equals_ignoring_case(source.alias, target)) tables.push_back(source.table);
        return lock_found(sql, tables, mode);
    }
}

bool Connection::is_by_unique_key(const Select& select) const {
    if (!select.where || select.from->kind != TableReference::Kind::table) return false;
    const auto& name = select.from->name;
    const auto table =
        catalog_->find_table(name.schema.empty() ? context_.database : name.schema, name.table);
    if (!table) return false;
    std::vector<std::string> fixed;
    collect_fixed(*select.where, fixed);
    return std::any_of(table->indexes.begin(), table->indexes.end(), [&](const Index& index) {
        return (index.is_unique || index.is_primary()) &&
               std::all_of(index.parts.begin(), index.parts.end(), [&](const IndexPart& part) {
                   return std::any_of(fixed.begin(), fixed.end(), [&](const auto& column) {
                       return equals_ignoring_case(column, table->columns[part.column].name);
                   });
               });
    });
}

void Connection::lock_found(
    const std::string& sql,
    const std::vector<TablePtr>& tables,
    LockMode mode
) {
    if (tables.empty()) return;
    auto& kept = kept_[sql];
    if (!kept) kept = prepare_sqlite(sqlite_.get(), sql);
    auto* statement = kept.get();
    const Resetting resetting(statement);
    for (std::size_t i = 0; i < parameters_.size(); ++i)
        bind_value(statement, static_cast<int>(i + 1), parameters_[i].value);
    int result = SQLITE_OK;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        int column = 0;
        for (const auto& table : tables) {
            const bool has_rowid = !table->is_without_rowid();
            const int first =
                has_rowid ? column
                          : column + static_cast<int>(table->primary_key()->parts[0].column);
            // The missing side of an outer join has no row.
            const bool is_missing = sqlite3_column_type(statement, first) == SQLITE_NULL;
            const auto rowid = has_rowid ? sqlite3_column_int64(statement, column++) : 0;
            std::vector<Value> row;
            for (std::size_t i = 0; i < table->columns.size(); ++i)
                row.push_back(column_value(statement, column++).owned());
            if (!is_missing && !table->is_system) lock_row(*table, row, rowid, mode);
        }
    }
    if (result != SQLITE_DONE) step_error();
}

// A definition waits for the transactions that have locked something of its tables.
// DIFFERS: MySQL's waits for those that have only read them, too.
void Connection::lock_defined(const Statement& statement) {
    if (!others_have_locks()) return;
    std::vector<TableName> names;
    if (const auto* alter = std::get_if<AlterTable>(&statement)) {
        names = {alter->table};
        for (const auto& clause : alter->clauses) {
            if (clause.kind != AlterClause::Kind::add_foreign_key) continue;
            auto& parent = names.emplace_back(clause.foreign_key.parent);
            if (parent.schema.empty()) parent.schema = alter->table.schema;
        }
    }
    if (const auto* drop = std::get_if<DropTables>(&statement)) names = drop->tables;
    if (const auto* truncate = std::get_if<TruncateTable>(&statement)) names = {truncate->table};
    if (const auto* rename = std::get_if<RenameTables>(&statement))
        for (const auto& [from, to] : rename->renames)
            names.push_back(from);
    if (const auto* drop = std::get_if<DropDatabase>(&statement))
        if (const auto* database = catalog_->find_database(drop->name); database != nullptr)
            for (const auto& [name, table] : database->tables)
                names.push_back({database->name, name});
    for (const auto& name : names) {
        const auto schema = name.schema.empty() ? context_.database : name.schema;
        if (const auto table = catalog_->find_table(schema, name.table))
            require({table_key(*table), LockMode::exclusive});
    }
}

// The rows it changed with all their unique keys, and the parents of what it added.
std::vector<Lock> Connection::locks_of(const Change& change, const Rowids& inserted) const {
    std::vector<Lock> locks;
    const auto table = catalog_->find_table(change.schema, change.table);
    if (!table) return locks;
    for (const auto* row : {&change.old_row, &change.new_row})
        if (!row->empty())
            for (auto& key : unique_keys(*table, *row))
                locks.push_back({std::move(key), LockMode::exclusive});
    // Nobody else can meet a row without a key before it is committed, and its rowid may change.
    if (table->primary_key() == nullptr && change.kind != Change::Kind::insert &&
        !inserted.contains({table->storage_name, change.rowid}))
        locks.push_back({row_key(*table, change.old_row, change.rowid), LockMode::exclusive});
    if (!change.new_row.empty())
        for (const auto& foreign : table->foreign_keys)
            if (auto key = parent_key(*catalog_, foreign, change.new_row))
                locks.push_back({std::move(*key), LockMode::shared});
    locks.push_back({table_key(*table), LockMode::intention_exclusive});
    return locks;
}

Connection::Rowids Connection::inserted_rows() const {
    Rowids rows;
    for (const auto& change : pending_.changes) {
        if (change.kind != Change::Kind::insert || change.rowid == 0) continue;
        if (const auto table = catalog_->find_table(change.schema, change.table))
            rows.emplace(table->storage_name, change.rowid);
    }
    return rows;
}

// Keys of rows that were inserted from that change on, and that nothing before it has to do with.
std::set<LockKey> Connection::entered_insertions(std::size_t first_change) const {
    std::set<LockKey> keys;
    const auto keys_of = [this](const Change& change, const std::vector<Value>& row) {
        const auto table = catalog_->find_table(change.schema, change.table);
        return table && !row.empty() ? unique_keys(*table, row) : std::vector<LockKey>();
    };
    const auto& changes = pending_.changes;
    for (auto i = first_change; i < entered_changes_; ++i)
        if (changes[i].kind == Change::Kind::insert)
            for (auto& key : keys_of(changes[i], changes[i].new_row))
                keys.insert(std::move(key));
    if (keys.empty()) return keys;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        if (i >= first_change && changes[i].kind == Change::Kind::insert) continue;
        for (const auto* row : {&changes[i].old_row, &changes[i].new_row})
            for (const auto& key : keys_of(changes[i], *row))
                keys.erase(key);
    }
    return keys;
}

// Of changes that are about to be undone.
void Connection::keep_locks(std::size_t first_change, bool of_inserted_too) {
    if (first_change >= pending_.changes.size()) return;
    const auto inserted = inserted_rows();
    for (auto i = first_change; i < pending_.changes.size(); ++i) {
        const auto& change = pending_.changes[i];
        if (change.kind == Change::Kind::insert && !of_inserted_too) continue;
        for (auto& lock : locks_of(change, inserted))
            noted_locks_.push_back(std::move(lock));
    }
}

void Connection::enter(const Lock& lock) {
    auto& locks = engine_.row_locks();
    has_entered_ = true;
    locks.hold(this, lock);
    const auto slash = lock.key.place.find('/');
    if (slash == std::string::npos) return;
    const bool is_shared = lock.mode == LockMode::shared;
    locks.hold(
        this,
        {{lock.key.place.substr(0, slash), {}, {}},
         is_shared ? LockMode::intention_shared : LockMode::intention_exclusive}
    );
}

// From now on others see them.
void Connection::enter_locks() {
    const auto inserted = inserted_rows();
    for (; entered_changes_ < pending_.changes.size(); ++entered_changes_)
        for (const auto& lock : locks_of(pending_.changes[entered_changes_], inserted))
            enter(lock);
    for (const auto& lock : std::exchange(noted_locks_, {}))
        enter(lock);
    if (has_entered_ && !pending_.changes.empty())
        engine_.row_locks().publish(this, &pending_.changes);
}

} // namespace diorama::rds::sql
