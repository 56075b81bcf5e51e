// See persistence.hpp.
#include "services/s3/background/persistence.hpp"

#include "emulator/log.hpp"

#include <iterator>
#include <utility>

namespace diorama::s3 {

Persistence::Persistence(
    const std::string& path,
    RunBlocking run_blocking,
    Log& log,
    storage::Durability durability
)
    : run_blocking_(std::move(run_blocking))
    , log_(log) {
    if (path.empty()) return;
    database_.emplace(
        path,
        durability == storage::Durability::full ? storage::Synchronous::full
                                                : storage::Synchronous::normal
    );
    database_->execute(
        "CREATE TABLE IF NOT EXISTS records (table_name TEXT NOT NULL, key BLOB NOT NULL, "
        "bytes BLOB NOT NULL, PRIMARY KEY (table_name, key)) WITHOUT ROWID"
    );
    put_ = database_->prepare("INSERT OR REPLACE INTO records VALUES (?1, ?2, ?3)");
    erase_ = database_->prepare("DELETE FROM records WHERE table_name = ?1 AND key = ?2");
}

Persistence::~Persistence() = default;

void Persistence::load(
    std::string_view table,
    const std::function<void(std::string_view key, std::string_view bytes)>& each
) {
    if (!database_) return;
    auto rows =
        database_->prepare("SELECT key, bytes FROM records WHERE table_name = ?1 ORDER BY key");
    rows.bind_text(1, table);
    while (rows.step())
        each(rows.blob(0), rows.blob(1));
}

void Persistence::record(
    std::string_view table,
    std::string key,
    Encode encode,
    std::shared_ptr<const void> replaced
) {
    if (!database_) return;
    const std::lock_guard lock(mutex_);
    changes_.push_back({std::string(table), std::move(key), std::move(encode), std::move(replaced)}
    );
}

void Persistence::when_durable(std::function<void(bool is_durable)> done) {
    if (!database_) return done(true);
    {
        const std::lock_guard lock(mutex_);
        // A commit that is under way may have begun before the caller's change.
        if (!changes_.empty() || is_writing_) {
            waiting_.push_back(std::move(done));
            if (is_writing_) return;
            is_writing_ = true;
            done = nullptr;
        }
    }
    if (done) return done(true);
    run_blocking_([this] { write_out(); });
}

void Persistence::write_out() {
    for (;;) {
        // Whoever waits has recorded its changes before, so the batch that follows has them.
        std::vector<std::function<void(bool)>> waiting;
        {
            const std::lock_guard lock(mutex_);
            if (waiting_.empty()) {
                is_writing_ = false;
                return;
            }
            waiting.swap(waiting_);
        }
        Replaced replaced;
        const bool is_written = commit(replaced);
        for (auto& done : waiting)
            done(is_written);
        // Nobody waits for files to be removed.
        if (!replaced.empty())
            run_blocking_([all = std::make_shared<Replaced>(std::move(replaced))] { all->clear(); }
            );
    }
}

bool Persistence::commit_now() {
    Replaced replaced;
    return !database_ || commit(replaced);
}

bool Persistence::commit(Replaced& replaced) {
    const std::lock_guard writing(writing_);
    std::vector<Change> changes;
    {
        const std::lock_guard lock(mutex_);
        changes.swap(changes_);
    }
    try {
        write(changes);
        for (auto& change : changes) {
            if (change.replaced != nullptr) replaced.push_back(std::move(change.replaced));
        }
        return true;
    } catch (const std::exception& error) {
        log_.write(LogLevel::error, "s3", "cannot keep metadata: {}", error.what());
        // The state has moved on; the file follows with the next commit that succeeds.
        const std::lock_guard lock(mutex_);
        changes.insert(
            changes.end(),
            std::make_move_iterator(changes_.begin()),
            std::make_move_iterator(changes_.end())
        );
        changes_.swap(changes);
        return false;
    }
}

void Persistence::write(const std::vector<Change>& changes) {
    if (changes.empty()) return;
    storage::Transaction transaction(*database_);
    for (const auto& change : changes) {
        if (const auto bytes = change.encode()) {
            put_->bind_text(1, change.table).bind_blob(2, change.key).bind_blob(3, *bytes).run();
        } else {
            erase_->bind_text(1, change.table).bind_blob(2, change.key).run();
        }
    }
    transaction.commit();
}

} // namespace diorama::s3
