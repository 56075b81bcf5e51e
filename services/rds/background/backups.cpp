// See backups.hpp.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html
#include "services/rds/background/backups.hpp"

#include "services/rds/limits.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

namespace diorama::rds {

namespace {

constexpr int minutes_per_day = 24 * 60;

// "05:30" -> 330; -1 when it is not a time of day.
int minute_of_day(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return -1;
    for (const auto at : {0U, 1U, 3U, 4U})
        if (text[at] < '0' || text[at] > '9') return -1;
    const int hour = (text[0] - '0') * 10 + (text[1] - '0');
    const int minute = (text[3] - '0') * 10 + (text[4] - '0');
    return hour < 24 && minute < 60 ? hour * 60 + minute : -1;
}

int day_of(std::string_view text) {
    constexpr std::string_view days = "sunmontuewedthufrisat";
    const auto at = days.find(text);
    return at == std::string_view::npos || at % 3 != 0 ? -1 : static_cast<int>(at / 3);
}

// How long ago the window opened; nothing outside of it.
std::optional<Duration> elapsed_in(std::string_view window, Timestamp now) {
    const auto dash = window.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    auto begin = window.substr(0, dash);
    auto end = window.substr(dash + 1);
    int period = minutes_per_day;
    int from = 0;
    int to = 0;
    // 1970-01-01 was a Thursday.
    auto minute = std::chrono::floor<std::chrono::minutes>(now).time_since_epoch().count() +
                  4LL * minutes_per_day;
    if (begin.size() == 9 && end.size() == 9) {
        period *= 7;
        from = day_of(begin.substr(0, 3)) * minutes_per_day;
        to = day_of(end.substr(0, 3)) * minutes_per_day;
        begin.remove_prefix(4);
        end.remove_prefix(4);
    }
    from += minute_of_day(begin);
    to += minute_of_day(end);
    const auto length = (to - from + period) % period;
    const auto since = (minute - from % period + period) % period;
    if (since >= length) return std::nullopt;
    return std::chrono::minutes(since);
}

std::string bucket_of(const DBInstance& instance) {
    return fmt::format("rds-backups-{}-{}", instance.account, instance.region);
}

BackupObject object_of(const DBInstance& instance, std::string key) {
    return {instance.account, instance.region, bucket_of(instance), std::move(key)};
}

} // namespace

bool is_in_window(const std::string& window, Timestamp now) {
    return elapsed_in(window, now).has_value();
}

Backups::Backups(Environment& environment, State& state, Databases& databases)
    : environment_(environment)
    , state_(state)
    , databases_(databases) {}

DBSnapshot Backups::snapshot_of(const DBInstance& instance) const {
    DBSnapshot snapshot;
    snapshot.account = instance.account;
    snapshot.region = instance.region;
    snapshot.status = status::creating;
    snapshot.created = environment_.clock.now();
    snapshot.instance = instance;
    snapshot.instance.origin = {};
    snapshot.instance.pending = {};
    if (instance.copies_tags) snapshot.tags = instance.tags;
    return snapshot;
}

DBSnapshot
Backups::manual_snapshot_of(const DBInstance& instance, const std::string& identifier) const {
    auto snapshot = snapshot_of(instance);
    snapshot.identifier = identifier;
    snapshot.object = object_of(
        instance,
        fmt::format("snapshots/{}/{}.sqlite", identifier, instance.resource_id)
    );
    return snapshot;
}

DBSnapshot Backups::automated_snapshot_of(const DBInstance& instance) const {
    auto snapshot = snapshot_of(instance);
    snapshot.is_automated = true;
    const auto moment = fmt::format(
        "{:%Y-%m-%d-%H-%M}",
        fmt::gmtime(static_cast<std::time_t>(unix_seconds(snapshot.created)))
    );
    snapshot.identifier = fmt::format("rds:{}-{}", instance.identifier, moment);
    snapshot.object =
        object_of(instance, fmt::format("automated/{}/{}.sqlite", instance.resource_id, moment));
    return snapshot;
}

void Backups::record(const DBSnapshot& snapshot, std::string message, std::string category) {
    state_.add_event(
        {snapshot.account,
         snapshot.region,
         EventSource::snapshot,
         snapshot.identifier,
         snapshot.arn(),
         std::move(message),
         {std::move(category)},
         environment_.clock.now()}
    );
}

void Backups::take(const DBInstance& instance, DBSnapshot snapshot, Databases::Done done) {
    const auto key = snapshot.key();
    const auto object = snapshot.object;
    const bool is_automated = snapshot.is_automated;
    record(
        snapshot,
        is_automated ? "Creating automated snapshot" : "Creating manual snapshot",
        "creation"
    );
    state_.snapshots.put(key, std::move(snapshot));
    databases_.back_up(
        instance.resource_id,
        object,
        [this, key, object, done = std::move(done), alive = std::weak_ptr(alive_)](
            const Outcome& outcome
        ) {
            if (alive.expired()) return;
            taken(key, object, outcome);
            done(outcome);
        }
    );
}

void Backups::taken(const std::string& key, const BackupObject& object, const Outcome& outcome) {
    auto* snapshot = state_.snapshots.edit(key);
    if (snapshot == nullptr) return databases_.remove_object(object); // deleted meanwhile
    snapshot->status = outcome.succeeded() ? status::available : status::failed;
    // Not before the copy was made: what it holds is never younger than this.
    snapshot->created = environment_.clock.now();
    snapshot->position = outcome.position;
    if (!outcome.succeeded()) return;
    record(
        *snapshot,
        snapshot->is_automated ? "Automated snapshot created" : "Manual snapshot created",
        "creation"
    );
    const auto* source = state_.find_resource(snapshot->instance.resource_id);
    if (!snapshot->is_automated || source == nullptr || source->latest_restorable) return;
    auto* backed_up = state_.instances.edit(source->key());
    backed_up->latest_restorable = snapshot->created;
    backed_up->shipped_position = outcome.position;
}

void Backups::remove(const std::string& snapshot_key) {
    const auto* snapshot = state_.snapshots.find(snapshot_key);
    if (snapshot == nullptr) return;
    record(
        *snapshot,
        snapshot->is_automated ? "Deleted automated snapshot" : "Deleted user snapshot",
        "deletion"
    );
    databases_.remove_object(snapshot->object);
    state_.snapshots.erase(snapshot_key);
}

void Backups::forget(const std::string& resource_id) {
    std::vector<std::string> keys;
    for (const auto& [key, snapshot] : state_.snapshots)
        if (snapshot.is_automated && snapshot.instance.resource_id == resource_id)
            keys.push_back(key);
    for (const auto& key : keys)
        remove(key);
    keys.clear();
    for (const auto& [key, log] : state_.shipped_logs) {
        if (log.resource_id != resource_id) continue;
        databases_.remove_object(log.object);
        keys.push_back(key);
    }
    for (const auto& key : keys)
        state_.shipped_logs.erase(key);
}

void Backups::ship_logs() {
    for (const auto& [key, instance] : state_.instances) {
        const bool is_up =
            instance.status == status::available || instance.status == status::backing_up;
        if (is_up && instance.latest_restorable && instance.retention_days > 0)
            ship_log(instance.resource_id);
    }
}

void Backups::ship_log(const std::string& resource_id) {
    const auto* instance = state_.find_resource(resource_id);
    if (instance == nullptr || !shipping_.insert(resource_id).second) return;
    const auto object = object_of(
        *instance,
        fmt::format("logs/{}/{:020}.log", resource_id, instance->shipped_position + 1)
    );
    const auto when = environment_.clock.now();
    databases_.ship_log(
        resource_id,
        instance->shipped_position,
        object,
        [this,
         resource_id,
         object,
         when,
         hold = environment_.scheduler.hold(),
         alive = std::weak_ptr(alive_)](const Outcome& outcome) {
            if (alive.expired()) return;
            shipping_.erase(resource_id);
            shipped(resource_id, object, when, outcome);
            environment_.journal.commit();
            if (outcome.succeeded() && !outcome.is_complete) ship_log(resource_id);
        }
    );
}

void Backups::shipped(
    const std::string& resource_id,
    const BackupObject& object,
    Timestamp when,
    const Outcome& outcome
) {
    const auto* found = state_.find_resource(resource_id);
    if (found == nullptr) return;
    if (!outcome.succeeded()) {
        environment_.log.write(
            LogLevel::warning,
            "rds",
            "{}: the change log was not shipped: {}",
            found->identifier,
            outcome.failure
        );
        return;
    }
    auto& instance = *state_.instances.edit(found->key());
    if (outcome.position > instance.shipped_position) {
        const ShippedLog log{resource_id, object, outcome.position, when};
        state_.shipped_logs.put(log.key(), log);
        instance.shipped_position = outcome.position;
        databases_.forget_log(resource_id, outcome.position);
    }
    if (outcome.is_complete) instance.latest_restorable = when;
}

void Backups::expire() {
    std::vector<std::string> instances;
    for (const auto& [key, instance] : state_.instances)
        instances.push_back(key);
    for (const auto& key : instances)
        expire_backups_of(*state_.instances.find(key));
    const auto oldest = environment_.clock.now() - limits::events_kept;
    while (!state_.events.empty() && state_.events.begin()->second.when < oldest)
        state_.events.erase(std::string(state_.events.begin()->first));
}

void Backups::expire_backups_of(const DBInstance& instance) {
    const auto oldest = environment_.clock.now() - std::chrono::hours(24) * instance.retention_days;
    // The newest one that is too old still serves for the moments right after `oldest`.
    std::vector<std::pair<Timestamp, std::string>> old;
    for (const auto& [key, snapshot] : state_.snapshots) {
        if (snapshot.is_automated && snapshot.instance.resource_id == instance.resource_id &&
            snapshot.created < oldest)
            old.emplace_back(snapshot.created, key);
    }
    if (old.size() < 2) return;
    std::sort(old.begin(), old.end());
    const auto kept = state_.snapshots.find(old.back().second)->position;
    old.pop_back();
    for (const auto& [when, key] : old)
        remove(key);
    std::vector<std::string> logs;
    for (const auto& [key, log] : state_.shipped_logs) {
        if (log.resource_id != instance.resource_id || log.last_position > kept) continue;
        databases_.remove_object(log.object);
        logs.push_back(key);
    }
    for (const auto& key : logs)
        state_.shipped_logs.erase(key);
}

void Backups::resume() {
    std::vector<std::string> unfinished;
    for (const auto& [key, snapshot] : state_.snapshots)
        if (snapshot.status == status::creating) unfinished.push_back(key);
    for (const auto& key : unfinished)
        state_.snapshots.edit(key)->status = status::failed;
}

bool Backups::is_due(const DBInstance& instance) const {
    const auto now = environment_.clock.now();
    if (instance.retention_days == 0 || instance.status != status::available) return false;
    const auto elapsed = elapsed_in(instance.backup_window, now);
    if (!elapsed) return false;
    for (const auto& [key, snapshot] : state_.snapshots) {
        if (snapshot.is_automated && snapshot.instance.resource_id == instance.resource_id &&
            snapshot.created >= std::chrono::floor<std::chrono::minutes>(now) - *elapsed)
            return false;
    }
    return true;
}

std::optional<Origin> Backups::origin_at(const DBInstance& source, Timestamp moment) const {
    const DBSnapshot* base = nullptr;
    for (const auto& [key, snapshot] : state_.snapshots) {
        if (!snapshot.is_automated || snapshot.status != status::available ||
            snapshot.instance.resource_id != source.resource_id || snapshot.created > moment)
            continue;
        if (base == nullptr || snapshot.created > base->created) base = &snapshot;
    }
    if (base == nullptr) return std::nullopt;
    Origin origin;
    origin.kind = Origin::Kind::point_in_time;
    origin.backup = base->object;
    origin.until = moment;
    for (const auto& [key, log] : state_.shipped_logs)
        if (log.resource_id == source.resource_id && log.last_position > base->position)
            origin.log.push_back(log.object);
    return origin;
}

std::optional<Timestamp> Backups::earliest_restorable(const DBInstance& source) const {
    std::optional<Timestamp> earliest;
    for (const auto& [key, snapshot] : state_.snapshots) {
        if (!snapshot.is_automated || snapshot.status != status::available ||
            snapshot.instance.resource_id != source.resource_id)
            continue;
        if (!earliest || snapshot.created < *earliest) earliest = snapshot.created;
    }
    return earliest;
}

} // namespace diorama::rds
