// See lifecycle.hpp: creation, stop and start, deletion, and what all courses share. Changes stand
// in changes.cpp.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html#Overview.DBInstance.Status
#include "services/rds/background/lifecycle.hpp"

#include "services/rds/limits.hpp"

namespace diorama::rds {

Lifecycle::Lifecycle(Environment& environment, State& state, Databases& databases, Backups& backups)
    : environment_(environment)
    , state_(state)
    , databases_(databases)
    , backups_(backups) {}

DatabaseIdentity identity_of(const DBInstance& instance) {
    return {
        .resource_id = instance.resource_id,
        .name = instance.endpoint_name(),
        .instance_class = instance.instance_class,
        .zone = instance.zone,
        .port = instance.port,
        .local_port = instance.local_port,
        .host = instance.is_on_second_host ? Host::second : Host::first,
        // AWS: binary logging is on while automated backups are.
        .logs_changes = instance.retention_days > 0,
        .is_read_only = instance.is_replica()
    };
}

std::string another_zone(const DBInstance& instance) {
    const char last = instance.zone.empty() ? 'a' : instance.zone.back();
    return instance.region + (last == 'c' ? 'a' : static_cast<char>(last + 1));
}

void record_event(
    Environment& environment,
    State& state,
    const DBInstance& instance,
    std::string message,
    std::string category
) {
    environment.log.write(LogLevel::note, "rds", "{}: {}", instance.identifier, message);
    state.add_event(
        {instance.account,
         instance.region,
         EventSource::instance,
         instance.identifier,
         instance.arn(),
         std::move(message),
         {std::move(category)},
         environment.clock.now()}
    );
}

void Lifecycle::record(const DBInstance& instance, std::string message, std::string category) {
    record_event(environment_, state_, instance, std::move(message), std::move(category));
}

DBInstance* Lifecycle::edit(const std::string& resource_id) {
    const auto* instance = state_.find_resource(resource_id);
    return instance == nullptr ? nullptr : state_.instances.edit(instance->key());
}

void Lifecycle::set_status(DBInstance& instance, const char* status) {
    auto* edited = state_.instances.edit(instance.key());
    edited->status = status;
    edited->changed = environment_.clock.now();
}

void Lifecycle::step(const DBInstance& instance, Duration least, const Work& work, Next next) {
    const auto resource_id = instance.resource_id;
    const auto number = ++last_number_;
    auto& course = courses_[resource_id];
    course.number = number;
    course.time_has_passed = false;
    course.outcome.reset();
    course.timer = Timer(environment_.scheduler);
    course.timer.start_after(least, [this, resource_id, number, next] {
        courses_[resource_id].time_has_passed = true;
        go_on(resource_id, number, next);
    });
    const auto hold = environment_.scheduler.hold();
    work([this, resource_id, number, next, hold, alive = std::weak_ptr(alive_)](
             const Outcome& outcome
         ) {
        if (alive.expired()) return;
        const auto found = courses_.find(resource_id);
        if (found == courses_.end() || found->second.number != number) return;
        found->second.outcome = outcome;
        go_on(resource_id, number, next);
    });
}

void Lifecycle::go_on(const std::string& resource_id, std::uint64_t number, const Next& next) {
    const auto found = courses_.find(resource_id);
    if (found == courses_.end() || found->second.number != number) return;
    const auto& course = found->second;
    if (!course.time_has_passed || !course.outcome) return;
    auto* instance = edit(resource_id);
    if (instance == nullptr) return;
    const Outcome outcome = *course.outcome;
    // The step that comes replaces this one's timer and with it, maybe, `next` itself.
    const Next then = next;
    then(*instance, outcome);
    environment_.journal.commit();
}

void Lifecycle::start_database(DBInstance& instance, Duration outage, Next next) {
    // Nobody is to be let in before that time has passed.
    step(instance, outage, nothing, [this, next](DBInstance& waited, const Outcome&) {
        step(
            waited,
            Duration::zero(),
            [this, identity = identity_of(waited)](Databases::Done done) {
                databases_.start(identity, std::move(done));
            },
            [this, next](DBInstance& current, const Outcome& outcome) {
                started(current, outcome);
                if (outcome.succeeded()) next(current, outcome);
            }
        );
        for (const auto* replica : state_.replicas_of(waited))
            databases_.follow(replica->resource_id, waited.resource_id);
        if (waited.is_replica()) databases_.follow(waited.resource_id, waited.source);
    });
}

void Lifecycle::started(DBInstance& instance, const Outcome& outcome) {
    if (!outcome.succeeded()) {
        environment_.log
            .write(LogLevel::error, "rds", "{}: {}", instance.identifier, outcome.failure);
        set_status(instance, status::failed);
        return;
    }
    instance.local_port = outcome.local_port;
    instance.has_endpoint = true;
}

void Lifecycle::create(const std::string& key) {
    auto& instance = *state_.instances.edit(key);
    Contents contents;
    switch (instance.origin.kind) {
    case Origin::Kind::none:
    case Origin::Kind::empty:
        contents.master_user = instance.master_user;
        contents.master_password = instance.origin.master_password;
        contents.database = instance.db_name;
        break;
    case Origin::Kind::snapshot:
    case Origin::Kind::point_in_time:
        contents.kind = Contents::Kind::backup;
        contents.backup = instance.origin.backup;
        contents.log = instance.origin.log;
        contents.until = instance.origin.until;
        break;
    case Origin::Kind::source:
        contents.kind = Contents::Kind::copy;
        contents.source = instance.source;
        break;
    }
    const bool is_restored = contents.kind == Contents::Kind::backup;
    step(
        instance,
        limits::creation_time.at(environment_.pace),
        [this, identity = identity_of(instance), &contents](Databases::Done done) {
            databases_.make(identity, std::move(contents), std::move(done));
        },
        [this, is_restored](DBInstance& made, const Outcome& outcome) {
            if (!outcome.succeeded()) {
                environment_.log
                    .write(LogLevel::error, "rds", "{}: {}", made.identifier, outcome.failure);
                record(made, "DB instance could not be created: " + outcome.failure, "failure");
                set_status(made, is_restored ? status::restore_error : status::failed);
                return;
            }
            made.shipped_position = outcome.position;
            start_database(made, Duration::zero(), [this](DBInstance& current, const Outcome&) {
                created(current);
            });
        }
    );
}

void Lifecycle::created(DBInstance& instance) {
    record(instance, "DB instance created", "creation");
    instance.origin = {};
    // AWS: a new instance with automated backups is backed up before it is available.
    if (instance.retention_days == 0) {
        set_status(instance, status::available);
        return;
    }
    back_up_then(instance, backups_.automated_snapshot_of(instance), [this](DBInstance& current) {
        set_status(current, status::available);
    });
}

void Lifecycle::back_up_then(
    DBInstance& instance,
    DBSnapshot snapshot,
    std::function<void(DBInstance&)> then
) {
    set_status(instance, status::backing_up);
    const bool is_automated = snapshot.is_automated;
    if (is_automated) record(instance, "Backing up DB instance", "backup");
    step(
        instance,
        (is_automated ? limits::backup_time : limits::snapshot_time).at(environment_.pace),
        [this, &instance, &snapshot](Databases::Done done) {
            backups_.take(instance, std::move(snapshot), std::move(done));
        },
        [this, is_automated, then = std::move(then)](DBInstance& current, const Outcome& outcome) {
            if (!outcome.succeeded()) {
                record(current, "The backup failed: " + outcome.failure, "failure");
            } else if (is_automated) {
                record(current, "Finished DB Instance backup", "backup");
            }
            then(current);
        }
    );
}

void Lifecycle::take_snapshot(const std::string& key, const std::string& identifier, Tags tags) {
    auto& instance = *state_.instances.edit(key);
    auto snapshot = identifier.empty() ? backups_.automated_snapshot_of(instance)
                                       : backups_.manual_snapshot_of(instance, identifier);
    for (auto& [name, value] : tags)
        snapshot.tags[name] = value;
    back_up_then(instance, std::move(snapshot), [this](DBInstance& current) {
        set_status(current, status::available);
    });
}

void Lifecycle::stop(const std::string& key, std::optional<std::string> snapshot) {
    auto& instance = *state_.instances.edit(key);
    const auto stop_now = [this](DBInstance& current) {
        set_status(current, status::stopping);
        databases_.stop(current.resource_id);
        step(
            current,
            limits::stop_time.at(environment_.pace),
            nothing,
            [this](DBInstance& ended, const Outcome&) {
                set_status(ended, status::stopped);
                ended.stopped = environment_.clock.now();
                record(ended, "DB instance stopped", "notification");
            }
        );
    };
    if (!snapshot) return stop_now(instance);
    back_up_then(instance, backups_.manual_snapshot_of(instance, *snapshot), stop_now);
}

void Lifecycle::start(const std::string& key) {
    auto& instance = *state_.instances.edit(key);
    set_status(instance, status::starting);
    instance.stopped.reset();
    start_database(
        instance,
        limits::creation_time.at(environment_.pace),
        [this](DBInstance& current, const Outcome&) {
            record(current, "DB instance started", "notification");
            set_status(current, status::available);
        }
    );
}

void Lifecycle::remove(const std::string& key, Deletion deletion) {
    auto& instance = *state_.instances.edit(key);
    // AWS: read replicas in the same region as their deleted source are promoted.
    for (const auto* replica : state_.replicas_of(instance))
        promote(replica->key());
    const bool keeps = deletion.keeps_automated_backups;
    if (!deletion.final_snapshot) return delete_now(instance, keeps);
    back_up_then(
        instance,
        backups_.manual_snapshot_of(instance, *deletion.final_snapshot),
        [this, keeps](DBInstance& current) { delete_now(current, keeps); }
    );
}

void Lifecycle::delete_now(DBInstance& instance, bool keeps_automated_backups) {
    set_status(instance, status::deleting);
    databases_.remove(instance.resource_id);
    step(
        instance,
        limits::deletion_time.at(environment_.pace),
        nothing,
        [this, keeps_automated_backups](DBInstance& current, const Outcome&) {
            record(current, "DB instance deleted", "deletion");
            if (!keeps_automated_backups) backups_.forget(current.resource_id);
            const auto resource_id = current.resource_id;
            state_.instances.erase(current.key());
            courses_.erase(resource_id);
        }
    );
}

void Lifecycle::resume() {
    std::vector<std::string> keys;
    for (const auto& [key, instance] : state_.instances)
        keys.push_back(key);
    for (const auto& key : keys)
        resume(*state_.instances.edit(key));
    backups_.resume();
    environment_.journal.commit();
}

void Lifecycle::resume(DBInstance& instance) {
    if (instance.status == status::creating) return create(instance.key());
    if (instance.status == status::deleting) return delete_now(instance, false);
    if (instance.status == status::stopping) {
        instance.stopped = environment_.clock.now();
        return set_status(instance, status::stopped);
    }
    if (instance.status == status::stopped || instance.status == status::failed ||
        instance.status == status::restore_error)
        return;
    set_status(instance, status::starting);
    start_database(instance, Duration::zero(), [this](DBInstance& current, const Outcome&) {
        set_status(current, status::available);
    });
}

} // namespace diorama::rds
