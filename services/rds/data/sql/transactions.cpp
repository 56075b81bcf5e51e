// Transactions over SQLite's one writer. A transaction that changes rows has the writer's place; if
// it idles and another wants the place, it parks: its changes are taken out of the file and kept,
// its row locks stay, and its next statement repeats the changes.
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/pausing.hpp"
#include "services/rds/data/sql/row_writer.hpp"
#include "services/rds/data/sql/uninterrupted.hpp"
#include "services/rds/limits.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

namespace {

SQLError deadlock_found() {
    return {1213, "40001", "Deadlock found when trying to get lock; try restarting transaction"};
}

} // namespace

Connection::Isolation Connection::isolation() const {
    const auto level = context_.variables.find("transaction_isolation");
    if (level == context_.variables.end()) return Isolation::repeatable_read;
    if (level->second == "READ-UNCOMMITTED") return Isolation::read_uncommitted;
    if (level->second == "READ-COMMITTED") return Isolation::read_committed;
    return level->second == "SERIALIZABLE" ? Isolation::serializable : Isolation::repeatable_read;
}

// The writer's place.

bool Connection::take_writer() {
    if (owns_writer_) return true;
    auto wake_up = wake_up_;
    auto wanted = engine_.settings().has_one_thread ? [this] { park(); } : wake_up;
    if (!engine_.writer_lock().acquire(this, std::move(wake_up), std::move(wanted))) {
        waiting_ = Waiting::writer;
        return false;
    }
    try {
        close_snapshot();
        begin_writing();
    } catch (const SQLError&) {
        engine_.writer_lock().release(this);
        throw;
    }
    return true;
}

void Connection::begin_writing() {
    const Uninterrupted uninterrupted(rows_being_written_);
    if (!pending_.changes.empty()) is_mixed_ = true;
    control("BEGIN IMMEDIATE");
    owns_writer_ = true;
    place_since_ = engine_.clock().steady_now();
    catalog_ = session_catalog();
    try {
        repeat_changes();
    } catch (const SQLError&) {
        // Its locks should have kept everybody out of the way.
        rollback();
        throw deadlock_found();
    }
}

// What the transaction changed before it was parked, and its savepoints where they were.
void Connection::repeat_changes() {
    RowMoves moves;
    std::size_t next = 0;
    const auto repeat_up_to = [&](std::size_t end) {
        for (; next < end; ++next) {
            auto& change = pending_.changes[next];
            change.rowid = repeat_change(change, moves);
        }
    };
    for (std::size_t i = 0; i < savepoints_.size(); ++i) {
        repeat_up_to(savepoint_marks_[i]);
        execute_sqlite(sqlite_.get(), fmt::format("SAVEPOINT u{}", i));
    }
    repeat_up_to(pending_.changes.size());
    repeating_ = engine_.clock().steady_now() - place_since_;
}

std::int64_t Connection::repeat_change(const Change& change, RowMoves& moves) {
    const auto table = catalog_->find_table(change.schema, change.table);
    if (!table) throw no_such_table(change.schema, change.table);
    RowWriter writer(*this, table);
    if (table->primary_key() != nullptr) {
        writer.repeat(change);
        return 0;
    }
    if (change.kind == Change::Kind::insert) {
        writer.repeat(change);
        const auto rowid = writer.inserted_rowid();
        if (rowid != change.rowid) moves[{table->storage_name, change.rowid}] = rowid;
        return rowid;
    }
    auto moved = change;
    if (const auto found = moves.find({table->storage_name, change.rowid}); found != moves.end())
        moved.rowid = found->second;
    writer.repeat(moved);
    return moved.rowid;
}

bool Connection::is_wanted() const {
    return owns_writer_ && !keeps_place_ && engine_.writer_lock().is_wanted_from(this);
}

void Connection::park() {
    if (!owns_writer_ || keeps_place_) return;
    enter_locks();
    sqlite3_exec(sqlite_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    owns_writer_ = false;
    engine_.writer_lock().release(this);
}

// Statements that neither read nor commit what the transaction has changed.
bool Connection::needs_own_changes(const Statement& statement) const {
    if (const auto* transaction = std::get_if<Transaction>(&statement))
        return transaction->kind == Transaction::Kind::begin ||
               transaction->kind == Transaction::Kind::commit;
    if (only_pauses(statement)) return false;
    return !std::holds_alternative<Kill>(statement) && !std::holds_alternative<Use>(statement) &&
           !std::holds_alternative<SetNames>(statement) &&
           !std::holds_alternative<Show>(statement) &&
           !std::holds_alternative<SetTransaction>(statement) &&
           !std::holds_alternative<Prepare>(statement) &&
           !std::holds_alternative<DeallocatePrepared>(statement) &&
           !std::holds_alternative<Signal>(statement) &&
           !std::holds_alternative<GetDiagnostics>(statement);
}

// Whether a SELECT reads another state than the newest that was committed.
bool Connection::needs_place_to_read(const Statement& statement) const {
    const auto* select = std::get_if<Select>(&statement);
    if (select == nullptr || (!select->from && select->members.empty())) return false;
    switch (isolation()) {
    case Isolation::read_uncommitted:
        return others_have_locks() || engine_.writer_lock().is_held_by_another(this);
    case Isolation::repeatable_read:
        return in_transaction_ && !has_snapshot_ && snapshot_position_.has_value();
    default:
        return false;
    }
}

// Waiting.

// False: it still waits. Throws what ended the wait.
bool Connection::may_go_on() {
    takes_long_ = false;
    if (waiting_ == Waiting::nothing) {
        if (!is_killed_) is_interrupted_ = false; // a KILL QUERY before this one found nothing
        return true;
    }
    auto& locks = engine_.row_locks();
    if (locks.lost_deadlock(this)) {
        waiting_ = Waiting::nothing;
        rollback();
        throw deadlock_found();
    }
    if (is_interrupted_) {
        if (!is_killed_) is_interrupted_ = false;
        engine_.writer_lock().withdraw(this);
        locks.stop_waiting(this);
        waiting_ = Waiting::nothing;
        throw SQLError{1317, "70100", "Query execution was interrupted"};
    }
    return waiting_ != Waiting::lock || !locks.is_waiting(this);
}

// True: it was granted. The statement is undone already.
bool Connection::wait_for(const Lock& wanted) {
    using Outcome = RowLocks::Outcome;
    // DIFFERS: MySQL waits. Here nobody else could go on meanwhile, the lock's owner neither.
    if (keeps_place_) throw lock_wait_timeout();
    enter_locks();
    has_entered_ = true;
    switch (engine_.row_locks().wait(this, wanted, pending_.changes.size(), wake_up_)) {
    case Outcome::granted:
        return true;
    case Outcome::deadlock:
        rollback();
        throw deadlock_found();
    case Outcome::waits:
        break;
    }
    waiting_ = Waiting::lock;
    park();
    return false;
}

// MySQL: the statement is undone, not the transaction, unless innodb_rollback_on_timeout.
SQLError Connection::end_waiting() {
    auto error = lock_wait_timeout();
    bool ends_transaction = !in_transaction_;
    if (engine_.row_locks().lost_deadlock(this)) {
        error = deadlock_found();
        ends_transaction = true;
    }
    engine_.writer_lock().withdraw(this);
    engine_.row_locks().stop_waiting(this);
    waiting_ = Waiting::nothing;
    const auto all = context_.variables.find("innodb_rollback_on_timeout");
    if (all != context_.variables.end() && all->second == "ON") ends_transaction = true;
    if (ends_transaction) rollback();
    return error;
}

// Snapshots.

std::uint64_t Connection::position_in_file() {
    auto& kept = kept_["read position"];
    if (!kept) kept = prepare_sqlite(sqlite_.get(), "SELECT position FROM mysql_state");
    const Resetting resetting(kept.get());
    if (sqlite3_step(kept.get()) != SQLITE_ROW) throw_sqlite_error(sqlite_.get());
    return static_cast<std::uint64_t>(sqlite3_column_int64(kept.get(), 0));
}

// Who writes reads the newest state; what it may not see of that is known by the position.
void Connection::close_snapshot() {
    if (!has_snapshot_) return;
    if (in_transaction_) snapshot_position_ = position_in_file();
    control("COMMIT");
    has_snapshot_ = false;
}

void Connection::keep_history() {
    if (history_position_) return;
    history_position_ = engine_.position();
    engine_.history().open(*history_position_);
}

// The first consistent read of a transaction fixes what it sees.
void Connection::begin_read() {
    if (!in_transaction_ || has_snapshot_ || snapshot_position_) return;
    if (isolation() < Isolation::repeatable_read) return;
    keep_history();
    if (owns_writer_) {
        snapshot_position_ = engine_.position();
        return;
    }
    control("BEGIN");
    has_snapshot_ = true;
}

// Ends.

// Returns the position, 0 if nothing was changed.
std::uint64_t Connection::write_log() {
    if (pending_.changes.empty() && pending_.position == 0) return 0;
    const auto position = pending_.position != 0 ? pending_.position : engine_.position() + 1;
    const auto moment = pending_.position != 0 ? pending_.committed : engine_.clock().now();
    auto& state = kept_["position"];
    if (!state) state = prepare_sqlite(sqlite_.get(), "UPDATE mysql_state SET position=?1");
    const Resetting reset_state(state.get());
    sqlite3_bind_int64(state.get(), 1, static_cast<std::int64_t>(position));
    sqlite3_step(state.get());
    pending_.position = position;
    if (!engine_.settings().logs_changes) return position;
    auto& log = kept_["log"];
    if (!log) log = prepare_sqlite(sqlite_.get(), "INSERT INTO mysql_log VALUES(?1,?2,?3)");
    const Resetting reset_log(log.get());
    const auto bytes = encode(pending_.changes);
    sqlite3_bind_int64(log.get(), 1, static_cast<std::int64_t>(position));
    sqlite3_bind_int64(log.get(), 2, moment.time_since_epoch().count());
    sqlite3_bind_blob64(log.get(), 3, bytes.data(), bytes.size(), SQLITE_STATIC);
    if (sqlite3_step(log.get()) != SQLITE_DONE) throw_sqlite_error(sqlite_.get());
    return position;
}

void Connection::forget_transaction() {
    in_transaction_ = false;
    keeps_place_ = false;
    is_mixed_ = false;
    changes_catalog_ = false;
    savepoints_.clear();
    savepoint_marks_.clear();
    snapshot_position_.reset();
    if (history_position_) engine_.history().close(*history_position_);
    history_position_.reset();
    // Before the place is free: who reads the uncommitted must not find what is committed.
    if (std::exchange(has_entered_, false)) engine_.row_locks().release(this);
    noted_locks_.clear();
    entered_changes_ = 0;
    pending_ = {};
}

void Connection::commit() {
    const Uninterrupted uninterrupted(rows_being_written_);
    if (std::exchange(has_snapshot_, false)) control("COMMIT");
    if (!owns_writer_) return forget_transaction();
    std::uint64_t position = 0;
    try {
        position = write_log();
        control("COMMIT");
    } catch (const SQLError&) {
        rollback();
        throw;
    }
    if (changes_catalog_) {
        engine_.publish(catalog_);
        kept_.clear();
    }
    engine_.counters.commits++;
    if (position != 0) {
        if (history_position_) engine_.history().close(*history_position_);
        history_position_.reset();
        engine_.history().add(std::exchange(pending_, {}));
        engine_.committed(position);
    }
    forget_transaction();
    owns_writer_ = false;
    engine_.writer_lock().release(this);
    if (position == 0) return;
    if (inline_limit_ && engine_.waits_for_log())
        is_unsynced_ = true;
    else
        engine_.make_durable();
}

void Connection::rollback() {
    if (owns_writer_ || has_snapshot_)
        sqlite3_exec(sqlite_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    if (owns_writer_ || in_transaction_) engine_.counters.rollbacks++;
    has_snapshot_ = false;
    forget_transaction();
    if (std::exchange(owns_writer_, false)) engine_.writer_lock().release(this);
}

// MySQL: "InnoDB does not release the row locks that were stored in memory after the savepoint",
// but those of inserted rows go with the rows.
// https://dev.mysql.com/doc/refman/8.0/en/savepoint.html
void Connection::roll_back_to(std::size_t savepoint) {
    const auto mark = savepoint_marks_[savepoint];
    const auto inserted = entered_insertions(mark);
    keep_locks(mark, false);
    if (!owns_writer_ && has_entered_) engine_.row_locks().publish(this, nullptr);
    if (owns_writer_) execute_sqlite(sqlite_.get(), fmt::format("ROLLBACK TO u{}", savepoint));
    pending_.changes.resize(std::min(mark, pending_.changes.size()));
    entered_changes_ = std::min(entered_changes_, pending_.changes.size());
    for (const auto& key : inserted)
        engine_.row_locks().let_go_of(this, key);
    if (!owns_writer_ && has_entered_) enter_locks();
}

void Connection::run(Run& current, const Transaction& transaction) {
    using Kind = Transaction::Kind;
    const auto found = std::find(savepoints_.rbegin(), savepoints_.rend(), transaction.name);
    const auto index = static_cast<std::size_t>(savepoints_.rend() - found) - 1;
    const bool is_known = found != savepoints_.rend();
    const bool was_read_only = is_in_read_only_transaction();
    switch (transaction.kind) {
    case Kind::begin:
        commit();
        in_transaction_ = true;
        is_read_only_transaction_ = transaction.is_read_only;
        if (transaction.takes_snapshot) {
            begin_read();
            if (has_snapshot_) position_in_file(); // SQLite's snapshot is that of the first read
        }
        break;
    case Kind::commit:
        commit();
        break;
    case Kind::rollback:
        rollback();
        break;
    case Kind::savepoint:
        if (!in_transaction_ && autocommits_) break;
        in_transaction_ = true;
        savepoints_.push_back(transaction.name);
        savepoint_marks_.push_back(pending_.changes.size());
        if (owns_writer_)
            execute_sqlite(sqlite_.get(), fmt::format("SAVEPOINT u{}", savepoints_.size() - 1));
        break;
    case Kind::rollback_to_savepoint:
        if (!is_known) throw no_such_savepoint(transaction.name);
        roll_back_to(index);
        savepoints_.resize(index + 1);
        savepoint_marks_.resize(index + 1);
        break;
    case Kind::release_savepoint:
        if (!is_known) throw no_such_savepoint(transaction.name);
        if (owns_writer_) execute_sqlite(sqlite_.get(), fmt::format("RELEASE u{}", index));
        savepoints_.resize(index);
        savepoint_marks_.resize(index);
        break;
    }
    in_transaction_ = in_transaction_ || transaction.is_chained;
    if (transaction.is_chained) is_read_only_transaction_ = was_read_only;
    context_.row_count = 0;
    current.sink.done({});
    if (transaction.releases) kill(false);
}

} // namespace diorama::rds::sql
