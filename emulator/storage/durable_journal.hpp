// The journal of a cloud that outlives its process (--data): every record of every Table in one
// SQLite file. What changed is only noted; commit() reads it back from the tables and writes all of
// it in one transaction, so that an acknowledged call is there in full after a crash, and an
// unacknowledged one not at all.
#pragma once

#include "emulator/log.hpp"
#include "emulator/storage/journal.hpp"
#include "emulator/storage/sqlite.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace diorama {

class DurableJournal final : public Journal {
public:
    DurableJournal(const std::string& path, Log& log);

    void load(
        std::string_view table,
        const std::function<void(std::string key, std::string_view record)>& each
    ) override;
    void changed(JournaledTable& table, const std::string& key) override;
    // A table that goes away without a commit takes its uncommitted changes along.
    void forget(JournaledTable& table) override;
    // When the disk refuses, the reason is logged.
    bool commit() override;

private:
    bool write();
    void begin();
    void write(const JournaledTable& table, const std::string& key);
    bool holds(std::string_view table, const std::string& key, const std::string& bytes);

    struct Changed {
        JournaledTable* table = nullptr;
        std::set<std::string> keys;
    };

    Log& log_;
    storage::Database database_;
    storage::Statement put_;
    storage::Statement get_;
    storage::Statement erase_;
    std::map<std::string, Changed, std::less<>> changed_; // by table name
    std::optional<storage::Transaction> transaction_;
    bool has_new_changes_ = false; // since the last attempt to commit
};

} // namespace diorama
