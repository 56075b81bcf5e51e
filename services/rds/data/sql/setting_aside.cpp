// See setting_aside.hpp.
#include "services/rds/data/sql/setting_aside.hpp"

#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/character_set.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/row_keys.hpp"
#include "services/rds/limits.hpp"

#include <algorithm>
#include <array>

namespace diorama::rds::sql {

namespace {

// What depends on nothing but the row and the statement.
bool is_simple(const Expr& expr) {
    static constexpr std::array functions{
        "ABS",
        "COALESCE",
        "CONCAT",
        "CURRENT_TIMESTAMP",
        "IFNULL",
        "LOWER",
        "NOW",
        "ROUND",
        "UPPER",
        "UTC_TIMESTAMP",
        "UUID"
    };
    switch (expr.kind) {
    case ExprKind::null:
    case ExprKind::integer:
    case ExprKind::decimal:
    case ExprKind::real:
    case ExprKind::text:
    case ExprKind::bytes:
    case ExprKind::boolean:
    case ExprKind::parameter:
    case ExprKind::column:
    case ExprKind::default_value:
        return true;
    case ExprKind::function:
        if (std::find(functions.begin(), functions.end(), expr.text) == functions.end())
            return false;
        [[fallthrough]];
    case ExprKind::unary:
    case ExprKind::binary:
        return std::all_of(expr.args.begin(), expr.args.end(), [](const ExprPtr& argument) {
            return argument && is_simple(*argument);
        });
    default:
        return false;
    }
}

bool is_in_primary_key(const Table& table, std::size_t column) {
    const auto& parts = table.primary_key()->parts;
    return std::any_of(parts.begin(), parts.end(), [column](const IndexPart& part) {
        return part.column == column;
    });
}

bool is_plain_index(const Table& table, const Index& index) {
    if (!index.is_primary()) return !index.is_unique && !index.is_fulltext;
    return std::all_of(index.parts.begin(), index.parts.end(), [&](const IndexPart& part) {
        const auto& column = table.columns[part.column];
        return part.prefix == 0 && column.generated_as.empty() && !column.updates_now;
    });
}

// Kinds whose values are compared as they are written; YEAR takes 70 for 1970, and BIT takes bytes.
bool is_compared_as_written(const Type& type, const Value& value) {
    if (value.kind == Value::Kind::integer)
        return type.kind >= TypeKind::tiny_integer && type.kind <= TypeKind::big_integer;
    // Others may be compared by another collation than the column's.
    return value.kind == Value::Kind::text && is_ascii(value.bytes) &&
           (type.kind == TypeKind::character || type.kind == TypeKind::varying_character);
}

// The writer's place for one statement.
class Turn {
public:
    Turn(bool& is_aside, WriterLock& place, const void* owner)
        : is_aside_(is_aside)
        , place_(place)
        , owner_(owner) {
        is_aside_ = true;
    }

    ~Turn() {
        is_aside_ = false;
        place_.release(owner_);
    }

    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

private:
    bool& is_aside_;
    WriterLock& place_;
    const void* owner_;
};

bool is_same(const LockKey& a, const LockKey& b) {
    return !(a < b) && !(b < a);
}

} // namespace

// One whose rows concern no other table, and are told apart by the primary key alone.
TablePtr SettingAside::plain_table(const TableName& name) {
    if (!session_.temporary_.is_empty()) return nullptr;
    if (!catalog_) catalog_ = session_.session_catalog();
    const auto& schema = name.schema.empty() ? session_.context_.database : name.schema;
    auto table = catalog_->find_table(schema, name.table);
    if (!table || table->is_system || table->primary_key() == nullptr) return nullptr;
    if (!table->foreign_keys.empty() || session_.parents_.contains(*catalog_, *table))
        return nullptr;
    for (const auto& index : table->indexes)
        if (!is_plain_index(*table, index)) return nullptr;
    const auto* database = catalog_->find_database(table->schema);
    if (database == nullptr) return nullptr;
    for (const auto& trigger : database->programs.triggers)
        if (trigger->table == table->name) return nullptr;
    return table;
}

// Takes the values that a condition demands of columns: "id = 5 AND version = ?".
bool SettingAside::fix(const Expr& condition, const Table& table, std::vector<Value>& row) const {
    if (condition.kind != ExprKind::binary || condition.is_negated) return true;
    if (condition.text == "AND")
        return std::all_of(condition.args.begin(), condition.args.end(), [&](const ExprPtr& part) {
            return fix(*part, table, row);
        });
    if (condition.text != "=" || condition.args[0]->kind != ExprKind::column) return true;
    const auto column = table.find_column(condition.args[0]->text);
    if (!column || !is_in_primary_key(table, *column)) return true;
    const auto value = session_.literal(*condition.args[1]);
    if (!value || !row[*column].is_null() ||
        !is_compared_as_written(table.columns[*column].type, value->value))
        return false;
    row[*column] = value->value;
    return true;
}

std::optional<LockKey> SettingAside::fixed_key(const Expr& condition, const Table& table) const {
    std::vector<Value> row(table.columns.size());
    if (!is_simple(condition) || !fix(condition, table, row)) return std::nullopt;
    for (const auto& part : table.primary_key()->parts)
        if (row[part.column].is_null()) return std::nullopt;
    return row_key(table, row, 0);
}

bool SettingAside::changes_one_row(
    const TableReferencePtr& tables,
    const ExprPtr& where,
    TablePtr& table,
    std::optional<LockKey>& key
) {
    if (tables->kind != TableReference::Kind::table || !where) return false;
    table = plain_table(tables->name);
    if (table) key = fixed_key(*where, *table);
    return key.has_value();
}

bool SettingAside::is_plain_update(const Update& update, std::optional<LockKey>& key) {
    TablePtr table;
    if (update.ignores_errors || update.limit || !update.order_by.empty() ||
        !changes_one_row(update.tables, update.where, table, key))
        return false;
    const auto& assignments = update.assignments;
    return std::all_of(assignments.begin(), assignments.end(), [&](const Assignment& assignment) {
        const auto column = table->find_column(assignment.column);
        return column && !is_in_primary_key(*table, *column) && assignment.value &&
               is_simple(*assignment.value);
    });
}

bool SettingAside::is_plain_insert(const Insert& insert) {
    if (insert.select || insert.is_replace || insert.ignores_errors ||
        !insert.on_duplicate.empty() || insert.rows.size() > limits::most_changes_aside)
        return false;
    for (const auto& row : insert.rows)
        for (const auto& value : row)
            if (!is_simple(*value)) return false;
    return plain_table(insert.table) != nullptr;
}

bool SettingAside::is_plain(const Statement& statement, std::optional<LockKey>& key) {
    if (const auto* update = std::get_if<Update>(&statement)) return is_plain_update(*update, key);
    if (const auto* insert = std::get_if<Insert>(&statement)) return is_plain_insert(*insert);
    const auto* remove = std::get_if<Delete>(&statement);
    TablePtr table;
    return remove != nullptr && remove->targets.empty() && !remove->limit &&
           remove->order_by.empty() && changes_one_row(remove->tables, remove->where, table, key);
}

std::optional<bool> SettingAside::own_state(const Table& table, const LockKey& key) const {
    const auto& changes = session_.pending_.changes;
    for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
        if (change->table != table.name || change->schema != table.schema) continue;
        if (!change->new_row.empty() && is_same(row_key(table, change->new_row, 0), key))
            return true;
        if (!change->old_row.empty() && is_same(row_key(table, change->old_row, 0), key))
            return false;
    }
    return std::nullopt;
}

// Who writes alone writes at once.
bool SettingAside::fits(const Attempt& current) {
    if (!current.writes || current.is_definition || current.is_inside || session_.owns_writer_ ||
        session_.is_mixed_)
        return false;
    const bool is_alone = session_.pending_.changes.empty() && !session_.others_have_locks() &&
                          !session_.engine_.writer_lock().is_held_by_another(&session_);
    if (is_alone || (!session_.in_transaction_ && session_.autocommits_) || session_.keeps_place_ ||
        !session_.wake_up_ || session_.pending_.changes.size() >= limits::most_changes_aside)
        return false;
    session_.parameters_ = current.parameters;
    std::optional<LockKey> key;
    const auto& statement = current.statement.parsed.statement;
    if (!is_plain(statement, key)) return false;
    if (!key) return true;
    const auto* update = std::get_if<Update>(&statement);
    const auto& tables = update != nullptr ? *update->tables : *std::get<Delete>(statement).tables;
    return !own_state(*plain_table(tables.name), *key);
}

// With the writer's place, but nothing is written.
SettingAside::Result SettingAside::attempt(Attempt& current) {
    std::function<void()> is_wanted_by_other = session_.wake_up_;
    if (session_.engine_.settings().has_one_thread)
        is_wanted_by_other = [&session = session_] { session.park(); };
    if (!session_.engine_.writer_lock()
             .acquire(&session_, session_.wake_up_, std::move(is_wanted_by_other))) {
        session_.waiting_ = Connection::Waiting::writer;
        return Result::waits;
    }

    std::optional<Lock> wanted;
    {
        const Turn turn(session_.writes_aside_, session_.engine_.writer_lock(), &session_);
        session_.waiting_ = Connection::Waiting::nothing;
        // Whoever had the place until now may have given the table a trigger.
        if (session_.session_catalog() != catalog_) return Result::again;
        current.changes_before = session_.pending_.changes.size();
        try {
            session_.close_snapshot();
            session_.run_once(current);
            session_.enter_locks();
            return Result::finished;
        } catch (const LockIsTaken& taken) {
            session_.undo(current, true);
            session_.enter_locks();
            wanted = taken.wanted;
        } catch (const NotAside&) {
            // Begun anew at once: what it has locked so far is locked again, or was in vain.
            session_.pending_.changes.resize(current.changes_before);
            session_.undo(current, true);
            session_.is_mixed_ = true;
            return Result::refused;
        } catch (const SQLError&) {
            session_.undo(current, session_.takes_long_);
            session_.enter_locks();
            throw;
        }
    }
    return session_.wait_for(*wanted) ? Result::again : Result::waits;
}

// After each statement: who has nothing to repeat, can go on aside or has had the place for long,
// makes room at once, others when they idle. Repeating may take a tenth of the time.
void Connection::end_attempt(const Statement* statement) {
    if (!is_wanted()) return;
    const auto held = engine_.clock().steady_now() - place_since_;
    std::optional<LockKey> key;
    const bool goes_on_aside = statement != nullptr && !is_mixed_ && !takes_long_ &&
                               pending_.changes.size() < limits::most_changes_aside &&
                               SettingAside(*this).is_plain(*statement, key);
    if (!wake_up_ || pending_.changes.empty() || goes_on_aside ||
        held > std::max(limits::writer_turn, 10 * repeating_))
        park();
}

} // namespace diorama::rds::sql
