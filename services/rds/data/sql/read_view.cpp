// See read_view.hpp. READ UNCOMMITTED adds what parked transactions have changed. REPEATABLE READ
// after own changes takes back what others have committed since the snapshot, except where the
// transaction itself has changed the row.
// https://dev.mysql.com/doc/refman/8.0/en/innodb-consistent-read.html
#include "services/rds/data/sql/read_view.hpp"

#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/row_keys.hpp"
#include "services/rds/data/sql/row_writer.hpp"
#include "services/rds/data/sql/uninterrupted.hpp"

#include <set>

namespace diorama::rds::sql {

Connection::ReadView::ReadView(Connection& connection)
    : connection_(connection) {
    if (!connection.needs_view()) return;
    const Uninterrupted uninterrupted(connection.rows_being_written_);
    execute_sqlite(connection.sqlite_.get(), "SAVEPOINT view");
    is_made_ = true;
    try {
        if (connection.isolation() == Isolation::read_uncommitted)
            connection.show_uncommitted();
        else
            connection.show_snapshot();
    } catch (const SQLError&) {
        take_back();
        throw;
    }
}

Connection::ReadView::~ReadView() {
    if (is_made_) take_back();
}

void Connection::ReadView::take_back() {
    sqlite3_exec(
        connection_.sqlite_.get(),
        "ROLLBACK TO view; RELEASE view",
        nullptr,
        nullptr,
        nullptr
    );
}

bool Connection::needs_view() const {
    if (!owns_writer_) return false;
    if (isolation() == Isolation::read_uncommitted) return others_have_locks();
    return isolation() == Isolation::repeatable_read && in_transaction_ && snapshot_position_ &&
           *snapshot_position_ != engine_.position();
}

void Connection::show_uncommitted() {
    RowMoves moves;
    engine_.row_locks().for_each_change(this, [&](const Change& change) {
        repeat_change(change, moves);
    });
}

void Connection::show_snapshot() {
    struct Image {
        TablePtr table;
        const std::vector<Value>* key;
        const std::vector<Value>* row; // as the snapshot has it; null: it has none
        std::int64_t rowid;
    };

    const auto commits = engine_.history().since(*snapshot_position_);
    if (!commits) return;
    std::set<LockKey> own;
    std::map<LockKey, Image> images;
    const auto table_of = [&](const Change& change) -> TablePtr {
        if (change.kind == Change::Kind::definition) return nullptr;
        const auto table = catalog_->find_table(change.schema, change.table);
        const auto& row = change.old_row.empty() ? change.new_row : change.old_row;
        return table && table->columns.size() == row.size() ? table : nullptr;
    };
    for (const auto& change : pending_.changes)
        if (const auto table = table_of(change))
            for (const auto* row : {&change.old_row, &change.new_row})
                if (!row->empty()) own.insert(row_key(*table, *row, change.rowid));
    const auto see = [&](const Change& change, const std::vector<Value>& row, bool was_there) {
        const auto table = table_of(change);
        if (!table || row.empty()) return;
        auto key = row_key(*table, row, change.rowid);
        if (own.contains(key)) return;
        images.try_emplace(
            std::move(key),
            Image{table, &row, was_there ? &row : nullptr, change.rowid}
        );
    };
    // Whatever was first done to a row after the snapshot says what it was before.
    for (const auto& commit : *commits)
        for (const auto& change : commit->changes) {
            see(change, change.old_row, true);
            see(change, change.new_row, false);
        }
    for (const auto& [key, image] : images)
        RowWriter(*this, image.table).take_away(*image.key, image.rowid);
    for (const auto& [key, image] : images)
        if (image.row != nullptr) RowWriter(*this, image.table).put_back(*image.row, image.rowid);
}

} // namespace diorama::rds::sql
