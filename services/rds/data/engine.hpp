// The storage of one DB instance: one SQLite file, its catalog, users, writer lock, change log and
// counters. Sessions are made from it, each with its own SQLite connection; different sessions may
// run on different threads.
#pragma once

#include "emulator/random/random.hpp"
#include "emulator/time/clock.hpp"
#include "services/rds/data/change_log.hpp"
#include "services/rds/data/commit_history.hpp"
#include "services/rds/data/log_sync.hpp"
#include "services/rds/data/row_locks.hpp"
#include "services/rds/data/sql/catalog.hpp"
#include "services/rds/data/sql/connection.hpp"
#include "services/rds/data/sql/error.hpp"
#include "services/rds/data/sql/privileges.hpp"
#include "services/rds/data/writer_lock.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace diorama::rds {

struct EngineSettings {
    std::string path; // of the SQLite file; made if absent
    // Durable against power loss too; otherwise only against the end of this process.
    bool is_durable = false;
    // Keep the change log. AWS: binary logging is on while automated backups or replicas exist.
    bool logs_changes = true;
    // All sessions are used on one thread, without drivers: whoever has the writer's place and
    // idles gives it up within the call of whoever wants it.
    bool has_one_thread = false;
    std::string default_authentication_plugin = "mysql_native_password";
    // Overrides of system variables, from the parameter group and the instance.
    std::map<std::string, std::string, std::less<>> variables;
};

struct UserRecord {
    std::string native_verifier;
    std::string sha2_verifier;
    bool is_locked = false;
    bool is_expired = false; // the password
};

// How a read replica is getting on.
struct ReplicaStatus {
    std::string failure;         // why it stopped; empty while it goes on
    std::optional<Duration> lag; // nothing when it has stopped
    std::uint64_t position = 0;  // of the source's change log
    std::string source_uuid;
};

// Counted since the engine was opened; read at any time from any thread.
struct EngineCounters {
    std::atomic<std::uint64_t> connections_made{0};
    std::atomic<std::uint64_t> connections_open{0};
    std::atomic<std::uint64_t> statements{0};
    std::atomic<std::uint64_t> reads{0};
    std::atomic<std::uint64_t> writes{0}; // rows
    std::atomic<std::uint64_t> rows_sent{0};
    std::atomic<std::uint64_t> bytes_received{0};
    std::atomic<std::uint64_t> bytes_sent{0};
    std::atomic<std::uint64_t> commits{0};
    std::atomic<std::uint64_t> rollbacks{0};
    std::atomic<std::int64_t> prepared_statements{0}; // open ones
};

class Engine {
public:
    // Throws sql::SQLError when the file is not one of ours or cannot be opened.
    Engine(EngineSettings settings, const Clock& clock, Random random);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    const EngineSettings& settings() const { return settings_; }

    const Clock& clock() const { return clock_; }

    // Known to clients before they are known: KILL names it.
    std::uint32_t new_connection_id();
    std::unique_ptr<sql::Connection>
    connect(const std::string& user, const std::string& host, std::optional<std::uint32_t> id = {});
    Random fork_random(std::string_view name);
    // A place among max_connections; false: they are all taken.
    bool enter();
    void leave();
    // Why there may be no further prepared statement: max_prepared_stmt_count.
    std::optional<sql::SQLError> refuse_prepared() const;

    Timestamp opened() const { return opened_; }

    // Accounts. One that is put in from outside is a master user.
    void put_user(const std::string& user, const std::string& password);
    std::optional<UserRecord> find_user(const sql::AccountName& name) const;
    // The account that a client of that name becomes, coming from there.
    std::optional<sql::AccountName>
    account_for(const std::string& user, std::string_view client_host) const;
    // nullptr: there is no such account.
    std::shared_ptr<const sql::Grants> grants_of(const sql::AccountName& name) const;
    // With what those roles bring along that it has been granted.
    std::shared_ptr<const sql::Grants>
    rights_of(const sql::AccountName& name, const std::vector<sql::AccountName>& roles) const;
    // Those that it has by itself, mandatory ones among them; not those that they bring along.
    std::vector<sql::AccountName> roles_of(const sql::AccountName& name) const;
    // Those that are active after its login.
    std::vector<sql::AccountName> first_roles_of(const sql::AccountName& name) const;
    std::vector<sql::AccountName> mandatory_roles() const;
    // Nothing forgets them.
    void put_grants(
        const sql::AccountName& name,
        std::optional<sql::Grants> grants,
        sqlite3* connection = nullptr
    );
    std::vector<sql::AccountName> users() const;
    // caching_sha2_password: whether the fast path may be used for the account.
    bool is_cached(const sql::AccountName& name) const;
    void cache_user(const sql::AccountName& name);

    // A replica: statements that write answer 1290.
    void set_read_only(bool is_read_only) { is_read_only_ = is_read_only; }

    bool is_read_only() const { return is_read_only_; }

    // A replica is told whom to ask; it asks on whichever thread wants to know.
    using AskReplicaStatus = std::function<std::optional<ReplicaStatus>()>;
    void set_replica_status(AskReplicaStatus ask);
    // Nothing if it is no replica.
    std::optional<ReplicaStatus> replica_status() const;

    // The log.
    std::uint64_t position() const { return position_; }

    // Up to `most` entries after `position`, oldest first.
    std::vector<LogEntry> read_log(std::uint64_t position, std::size_t most) const;
    // Forgets entries up to and including that position.
    void purge_log(std::uint64_t position);
    // Repeats another instance's entry, which must be the one after position(). False when the
    // writer's place is taken just now: try again later.
    bool apply(const LogEntry& entry);

    // A consistent copy as of now, made while sessions go on; position() of the copy is in it.
    void backup_to(const std::string& path) const;
    std::uint64_t size_in_bytes() const;

    // Called on the thread that committed.
    void when_committed(std::function<void(std::uint64_t position)> committed);

    EngineCounters counters;

    // For sql::Connection.
    sql::CatalogPtr catalog() const;
    void publish(sql::CatalogPtr catalog);

    WriterLock& writer_lock() { return writer_lock_; }

    RowLocks& row_locks() { return row_locks_; }

    CommitHistory& history() { return history_; }

    LogSync& log_sync() { return log_sync_; }

    // Commits wait for the disk: innodb_flush_log_at_trx_commit.
    bool waits_for_log() const { return settings_.is_durable && waits_for_log_; }

    // After a commit, when the writer's place is free again. It blocks.
    void make_durable();
    // The same without blocking.
    void when_durable(LogSync::Synced synced, const LogSync::Run& run);
    // What nobody waits for is brought onto the disk.
    void sync_noted();
    // What this connection writes is counted, so that the log is copied into the file in time.
    void watch_log(sqlite3* connection);

    void committed(std::uint64_t position);
    std::int64_t
    take_auto_increment(const sql::Table& table, sqlite3* connection, std::int64_t count);
    void note_auto_increment(const sql::Table& table, sqlite3* connection, std::int64_t used);
    std::int64_t next_auto_increment(const sql::Table& table, sqlite3* connection);
    void reset_auto_increment(const std::string& storage_name);
    // Of a table whose making was undone.
    void forget_auto_increment(const std::string& storage_name);
    void put_user_record(
        const sql::AccountName& name,
        std::optional<UserRecord> record,
        sqlite3* connection = nullptr
    );

    std::string server_uuid() const { return server_uuid_; }

    std::map<std::string, std::string, std::less<>> global_variables() const;
    void set_global_variable(const std::string& name, const std::string& value);
    std::int64_t global_number(std::string_view name, std::int64_t otherwise) const;

    struct SessionEntry {
        std::uint32_t id;
        std::string user;
        std::string host;
        std::string database;
        // What its client said about itself, in its order.
        std::vector<std::pair<std::string, std::string>> attributes;
    };

    std::vector<SessionEntry> sessions() const;
    void session_opened(std::uint32_t id, sql::Connection& connection);
    void session_closed(std::uint32_t id);
    void session_uses(std::uint32_t id, const std::string& database);
    void
    session_says(std::uint32_t id, std::vector<std::pair<std::string, std::string>> attributes);
    // False when there is no such session.
    bool kill(std::uint32_t id, bool is_query_only);

    // Events. MySQL: @@event_scheduler; none run on a replica.
    bool schedules_events() const;
    // When the next one is due; nothing: none will be.
    std::optional<Timestamp> next_event() const;
    // Runs those that are due, one after the other, each in a session of its own. Not on a thread
    // that serves others.
    void run_due_events();
    // Ends the one that runs, and begins no other.
    void stop_events();
    // Where what goes wrong in events is written.
    void set_error_log(std::function<void(const std::string& line)> write);

    // GET_LOCK and its kin: locks by name, which sessions hold as often as they took them.
    bool take_named_lock(const std::string& name, std::uint32_t session);
    // Nothing: nobody has it. False: another session has it.
    std::optional<bool> release_named_lock(const std::string& name, std::uint32_t session);
    std::int64_t release_named_locks(std::uint32_t session);
    std::optional<std::uint32_t> named_lock_holder(const std::string& name) const;

private:
    void copy_log();
    bool takes_over_copying();
    void load();
    void load_accounts();
    void take_over_users();
    void store_account(const sql::AccountName& name, sqlite3* connection);
    std::optional<sql::AccountName>
    account_among(const std::string& user, std::string_view client_host) const;
    std::vector<sql::AccountName> granted_roles(const sql::AccountName& name) const;
    std::vector<sql::AccountName> first_roles(const sql::AccountName& name) const;
    bool is_on(std::string_view variable) const;
    void check_user_connections(const std::string& user) const;

    EngineSettings settings_;
    const Clock& clock_;
    mutable std::mutex mutex_; // of everything below that is not atomic
    Random random_;
    sql::ConnectionPtr keeper_; // keeps the WAL alive; only used under the mutex
    sql::CatalogPtr catalog_;
    std::map<sql::AccountName, UserRecord> users_;
    std::map<sql::AccountName, std::shared_ptr<const sql::Grants>> grants_;
    std::set<sql::AccountName> cached_users_;
    std::map<std::string, std::int64_t> auto_increments_; // by storage name
    std::map<std::string, std::string, std::less<>> global_variables_;
    std::map<std::uint32_t, SessionEntry> sessions_;
    std::map<std::uint32_t, sql::Connection*> connections_;

    struct NamedLock {
        std::uint32_t session = 0;
        std::int64_t times = 0;
    };

    void run_event(const sql::EventPtr& event, Timestamp now);
    bool keeps_accounts() const;
    std::unique_ptr<sql::Connection> connect_definer(const sql::AccountName& definer);
    void write_error(const std::string& line) const;

    std::map<std::string, NamedLock> named_locks_; // names in lower case
    std::function<void(const std::string&)> error_log_;
    std::atomic<bool> stops_events_{false};
    std::atomic<std::uint32_t> event_session_{0};
    std::function<void(std::uint64_t)> when_committed_;
    AskReplicaStatus ask_replica_status_;
    std::string server_uuid_;
    WriterLock writer_lock_;
    RowLocks row_locks_;
    CommitHistory history_;
    LogSync log_sync_;
    std::atomic<bool> waits_for_log_{true};
    sql::ConnectionPtr copier_;          // of the log into the file; used by whoever copies
    std::atomic<bool> is_copied_{false}; // just now
    std::atomic<int> log_pages_{0};
    std::atomic<int> log_pages_wanted_; // so many, and it is copied
    std::atomic<std::uint64_t> position_{0};
    std::atomic<bool> is_read_only_{false};
    Timestamp opened_;
    std::uint32_t next_connection_id_ = 8;
    std::int64_t entered_ = 0; // sessions, from their greeting on
};

} // namespace diorama::rds
