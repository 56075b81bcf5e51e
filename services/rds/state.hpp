// What RDS remembers: DB instances, snapshots, shipped pieces of the change log, subnet groups and
// events. No I/O, no clock, no API shapes.
#pragma once

#include "emulator/storage/journal.hpp"
#include "emulator/time/time.hpp"
#include "services/rds/ports.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::rds {

using Tags = std::map<std::string, std::string>;

// The statuses of an instance, in AWS's spelling.
namespace status {
inline constexpr auto creating = "creating";
inline constexpr auto backing_up = "backing-up";
inline constexpr auto available = "available";
inline constexpr auto modifying = "modifying";
inline constexpr auto renaming = "renaming";
inline constexpr auto resetting_credentials = "resetting-master-credentials";
inline constexpr auto rebooting = "rebooting";
inline constexpr auto stopping = "stopping";
inline constexpr auto stopped = "stopped";
inline constexpr auto starting = "starting";
inline constexpr auto deleting = "deleting";
inline constexpr auto failed = "failed";
inline constexpr auto restore_error = "restore-error";
} // namespace status

// What ModifyDBInstance asked for; in PendingModifiedValues until the maintenance window, or until
// it is done.
struct Modification {
    std::optional<std::string> instance_class;
    std::optional<std::int32_t> allocated_storage;
    std::optional<std::int32_t> retention_days;
    std::optional<bool> is_multi_az;
    std::optional<std::string> identifier;
    std::optional<std::string> master_password;

    bool is_empty() const { return *this == Modification{}; }

    bool operator==(const Modification&) const = default;
};

// Where the rows of a new instance come from; kept until it has been created.
struct Origin {
    enum class Kind { none, empty, snapshot, point_in_time, source };

    Kind kind = Kind::none;
    std::string master_password;   // empty
    BackupObject backup;           // snapshot, point_in_time
    std::vector<BackupObject> log; // point_in_time: what to repeat on top of it, in order
    Timestamp until{};             // point_in_time
};

struct DBInstance {
    std::string account;
    std::string region;
    std::string identifier;
    std::string resource_id; // "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ": never changes
    std::string status;
    std::string instance_class;
    std::string engine_version;
    std::string master_user;
    std::string db_name;
    std::int32_t allocated_storage = 20;
    std::string storage_type = "gp2";
    std::uint16_t port = 3306;
    std::uint16_t local_port = 0; // on 127.0.0.1
    std::string endpoint_hash;    // the part of its name that is the account's own
    bool has_endpoint = false;
    bool is_multi_az = false;
    std::string zone;
    std::string secondary_zone;
    bool is_on_second_host = false; // which of the two addresses is the primary's
    std::string subnet_group = "default";
    std::vector<std::string> security_groups;
    bool is_public = false;
    bool is_protected = false; // against deletion
    bool copies_tags = false;  // to snapshots
    bool upgrades_itself = true;
    std::int32_t retention_days = 1;
    std::string backup_window;      // "05:30-06:00"
    std::string maintenance_window; // "sun:07:00-sun:07:30"
    Timestamp created{};
    Timestamp changed{}; // its status
    std::optional<Timestamp> stopped;
    std::string source; // resource id of a read replica's source
    Modification pending;
    Origin origin;
    Tags tags;
    // Point-in-time recovery: what has been shipped.
    std::uint64_t shipped_position = 0;
    std::optional<Timestamp> latest_restorable;

    std::string key() const;
    std::string arn() const;
    std::string endpoint_name() const; // <id>.<hash>.<region>.rds.amazonaws.com

    bool is_replica() const { return !source.empty(); }

    std::string encode() const;
    static DBInstance decode(std::string_view bytes);
};

struct DBSnapshot {
    std::string account;
    std::string region;
    std::string identifier;
    std::string status; // creating, available, failed, deleting
    bool is_automated = false;
    Timestamp created{}; // the moment that it holds
    BackupObject object;
    std::uint64_t position = 0; // of the change log
    DBInstance instance;        // its settings at that moment
    Tags tags;

    std::string key() const;
    std::string arn() const;

    std::string encode() const;
    static DBSnapshot decode(std::string_view bytes);
};

// A piece of an instance's change log that lies in the backup store.
struct ShippedLog {
    std::string resource_id;
    BackupObject object;
    std::uint64_t last_position = 0;
    Timestamp shipped{};

    std::string key() const;
    std::string encode() const;
    static ShippedLog decode(std::string_view bytes);
};

struct DBSubnetGroup {
    std::string account;
    std::string region;
    std::string name;
    std::string description;
    std::vector<std::string> subnets;
    Tags tags;

    std::string key() const;
    std::string arn() const;

    std::string encode() const;
    static DBSubnetGroup decode(std::string_view bytes);
};

enum class EventSource { instance, snapshot };

struct Event {
    std::string account;
    std::string region;
    EventSource source = EventSource::instance;
    std::string identifier;
    std::string arn;
    std::string message;
    std::vector<std::string> categories;
    Timestamp when{};

    std::string encode() const;
    static Event decode(std::string_view bytes);
};

struct State {
    explicit State(Journal& journal);

    Table<DBInstance> instances;        // by key()
    Table<DBSnapshot> snapshots;        // by key()
    Table<ShippedLog> shipped_logs;     // by key(): resource id, then position
    Table<DBSubnetGroup> subnet_groups; // by key()
    Table<Event> events;                // by time, then a number

    const DBInstance* find_resource(const std::string& resource_id) const;
    std::vector<const DBInstance*> replicas_of(const DBInstance& source) const;
    void add_event(Event event);

private:
    std::uint64_t next_event_ = 0;
};

// account/region/name
std::string key_of(const std::string& account, const std::string& region, const std::string& name);

} // namespace diorama::rds
