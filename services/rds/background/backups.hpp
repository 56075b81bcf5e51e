// Backups: snapshots as objects in the backup store, daily ones in the backup window, the change
// log shipped every five minutes, and the end of what is older than the retention period.
#pragma once

#include "emulator/environment.hpp"
#include "services/rds/data/databases.hpp"
#include "services/rds/state.hpp"

#include <memory>
#include <set>

namespace diorama::rds {

class Backups {
public:
    Backups(Environment& environment, State& state, Databases& databases);

    // Records that are not yet in the state.
    DBSnapshot manual_snapshot_of(const DBInstance& instance, const std::string& identifier) const;
    DBSnapshot automated_snapshot_of(const DBInstance& instance) const;
    // Puts the record into the state and makes the copy.
    void take(const DBInstance& instance, DBSnapshot snapshot, Databases::Done done);
    void remove(const std::string& snapshot_key);
    // Removes the automated backups of an instance.
    void forget(const std::string& resource_id);

    // Each interval of limits::log_shipping_interval.
    void ship_logs();
    // Ends what is older than the retention period, and old events.
    void expire();
    // Snapshots that an earlier process did not finish.
    void resume();

    // Whether an automated snapshot is due for it now.
    bool is_due(const DBInstance& instance) const;

    // What to restore for a moment: the newest automated snapshot before it, and the pieces of the
    // log from there on. Nothing when there is no such snapshot.
    std::optional<Origin> origin_at(const DBInstance& source, Timestamp moment) const;
    // The moments that can be restored.
    std::optional<Timestamp> earliest_restorable(const DBInstance& source) const;

private:
    DBSnapshot snapshot_of(const DBInstance& instance) const;
    void taken(const std::string& key, const BackupObject& object, const Outcome& outcome);
    void ship_log(const std::string& resource_id);
    void shipped(
        const std::string& resource_id,
        const BackupObject& object,
        Timestamp when,
        const Outcome& outcome
    );
    void record(const DBSnapshot& snapshot, std::string message, std::string category);
    void expire_backups_of(const DBInstance& instance);

    Environment& environment_;
    State& state_;
    Databases& databases_;
    std::set<std::string> shipping_; // resource ids
    std::shared_ptr<int> alive_ = std::make_shared<int>();
};

// Whether `now` is in a window "05:30-06:00" or "sun:07:00-sun:07:30".
bool is_in_window(const std::string& window, Timestamp now);

} // namespace diorama::rds
