// What happens to instances as time passes: they are created, backed up, changed, fail over, stop
// and go. Operations of the API begin a course; each of its steps waits for the database's part of
// the work and for the time that AWS would take (limits.hpp).
#pragma once

#include "emulator/environment.hpp"
#include "services/rds/background/backups.hpp"
#include "services/rds/data/databases.hpp"
#include "services/rds/state.hpp"

#include <map>
#include <memory>
#include <optional>

namespace diorama::rds {

class Lifecycle {
public:
    Lifecycle(Environment& environment, State& state, Databases& databases, Backups& backups);

    // Each takes the key of an instance whose status allows it; none waits.
    void create(const std::string& key); // the record is there, with its origin
    void stop(const std::string& key, std::optional<std::string> snapshot);
    void start(const std::string& key);
    void reboot(const std::string& key);
    void fail_over(const std::string& key);
    void modify(const std::string& key, Modification modification);
    void promote(const std::string& key);
    void take_snapshot(const std::string& key, const std::string& identifier, Tags tags);

    struct Deletion {
        std::optional<std::string> final_snapshot;
        bool keeps_automated_backups = false;
    };

    void remove(const std::string& key, Deletion deletion);

    // After a start of the process: brings every instance to where it was going.
    void resume();

    void record(const DBInstance& instance, std::string message, std::string category);

private:
    // The step that an instance is in.
    struct Course {
        std::uint64_t number = 0;
        Timer timer;
        bool time_has_passed = false;
        std::optional<Outcome> outcome;
    };

    using Work = std::function<void(Databases::Done done)>;
    using Next = std::function<void(DBInstance& instance, const Outcome& outcome)>;

    // Goes on with `next` when `work` is done and at least `least` has passed; not if the instance
    // has been given another course meanwhile.
    void step(const DBInstance& instance, Duration least, const Work& work, Next next);
    void go_on(const std::string& resource_id, std::uint64_t number, const Next& next);

    static void nothing(const Databases::Done& done) { done({}); }

    DBInstance* edit(const std::string& resource_id);
    void set_status(DBInstance& instance, const char* status);
    void start_database(DBInstance& instance, Duration outage, Next next);
    void started(DBInstance& instance, const Outcome& outcome);
    void created(DBInstance& instance);
    void
    back_up_then(DBInstance& instance, DBSnapshot snapshot, std::function<void(DBInstance&)> then);
    void begin_changes(DBInstance& instance, const Modification& modification);
    void carry_out(DBInstance& instance, const Modification& modification);
    void apply_values(const std::string& resource_id, const Modification& modification);
    void finish_changes(
        DBInstance& instance,
        const Modification& modification,
        const DBInstance& before
    );
    void delete_now(DBInstance& instance, bool keeps_automated_backups);
    void resume(DBInstance& instance);

    Environment& environment_;
    State& state_;
    Databases& databases_;
    Backups& backups_;
    std::map<std::string, Course> courses_; // by resource id
    std::uint64_t last_number_ = 0;
    std::shared_ptr<int> alive_ = std::make_shared<int>();
};

DatabaseIdentity identity_of(const DBInstance& instance);
// A zone of the same region that is not this one.
std::string another_zone(const DBInstance& instance);
void record_event(
    Environment& environment,
    State& state,
    const DBInstance& instance,
    std::string message,
    std::string category
);

} // namespace diorama::rds
