// S3's own journal. S3 answers on edge threads, where the world's journal may not be touched, so
// its records have an SQLite file of their own, written on a worker. Whoever changes the state
// records the change while holding the state's mutex; all changes that wait when the worker comes
// round are committed in one transaction (group commit), and then everybody who waits is told.
// Without a file nothing is written and nobody waits.
#pragma once

#include "emulator/storage/blob_store.hpp"
#include "emulator/storage/sqlite.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama {
class Log;
}

namespace diorama::s3 {

// Runs something that blocks on a worker (network::Network::run_blocking).
using RunBlocking = std::function<void(std::function<void()>)>;

class Persistence {
public:
    // `path` empty: nothing is kept.
    Persistence(
        const std::string& path,
        RunBlocking run_blocking,
        Log& log,
        storage::Durability durability = storage::Durability::full
    );
    ~Persistence();

    bool is_durable() const { return database_.has_value(); }

    void load(
        std::string_view table,
        const std::function<void(std::string_view key, std::string_view bytes)>& each
    );

    // Called on the worker; no bytes: the record is erased.
    using Encode = std::function<std::optional<std::string>()>;
    // Any thread; changes are written in the order of the calls. What `replaced` holds lives until
    // the change is durable, so that a blob is not removed while an older record still names it.
    void record(
        std::string_view table,
        std::string key,
        Encode encode,
        std::shared_ptr<const void> replaced
    );

    // Calls `done` once everything recorded so far is durable: at once on this thread when it
    // is, else on a worker. False: the disk refused.
    void when_durable(std::function<void(bool is_durable)> done);
    // The same for a thread that may wait: writes what is to be written itself, so that it never
    // waits for a worker. False: the disk refused.
    bool commit_now();

private:
    struct Change {
        std::string table;
        std::string key;
        Encode encode;
        std::shared_ptr<const void> replaced;
    };

    using Replaced = std::vector<std::shared_ptr<const void>>;

    void write_out();
    // What the batch replaced is given to the caller, who lets go of it.
    bool commit(Replaced& replaced);
    void write(const std::vector<Change>& changes);

    RunBlocking run_blocking_;
    Log& log_;
    std::mutex writing_; // guards the database after the start; taken before mutex_
    std::optional<storage::Database> database_;
    std::optional<storage::Statement> put_;
    std::optional<storage::Statement> erase_;

    std::mutex mutex_; // guards what follows
    std::vector<Change> changes_;
    std::vector<std::function<void(bool)>> waiting_;
    bool is_writing_ = false;
};

} // namespace diorama::s3
