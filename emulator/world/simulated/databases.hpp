// Databases in virtual time: each is a queue of statements on the vCPUs of its class, and a log of
// committed writes known by their positions. A position belongs to a timeline; what is restored or
// promoted begins a new one that goes back to its source's up to some position, so that it can be
// told which acknowledged writes a database has and which it has lost.
//
// With keep_rows() each has the real engine and real rows, too (world/simulated/rows.cpp): the log
// of positions is then the engine's change log, and what is lost is counted by looking for rows.
// How long a statement takes stays the queue's business.
#pragma once

#include "emulator/environment.hpp"
#include "emulator/network/names.hpp"
#include "emulator/world/simulated/ledger.hpp"
#include "services/ec2/ec2.hpp"
#include "services/rds/rds.hpp"
#include "services/s3/s3.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace diorama {

// Positions that were acknowledged, as intervals: they come nearly in order.
class AcknowledgedWrites {
public:
    void add(std::uint64_t position);

    std::uint64_t count() const { return count_; }

    // How many lie beyond that position.
    std::uint64_t beyond(std::uint64_t position) const;

private:
    std::map<std::uint64_t, std::uint64_t> intervals_; // first -> last
    std::uint64_t count_ = 0;
};

struct WriteTimeline {
    std::uint32_t number = 0;
    std::shared_ptr<const WriteTimeline> before; // nothing for the first
    std::uint64_t began_at = 0;                  // what it has of the one before
};

struct SimulatedDatabase {
    std::uint32_t number = 0;
    rds::DatabaseIdentity identity;
    bool is_running = false;
    bool is_reachable = true;
    bool is_full = false; // its disk
    ec2::InstanceQueue queue{2};
    std::shared_ptr<const WriteTimeline> timeline;
    std::uint64_t position = 0;
    std::uint64_t generation = 0; // of connections: a stop breaks all of them
    // Of a replica.
    std::string source;
    Duration extra_lag{};
    std::string replication_failure;   // with rows: why it repeats nothing any more
    std::set<std::string> lost_tables; // that were dropped
    // Commits by second: what point in time is which position.
    std::vector<std::pair<Timestamp, std::uint64_t>> history;
    rds::DatabaseActivity activity;
    // With rows. Sessions go before what they are of.
    std::string schema; // its first database
    std::shared_ptr<rds::LocalDatabase> rows;
    std::unique_ptr<rds::LocalSession> session; // for statements that stand alone
    std::vector<std::unique_ptr<rds::LocalSession>> idle_sessions;
    TimerId event_timer = 0; // when the next of its events is due
};

// A session of one request, which goes back when the request is done.
struct BorrowedSession {
    std::string resource_id;
    std::shared_ptr<rds::LocalDatabase> rows;
    std::unique_ptr<rds::LocalSession> session;
};

// Commits by second, ascending: the position of a moment; `before`: of one before them all.
std::uint64_t position_at(
    const std::vector<std::pair<Timestamp, std::uint64_t>>& history,
    Timestamp when,
    std::uint64_t before
);

class SimulatedDatabases final : public rds::Databases {
public:
    SimulatedDatabases(Environment& environment, network::Names& names, s3::S3& s3);
    ~SimulatedDatabases() override;

    // The traffic's side. The number of the one that has this address; 0: none.
    std::uint32_t number_at(const network::IPAddress& address) const;

    // Another number than before whenever number_at() may answer something else than before.
    std::uint64_t version() const { return version_; }

    // nullptr: there is none, or not any more. Numbers are not used again.
    SimulatedDatabase* numbered(std::uint32_t number) { return by_number_[number]; }

    SimulatedDatabase* find(const std::string& resource_id);
    // A statement of `cpu` arrives: when it is done.
    Timestamp execute(SimulatedDatabase& database, Duration cpu, bool writes, Timestamp now);
    // It is done: the write's position.
    std::uint64_t commit(SimulatedDatabase& database, Timestamp now);
    void acknowledge(std::uint32_t timeline, std::uint64_t position);
    // What a replica has of its source now.
    std::uint64_t visible_position(const SimulatedDatabase& database, Timestamp now) const;

    // World_simulated_rows.cpp. From now on databases are made with real rows.
    void keep_rows();

    bool has_rows() const { return room_ != nullptr; }

    Timestamp now() const { return environment_.clock.now(); }

    // A script of statements, as somebody with a terminal would run it; why it failed.
    std::optional<std::string> run_script(const std::string& resource_id, const std::string& text);

    // A statement that stands alone, in that database of the instance; what it committed, too.
    struct Executed {
        rds::StatementResult result;
        std::uint64_t position = 0; // of the commit; 0: it changed nothing
    };

    struct Spoken { // what is said
        const std::string& schema;
        const std::string& statement;
        std::span<const rds::StatementArgument> arguments;
    };

    Executed
    run(SimulatedDatabase& database, const Spoken& spoken, BorrowedSession* session = nullptr);
    BorrowedSession borrow_session(SimulatedDatabase& database);
    void give_back(BorrowedSession session);
    // What a statement gives now, for measuring; it changes nothing.
    rds::StatementResult ask(const std::string& resource_id, const std::string& statement);
    // Whether a replica that repeated everything would have the rows of its source; why not.
    std::optional<std::string> compare_with_source(const SimulatedDatabase& replica) const;

    // Without rows: DROP TABLE, which the replicas that follow carry out, too. Backups from before
    // it and points in time before it still have the table.
    void drop_table(const std::string& resource_id, const std::string& table);
    // By the identifier of the instance; nullptr: none.
    const SimulatedDatabase* named(const std::string& identifier) const;

    void set_zone_reachable(const std::string& zone, bool is_reachable);
    void set_extra_lag(const std::string& resource_id, Duration lag);
    void set_full(const std::string& resource_id, bool is_full);

    std::uint64_t acknowledged() const;
    // Acknowledged writes that this database does not have.
    std::uint64_t lost_in(const SimulatedDatabase& database) const;
    // Of those that it acknowledged itself.
    std::uint64_t lost_of_own(const SimulatedDatabase& database) const;
    std::vector<const SimulatedDatabase*> all() const;

    // rds::Databases
    void make(const rds::DatabaseIdentity& identity, rds::Contents contents, Done done) override;
    void start(const rds::DatabaseIdentity& identity, Done done) override;
    void stop(const std::string& resource_id) override;
    void remove(const std::string& resource_id) override;
    void set_password(
        const std::string& resource_id,
        const std::string& user,
        const std::string& password,
        Done done
    ) override;
    void
    back_up(const std::string& resource_id, const rds::BackupObject& object, Done done) override;
    void ship_log(
        const std::string& resource_id,
        std::uint64_t position,
        const rds::BackupObject& object,
        Done done
    ) override;

    void forget_log(const std::string& resource_id, std::uint64_t position) override;

    void remove_object(const rds::BackupObject& object) override;
    void follow(const std::string& replica, const std::string& source) override;
    void promote(const std::string& replica, Done done) override;
    std::optional<rds::DatabaseActivity> activity(const std::string& resource_id) const override;

private:
    // Where rows are kept: a folder that goes away with this.
    struct RowRoom {
        explicit RowRoom(Random random);
        ~RowRoom();
        RowRoom(const RowRoom&) = delete;
        RowRoom& operator=(const RowRoom&) = delete;

        std::string new_file();

        Random random;
        std::string folder;
        std::uint64_t files = 0;
        WriteLedger ledger;
    };

    struct CopiedFile; // goes away with whoever needs it last

    // What a backup object stands for.
    struct Backup {
        std::shared_ptr<const WriteTimeline> timeline;
        std::uint64_t position = 0;
        std::vector<std::pair<Timestamp, std::uint64_t>> history = {}; // of a piece of the log
        // With rows.
        std::string schema = {};
        std::shared_ptr<CopiedFile> copy = {};
        std::vector<rds::LogEntry> log = {}; // of a piece of the log
        std::uint64_t size = 0;
    };

    struct Drop {
        std::uint32_t timeline = 0;
        std::uint64_t position = 0;
        std::string table;
    };

    std::set<std::string>
    tables_lost_by(const WriteTimeline& timeline, std::uint64_t position) const;

    using ObjectKey = std::pair<std::string, std::string>; // bucket, key

    void report(Done done, rds::Outcome outcome);
    std::shared_ptr<const WriteTimeline>
    branch(std::shared_ptr<const WriteTimeline> before, std::uint64_t position);
    bool store(const rds::BackupObject& object, Backup backup);
    Backup backup_of(const SimulatedDatabase& database);
    std::uint64_t restored_position(const rds::Contents& contents, const Backup& backup) const;
    // A replica gets all that it can see now.
    void settle(SimulatedDatabase& replica);
    void note_commit(SimulatedDatabase& database, std::uint64_t position, Timestamp now);
    WriteLedger::Lineage lineage_of(const SimulatedDatabase& database) const;

    // World_simulated_backups.cpp.
    static std::uint64_t size_of(const SimulatedDatabase& database, std::uint64_t position);
    std::optional<std::string> fill(SimulatedDatabase& made, const rds::Contents& contents);

    // world/simulated/rows.cpp. The first three do nothing without rows, the others need them.
    void watch_events(SimulatedDatabase& database, Duration pause = {});
    void run_events(const std::string& resource_id);
    void make_rows(SimulatedDatabase& made, const rds::Contents& contents);
    void restore_rows(SimulatedDatabase& made, const rds::Contents& contents, const Backup& backup);
    void copy_rows_of(const SimulatedDatabase& source, SimulatedDatabase& made);
    void copy_rows_to(const SimulatedDatabase& database, Backup& backup);
    void catch_up(SimulatedDatabase& replica);
    void note_commits(SimulatedDatabase& database, std::uint64_t since);

    Environment& environment_;
    network::Names& names_;
    s3::S3& s3_;
    std::unique_ptr<RowRoom> room_;                      // none: without rows
    std::map<std::string, SimulatedDatabase> databases_; // by resource id
    std::vector<SimulatedDatabase*> by_number_{nullptr};
    std::map<network::IPAddress, std::string> by_address_;
    std::uint64_t version_ = 1;
    std::map<ObjectKey, Backup> backups_;
    std::vector<AcknowledgedWrites> acknowledged_; // by timeline
    std::vector<Drop> drops_;
    std::map<std::string, bool> dark_zones_;
    std::shared_ptr<int> alive_ = std::make_shared<int>();
};

// vCPUs of a DB instance class: "db.m6g.large".
std::size_t vcpus_of_class(const std::string& instance_class);

} // namespace diorama
