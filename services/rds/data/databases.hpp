// The databases behind the instances, as the control plane moves them: made from something, started
// on one of two hosts, stopped, copied into the backup store. What takes long is done elsewhere and
// reported on the world thread. The live ones stand in live_databases.hpp; tests have their own.
#pragma once

#include "emulator/time/time.hpp"
#include "services/rds/ports.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace diorama::rds {

// The two machines of an instance; a Multi-AZ one changes between them.
enum class Host : std::uint8_t { first, second };

struct DatabaseIdentity {
    std::string resource_id;         // names its files and addresses
    std::string name;                // under which the primary is found
    std::string instance_class = {}; // "db.m6g.large"
    std::string zone = {};           // where the host stands that it runs on
    std::uint16_t port = 3306;
    std::uint16_t local_port = 0; // on 127.0.0.1, if it is still free; 0: any
    Host host = Host::first;
    bool logs_changes = true;
    bool is_read_only = false; // a read replica
};

// What a new database holds.
struct Contents {
    enum class Kind { empty, backup, copy };

    Kind kind = Kind::empty;
    std::string master_user; // empty
    std::string master_password;
    std::string database;
    BackupObject backup;           // backup
    std::vector<BackupObject> log; // repeated on top of the backup, in order,
    Timestamp until{};             // up to this moment
    std::string source;            // copy: resource id of a database that runs
};

struct Outcome {
    std::string failure;          // empty: it succeeded
    std::uint64_t position = 0;   // of the change log, where that means something
    bool is_complete = true;      // shipping: nothing is left
    std::uint16_t local_port = 0; // starting: where it listens on 127.0.0.1

    bool succeeded() const { return failure.empty(); }
};

// Since the database was started.
struct DatabaseActivity {
    std::uint64_t connections_open = 0;
    std::uint64_t connections_made = 0;
    std::uint64_t statements = 0;
    std::uint64_t rows_read = 0;
    std::uint64_t rows_written = 0;
    std::uint64_t bytes_received = 0;
    std::uint64_t bytes_sent = 0;
    Duration busy{}; // time spent in statements, of all sessions together
    std::uint64_t size_in_bytes = 0;
    std::uint64_t position = 0;
    std::optional<Duration> replica_lag; // of one that follows another
};

// World thread only. Outcomes are reported later, never inside the call, and in the order of the
// calls for one database.
class Databases {
public:
    using Done = std::function<void(const Outcome& outcome)>;

    virtual ~Databases() = default;

    virtual void make(const DatabaseIdentity& identity, Contents contents, Done done) = 0;
    // Accepts connections at the address of identity.host and says so to the names.
    virtual void start(const DatabaseIdentity& identity, Done done) = 0;
    // Breaks every connection, at once, and accepts no more; what was not committed is gone.
    virtual void stop(const std::string& resource_id) = 0;
    // Stops and forgets it, its files too.
    virtual void remove(const std::string& resource_id) = 0;

    virtual void set_password(
        const std::string& resource_id,
        const std::string& user,
        const std::string& password,
        Done done
    ) = 0;
    // A consistent copy, stored as `object`.
    virtual void back_up(const std::string& resource_id, const BackupObject& object, Done done) = 0;
    // The changes after `position`, stored as `object`; nothing is stored when there are none (then
    // the outcome has the same position).
    virtual void ship_log(
        const std::string& resource_id,
        std::uint64_t position,
        const BackupObject& object,
        Done done
    ) = 0;
    // Changes up to there are not needed for backups any more.
    virtual void forget_log(const std::string& resource_id, std::uint64_t position) = 0;
    virtual void remove_object(const BackupObject& object) = 0;

    // The replica takes over what the source commits, until told otherwise. Either may be stopped
    // and started meanwhile.
    virtual void follow(const std::string& replica, const std::string& source) = 0;
    // From now on it is a database of its own, and writable.
    virtual void promote(const std::string& replica, Done done) = 0;

    // Nothing while it is not running.
    virtual std::optional<DatabaseActivity> activity(const std::string& resource_id) const = 0;
};

} // namespace diorama::rds
