// Courses of lifecycle.hpp that change a running instance: reboot, failover, modification,
// promotion.
#include "services/rds/background/lifecycle.hpp"
#include "services/rds/limits.hpp"

#include <fmt/format.h>

namespace diorama::rds {

void Lifecycle::reboot(const std::string& key) {
    auto& instance = *state_.instances.edit(key);
    set_status(instance, status::rebooting);
    databases_.stop(instance.resource_id);
    record(instance, "DB instance shutdown", "availability");
    start_database(
        instance,
        limits::reboot_time.at(environment_.pace),
        [this](DBInstance& current, const Outcome&) {
            record(current, "DB instance restarted", "availability");
            set_status(current, status::available);
        }
    );
}

// AWS: "When you force a failover of your DB instance, Amazon RDS automatically switches to a
// standby replica in another Availability Zone, and updates the DNS record for the DB instance to
// point to the standby DB instance."
void Lifecycle::fail_over(const std::string& key) {
    auto& instance = *state_.instances.edit(key);
    set_status(instance, status::rebooting);
    databases_.stop(instance.resource_id);
    record(instance, "Multi-AZ instance failover started.", "failover");
    instance.is_on_second_host = !instance.is_on_second_host;
    std::swap(instance.zone, instance.secondary_zone);
    start_database(
        instance,
        limits::failover_outage.at(environment_.pace),
        [this](DBInstance& current, const Outcome&) {
            record(current, "DB instance restarted", "availability");
            step(
                current,
                limits::failover_settling.at(environment_.pace),
                nothing,
                [this](DBInstance& settled, const Outcome&) {
                    record(settled, "Multi-AZ instance failover completed", "failover");
                    record(
                        settled,
                        "The user requested a failover of the DB instance.",
                        "failover"
                    );
                    set_status(settled, status::available);
                }
            );
        }
    );
}

namespace {

bool changes_logging(const DBInstance& instance, const Modification& modification) {
    return modification.retention_days &&
           (*modification.retention_days > 0) != (instance.retention_days > 0);
}

// AWS: a new class, a new name, and automated backups on or off take the instance down for a while.
bool needs_restart(const DBInstance& instance, const Modification& modification) {
    return modification.instance_class || modification.identifier ||
           changes_logging(instance, modification);
}

} // namespace

void Lifecycle::modify(const std::string& key, Modification modification) {
    auto& instance = *state_.instances.edit(key);
    begin_changes(instance, modification);
    if (!modification.master_password) return carry_out(instance, modification);
    set_status(instance, status::resetting_credentials);
    step(
        instance,
        Duration::zero(),
        [this, &instance, &modification](Databases::Done done) {
            databases_.set_password(
                instance.resource_id,
                instance.master_user,
                *modification.master_password,
                std::move(done)
            );
        },
        [this, modification](DBInstance& current, const Outcome& outcome) {
            current.pending.master_password.reset();
            record(
                current,
                outcome.succeeded() ? "Reset master credentials"
                                    : "The master credentials could not be reset",
                outcome.succeeded() ? "configuration change" : "failure"
            );
            carry_out(current, modification);
        }
    );
}

void Lifecycle::begin_changes(DBInstance& instance, const Modification& modification) {
    set_status(instance, modification.identifier ? status::renaming : status::modifying);
    const auto say = [&](const char* message) {
        record(instance, message, "configuration change");
    };
    if (modification.instance_class) say("Applying modification to database instance class");
    if (modification.allocated_storage) say("Applying modification to allocated storage");
    if (modification.is_multi_az.value_or(instance.is_multi_az) != instance.is_multi_az) {
        say(*modification.is_multi_az
                ? "Applying modification to convert to a Multi-AZ DB instance"
                : "Applying modification to convert to a standard (Single-AZ) DB instance");
    }
}

void Lifecycle::carry_out(DBInstance& instance, const Modification& modification) {
    Modification rest = modification;
    rest.master_password.reset();
    if (rest.is_empty()) return set_status(instance, status::available);
    set_status(instance, rest.identifier ? status::renaming : status::modifying);
    const DBInstance before = instance;
    const bool restarts = needs_restart(instance, rest);
    if (restarts) databases_.stop(instance.resource_id);
    step(
        instance,
        limits::modification_time.at(environment_.pace),
        nothing,
        [this, rest, before, restarts](DBInstance& current, const Outcome&) {
            const auto resource_id = current.resource_id;
            apply_values(resource_id, rest); // may move the record
            auto& changed = *edit(resource_id);
            if (!restarts) return finish_changes(changed, rest, before);
            start_database(
                changed,
                Duration::zero(),
                [this, rest, before](DBInstance& restarted, const Outcome&) {
                    finish_changes(restarted, rest, before);
                }
            );
        }
    );
}

void Lifecycle::apply_values(const std::string& resource_id, const Modification& modification) {
    auto* instance = edit(resource_id);
    instance->pending = {};
    if (modification.instance_class) instance->instance_class = *modification.instance_class;
    if (modification.allocated_storage)
        instance->allocated_storage = *modification.allocated_storage;
    if (modification.retention_days) instance->retention_days = *modification.retention_days;
    if (modification.is_multi_az) {
        instance->is_multi_az = *modification.is_multi_az;
        instance->secondary_zone = instance->is_multi_az ? another_zone(*instance) : "";
    }
    if (!modification.identifier) return;
    DBInstance renamed = *instance;
    renamed.identifier = *modification.identifier;
    state_.instances.erase(instance->key());
    state_.instances.put(renamed.key(), renamed);
}

void Lifecycle::finish_changes(
    DBInstance& instance,
    const Modification& modification,
    const DBInstance& before
) {
    const auto say = [&](std::string message) {
        record(instance, std::move(message), "configuration change");
    };
    if (modification.instance_class) say("Finished applying modification to DB instance class");
    if (modification.allocated_storage) say("Finished applying modification to allocated storage");
    if (instance.is_multi_az != before.is_multi_az) {
        say(instance.is_multi_az
                ? "Finished applying modification to convert to a Multi-AZ DB instance"
                : "Finished applying modification to convert to a standard (Single-AZ) DB "
                  "instance");
    }
    if (modification.identifier)
        say(fmt::format("Renamed instance from {} to {}", before.identifier, instance.identifier));
    const bool is_backed_up = instance.retention_days > 0;
    if (is_backed_up == (before.retention_days > 0)) return set_status(instance, status::available);
    say(is_backed_up ? "Automated backups enabled" : "Automated backups disabled");
    if (!is_backed_up) {
        // AWS: "all automated backups for the instance are immediately deleted".
        backups_.forget(instance.resource_id);
        instance.latest_restorable.reset();
        return set_status(instance, status::available);
    }
    back_up_then(instance, backups_.automated_snapshot_of(instance), [this](DBInstance& current) {
        set_status(current, status::available);
    });
}

// AWS: "When you promote a read replica, the DB instance is rebooted before it becomes available."
void Lifecycle::promote(const std::string& key) {
    auto& instance = *state_.instances.edit(key);
    const bool runs = instance.status == status::available;
    instance.source.clear();
    if (!runs) {
        // It becomes writable when it is started next.
        databases_.promote(instance.resource_id, [](const Outcome&) {});
        return;
    }
    set_status(instance, status::modifying);
    record(instance, "Replication on the read replica was terminated", "read replica");
    step(
        instance,
        limits::modification_time.at(environment_.pace),
        [this, &instance](Databases::Done done) {
            databases_.promote(instance.resource_id, std::move(done));
        },
        [this](DBInstance& current, const Outcome&) {
            databases_.stop(current.resource_id);
            set_status(current, status::rebooting);
            start_database(
                current,
                limits::reboot_time.at(environment_.pace),
                [this](DBInstance& restarted, const Outcome&) {
                    record(restarted, "DB instance restarted", "availability");
                    record(
                        restarted,
                        "Promoted Read Replica instance to a stand-alone database instance",
                        "read replica"
                    );
                    if (restarted.retention_days == 0)
                        return set_status(restarted, status::available);
                    back_up_then(
                        restarted,
                        backups_.automated_snapshot_of(restarted),
                        [this](DBInstance& current_) { set_status(current_, status::available); }
                    );
                }
            );
        }
    );
}

} // namespace diorama::rds
