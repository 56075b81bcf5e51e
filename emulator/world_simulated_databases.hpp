// Databases in virtual time: each is a queue of statements on the vCPUs of its class, and a log of
// committed writes known by their positions. A position belongs to a timeline; what is restored or
// promoted begins a new one that goes back to its source's up to some position, so that it can be
// told which acknowledged writes a database has and which it has lost.
#pragma once

#include "emulator/environment.hpp"
#include "emulator/network/names.hpp"
#include "services/ec2/ec2.hpp"
#include "services/rds/rds.hpp"
#include "services/s3/s3.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
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
    std::set<std::string> lost_tables; // that were dropped
    // Commits by second: what point in time is which position.
    std::vector<std::pair<Timestamp, std::uint64_t>> history;
    rds::DatabaseActivity activity;
};

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

    // DROP TABLE, which the replicas that follow carry out, too. Backups from before it and points
    // in time before it still have the table.
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

    void forget_log(const std::string&, std::uint64_t) override {}

    void remove_object(const rds::BackupObject& object) override;
    void follow(const std::string& replica, const std::string& source) override;
    void promote(const std::string& replica, Done done) override;
    std::optional<rds::DatabaseActivity> activity(const std::string& resource_id) const override;

private:
    // What a backup object stands for.
    struct Backup {
        std::shared_ptr<const WriteTimeline> timeline;
        std::uint64_t position = 0;
        std::vector<std::pair<Timestamp, std::uint64_t>> history; // of a piece of the log
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
    bool store(const rds::BackupObject& object, Backup backup, std::uint64_t size);
    std::uint64_t restored_position(const rds::Contents& contents, const Backup& backup) const;

    Environment& environment_;
    network::Names& names_;
    s3::S3& s3_;
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
