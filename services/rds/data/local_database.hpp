// A database in the process of whoever asks: the engine and sessions on it, without sockets,
// threads or a wire. For worlds in virtual time, where statements are executed at the moment they
// are due; time and chance are the caller's, so that equal calls give equal rows.
#pragma once

#include "emulator/random/random.hpp"
#include "emulator/time/clock.hpp"
#include "services/rds/data/change_log.hpp"
#include "services/rds/data/databases.hpp"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::rds {

// A statement's result, as far as a caller without a wire wants to know it.
struct StatementResult {
    std::uint16_t error = 0; // MySQL's number; 0: it succeeded
    std::string message;     // of the error
    std::uint64_t rows = 0;  // sent, or changed
    // The first value of the first row, as the text protocol shows it; nothing for NULL.
    std::optional<std::string> first_value;

    bool succeeded() const { return error == 0; }
};

// What is bound to a '?'.
struct StatementArgument {
    std::string text;
    bool is_number = false; // else a string
};

class LocalDatabase;

// One client's connection. Not longer than its database.
class LocalSession {
public:
    ~LocalSession();
    LocalSession(const LocalSession&) = delete;
    LocalSession& operator=(const LocalSession&) = delete;

    // The database that names without one belong to; false: there is none of that name.
    bool use(std::string_view schema);
    // The first statement of the text. Never waits: a row that another
    // session's open transaction has locked is 1205.
    StatementResult
    execute(const std::string& statement, std::span<const StatementArgument> arguments = {});
    // All of them, up to the first that fails.
    StatementResult execute_script(std::string_view statements);
    // As a connection that ends and one that is made: open transactions and variables are gone.
    void reset();

private:
    friend class LocalDatabase;
    struct Parts;
    explicit LocalSession(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

class LocalDatabase {
public:
    // Over the file at `path`, which is made if it is absent. Throws std::runtime_error for one
    // that is none of ours.
    LocalDatabase(const std::string& path, const Clock& clock, Random random);
    ~LocalDatabase();

    // A new one with its master user and, if named, a first database.
    static std::unique_ptr<LocalDatabase>
    make(const std::string& path, const Clock& clock, Random random, const Contents& contents);

    std::unique_ptr<LocalSession> connect();
    void set_read_only(bool is_read_only);

    // When the next event is due; nothing: none will be. And those that are, run now.
    std::optional<Timestamp> next_event() const;
    void run_due_events();

    // Of the last commit that changed something.
    std::uint64_t position() const;
    std::vector<LogEntry> read_log(std::uint64_t position, std::size_t most) const;
    void purge_log(std::uint64_t position);
    // Repeats what another one committed; it must come next. The reason when it could not.
    std::optional<std::string> apply(const LogEntry& entry);

    void copy_to(const std::string& path) const;
    std::uint64_t size_in_bytes() const;

    // Every row of every table of users by the hash that hash_of() gives it, sorted: "schema.table"
    // -> hashes.
    using RowHashes = std::map<std::string, std::vector<std::uint64_t>>;
    RowHashes row_hashes() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

// The same row, the same number.
std::uint64_t hash_of(std::span<const sql::Value> row);

} // namespace diorama::rds
