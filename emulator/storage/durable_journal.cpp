// See durable_journal.hpp.
#include "emulator/storage/durable_journal.hpp"

#include "emulator/assert.hpp"

#include <utility>

namespace diorama {

namespace {

storage::Database open(const std::string& path) {
    storage::Database database(path, storage::Synchronous::full);
    database.execute("CREATE TABLE IF NOT EXISTS records (table_name TEXT NOT NULL, "
                     "key BLOB NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (table_name, key)) "
                     "WITHOUT ROWID");
    return database;
}

} // namespace

DurableJournal::DurableJournal(const std::string& path, Log& log)
    : log_(log)
    , database_(open(path))
    , put_(database_.prepare("INSERT OR REPLACE INTO records VALUES (?1, ?2, ?3)"))
    , get_(database_.prepare("SELECT bytes FROM records WHERE table_name = ?1 AND key = ?2"))
    , erase_(database_.prepare("DELETE FROM records WHERE table_name = ?1 AND key = ?2")) {}

void DurableJournal::load(
    std::string_view table,
    const std::function<void(std::string key, std::string_view record)>& each
) {
    auto rows =
        database_.prepare("SELECT key, bytes FROM records WHERE table_name = ?1 ORDER BY key");
    rows.bind_text(1, table);
    while (rows.step())
        each(std::string(rows.blob(0)), rows.blob(1));
}

void DurableJournal::changed(JournaledTable& table, const std::string& key) {
    auto& changed = changed_[std::string(table.name())];
    // Two tables of one name would overwrite each other's records.
    ASSERT(changed.table == nullptr || changed.table == &table);
    changed.table = &table;
    changed.keys.insert(key);
    has_new_changes_ = true;
}

void DurableJournal::forget(JournaledTable& table) {
    const auto found = changed_.find(table.name());
    if (found != changed_.end() && found->second.table == &table) changed_.erase(found);
}

bool DurableJournal::holds(
    std::string_view table,
    const std::string& key,
    const std::string& bytes
) {
    get_.bind_text(1, table).bind_blob(2, key);
    const bool is_same = get_.step() && get_.blob(0) == bytes;
    get_.reset();
    return is_same;
}

bool DurableJournal::commit() {
    if (changed_.empty()) return true;
    const bool has_new_changes = std::exchange(has_new_changes_, false);
    try {
        const bool is_whole = write();
        if (transaction_) transaction_->commit();
        transaction_.reset();
        changed_.clear();
        return is_whole;
    } catch (const storage::SQLiteError& error) {
        transaction_.reset();
        if (!has_new_changes) return true; // said before
        log_.write(LogLevel::error, "storage", "cannot keep control-plane state: {}", error.what());
        return false;
    }
}

// Who edits a record need not change it: only what differs is worth a wait for the disk.
void DurableJournal::begin() {
    if (!transaction_) transaction_.emplace(database_);
}

// False when a record has no encoding: it is left out, so that it does not keep all others from the
// disk.
bool DurableJournal::write() {
    bool is_whole = true;
    for (const auto& [name, changed] : changed_) {
        for (const auto& key : changed.keys) {
            try {
                write(*changed.table, key);
            } catch (const storage::SQLiteError&) {
                throw;
            } catch (const std::exception& error) {
                log_.write(LogLevel::error, "storage", "{} {}: {}", name, key, error.what());
                is_whole = false;
            }
        }
    }
    return is_whole;
}

void DurableJournal::write(const JournaledTable& table, const std::string& key) {
    std::string bytes;
    if (!table.encode(key, bytes)) {
        begin();
        erase_.bind_text(1, table.name()).bind_blob(2, key).run();
    } else if (!holds(table.name(), key, bytes)) {
        begin();
        put_.bind_text(1, table.name()).bind_blob(2, key).bind_blob(3, bytes).run();
    }
}

} // namespace diorama
