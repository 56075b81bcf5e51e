// See world_simulated_databases.hpp.
#include "emulator/world_simulated_databases.hpp"

#include <algorithm>

namespace diorama {

namespace {

// A commit waits for the disk; on two hosts it waits for both.
constexpr Duration commit_time = std::chrono::microseconds(1500);
// How long a replica takes to get and repeat what its source committed.
constexpr Duration replication_time = std::chrono::milliseconds(30);
// Stored bytes per write, for the size of backups.
constexpr std::uint64_t bytes_per_write = 256;
constexpr std::uint64_t empty_size = 20ULL << 20;

std::string claim_of(const std::string& resource_id, rds::Host host) {
    return resource_id + (host == rds::Host::first ? "/first" : "/second");
}

rds::Outcome failed(std::string why) {
    rds::Outcome outcome;
    outcome.failure = std::move(why);
    return outcome;
}

std::uint64_t position_at(
    const std::vector<std::pair<Timestamp, std::uint64_t>>& history,
    Timestamp when,
    std::uint64_t before
) {
    const auto after =
        std::ranges::upper_bound(history, when, {}, [](const auto& entry) { return entry.first; });
    return after == history.begin() ? before : std::prev(after)->second;
}

} // namespace

std::size_t vcpus_of_class(const std::string& instance_class) {
    const auto* type = instance_class.starts_with("db.")
                           ? ec2::find_instance_type(std::string_view(instance_class).substr(3))
                           : nullptr;
    return type == nullptr ? 2 : static_cast<std::size_t>(type->vcpus);
}

void AcknowledgedWrites::add(std::uint64_t position) {
    ++count_;
    auto after = intervals_.upper_bound(position);
    if (after != intervals_.begin()) {
        auto& [first, last] = *std::prev(after);
        if (position <= last) return;
        if (position == last + 1) {
            last = position;
            if (after != intervals_.end() && after->first == position + 1) {
                last = after->second;
                intervals_.erase(after);
            }
            return;
        }
    }
    std::uint64_t last = position;
    if (after != intervals_.end() && after->first == position + 1) {
        last = after->second;
        intervals_.erase(after);
    }
    intervals_.emplace(position, last);
}

std::uint64_t AcknowledgedWrites::beyond(std::uint64_t position) const {
    std::uint64_t count = 0;
    for (auto at = intervals_.rbegin(); at != intervals_.rend() && at->second > position; ++at)
        count += at->second - std::max(at->first, position + 1) + 1;
    return count;
}

SimulatedDatabases::SimulatedDatabases(Environment& environment, network::Names& names, s3::S3& s3)
    : environment_(environment)
    , names_(names)
    , s3_(s3) {}

SimulatedDatabases::~SimulatedDatabases() = default;

std::uint32_t SimulatedDatabases::number_at(const network::IPAddress& address) const {
    const auto found = by_address_.find(address);
    if (found == by_address_.end()) return 0;
    const auto database = databases_.find(found->second);
    return database == databases_.end() ? 0 : database->second.number;
}

SimulatedDatabase* SimulatedDatabases::find(const std::string& resource_id) {
    const auto found = databases_.find(resource_id);
    return found == databases_.end() ? nullptr : &found->second;
}

Timestamp
SimulatedDatabases::execute(SimulatedDatabase& database, Duration cpu, bool writes, Timestamp now) {
    ++database.activity.statements;
    database.activity.busy += cpu;
    ++(writes ? database.activity.rows_written : database.activity.rows_read);
    return database.queue.arrive(cpu, now) + (writes ? commit_time : Duration::zero());
}

std::uint64_t SimulatedDatabases::commit(SimulatedDatabase& database, Timestamp now) {
    ++database.position;
    const auto second = std::chrono::ceil<std::chrono::seconds>(now);
    auto& history = database.history;
    if (!history.empty() && history.back().first == second)
        history.back().second = database.position;
    else
        history.emplace_back(second, database.position);
    return database.position;
}

const SimulatedDatabase* SimulatedDatabases::named(const std::string& identifier) const {
    for (const auto& [id, database] : databases_)
        if (database.identity.name.starts_with(identifier + ".")) return &database;
    return nullptr;
}

void SimulatedDatabases::drop_table(const std::string& resource_id, const std::string& table) {
    auto* database = find(resource_id);
    if (database == nullptr) return;
    const auto position = commit(*database, environment_.clock.now());
    drops_.push_back({database->timeline->number, position, table});
    for (auto& [id, one] : databases_)
        if (id == resource_id || one.source == resource_id) one.lost_tables.insert(table);
}

std::set<std::string>
SimulatedDatabases::tables_lost_by(const WriteTimeline& timeline, std::uint64_t position) const {
    std::set<std::string> lost;
    for (const auto* one = &timeline; one != nullptr; one = one->before.get()) {
        for (const auto& drop : drops_)
            if (drop.timeline == one->number && drop.position <= position) lost.insert(drop.table);
        position = one->began_at;
    }
    return lost;
}

void SimulatedDatabases::acknowledge(std::uint32_t timeline, std::uint64_t position) {
    acknowledged_[timeline].add(position);
}

std::uint64_t
SimulatedDatabases::visible_position(const SimulatedDatabase& database, Timestamp now) const {
    if (database.source.empty()) return database.position;
    const auto source = databases_.find(database.source);
    if (source == databases_.end()) return database.position;
    const Duration lag = replication_time + database.extra_lag;
    return position_at(source->second.history, now - lag, database.position);
}

void SimulatedDatabases::set_zone_reachable(const std::string& zone, bool is_reachable) {
    dark_zones_[zone] = !is_reachable;
    for (auto& [id, database] : databases_)
        if (database.identity.zone == zone) database.is_reachable = is_reachable;
}

void SimulatedDatabases::set_extra_lag(const std::string& resource_id, Duration lag) {
    if (auto* database = find(resource_id)) database->extra_lag = lag;
}

void SimulatedDatabases::set_full(const std::string& resource_id, bool is_full) {
    if (auto* database = find(resource_id)) database->is_full = is_full;
}

std::uint64_t SimulatedDatabases::acknowledged() const {
    std::uint64_t sum = 0;
    for (const auto& writes : acknowledged_)
        sum += writes.count();
    return sum;
}

std::uint64_t SimulatedDatabases::lost_in(const SimulatedDatabase& database) const {
    std::uint64_t kept = 0;
    std::uint64_t until = database.position;
    for (const WriteTimeline* at = database.timeline.get(); at != nullptr; at = at->before.get()) {
        const auto& writes = acknowledged_[at->number];
        kept += writes.count() - writes.beyond(until);
        until = at->began_at;
    }
    return acknowledged() - kept;
}

std::uint64_t SimulatedDatabases::lost_of_own(const SimulatedDatabase& database) const {
    return acknowledged_[database.timeline->number].beyond(database.position);
}

std::vector<const SimulatedDatabase*> SimulatedDatabases::all() const {
    std::vector<const SimulatedDatabase*> found;
    for (const auto& [id, database] : databases_)
        found.push_back(&database);
    return found;
}

void SimulatedDatabases::report(Done done, rds::Outcome outcome) {
    environment_.scheduler.post(
        [done = std::move(done), outcome = std::move(outcome), alive = std::weak_ptr(alive_)] {
            if (!alive.expired()) done(outcome);
        }
    );
}

std::shared_ptr<const WriteTimeline>
SimulatedDatabases::branch(std::shared_ptr<const WriteTimeline> before, std::uint64_t position) {
    acknowledged_.emplace_back();
    return std::make_shared<const WriteTimeline>(WriteTimeline{
        static_cast<std::uint32_t>(acknowledged_.size() - 1),
        std::move(before),
        position
    });
}

std::uint64_t
SimulatedDatabases::restored_position(const rds::Contents& contents, const Backup& backup) const {
    std::uint64_t position = backup.position;
    for (const auto& object : contents.log) {
        const auto piece = backups_.find({object.bucket, object.key});
        if (piece == backups_.end()) continue;
        position = std::max(position, position_at(piece->second.history, contents.until, position));
    }
    return position;
}

void SimulatedDatabases::make(
    const rds::DatabaseIdentity& identity,
    rds::Contents contents,
    Done done
) {
    SimulatedDatabase made;
    made.identity = identity;
    made.queue = ec2::InstanceQueue(vcpus_of_class(identity.instance_class));
    switch (contents.kind) {
    case rds::Contents::Kind::empty:
        made.timeline = branch(nullptr, 0);
        break;
    case rds::Contents::Kind::backup: {
        const auto backup = backups_.find({contents.backup.bucket, contents.backup.key});
        if (backup == backups_.end()) return report(std::move(done), failed("no such backup"));
        made.position = restored_position(contents, backup->second);
        made.timeline = branch(backup->second.timeline, made.position);
        made.lost_tables = tables_lost_by(*backup->second.timeline, made.position);
        break;
    }
    case rds::Contents::Kind::copy: {
        const auto* source = find(contents.source);
        if (source == nullptr) return report(std::move(done), failed("no such source"));
        made.position = source->position;
        made.timeline = source->timeline;
        made.lost_tables = source->lost_tables;
        break;
    }
    }
    rds::Outcome outcome;
    outcome.position = made.position;
    made.number = static_cast<std::uint32_t>(by_number_.size());
    if (const auto* former = find(identity.resource_id)) by_number_[former->number] = nullptr;
    const auto placed = databases_.insert_or_assign(identity.resource_id, std::move(made)).first;
    by_number_.push_back(&placed->second);
    ++version_;
    report(std::move(done), outcome);
}

void SimulatedDatabases::start(const rds::DatabaseIdentity& identity, Done done) {
    auto* database = find(identity.resource_id);
    if (database == nullptr) return report(std::move(done), failed("no such database"));
    const auto address =
        names_.claim(network::Names::Kind::database, claim_of(identity.resource_id, identity.host));
    const std::string former = database->identity.name;
    database->identity = identity;
    database->is_running = true;
    const auto zone = dark_zones_.find(identity.zone);
    database->is_reachable = zone == dark_zones_.end() || !zone->second;
    database->queue = ec2::InstanceQueue(vcpus_of_class(identity.instance_class));
    database->activity = {};
    by_address_[address] = identity.resource_id;
    ++version_;
    if (!former.empty() && former != identity.name) names_.publish(former, {});
    names_.publish(identity.name, {address});
    rds::Outcome outcome;
    outcome.position = database->position;
    report(std::move(done), outcome);
}

void SimulatedDatabases::stop(const std::string& resource_id) {
    auto* database = find(resource_id);
    if (database == nullptr) return;
    database->is_running = false;
    ++database->generation;
}

void SimulatedDatabases::remove(const std::string& resource_id) {
    const auto found = databases_.find(resource_id);
    if (found == databases_.end()) return;
    names_.publish(found->second.identity.name, {});
    for (const auto host : {rds::Host::first, rds::Host::second})
        names_.release(claim_of(resource_id, host));
    std::erase_if(by_address_, [&](const auto& entry) { return entry.second == resource_id; });
    by_number_[found->second.number] = nullptr;
    databases_.erase(found);
    ++version_;
}

void SimulatedDatabases::set_password(
    const std::string&,
    const std::string&,
    const std::string&,
    Done done
) {
    report(std::move(done), {});
}

bool SimulatedDatabases::store(const rds::BackupObject& object, Backup backup, std::uint64_t size) {
    s3_.create_bucket_if_absent(object.account, object.region, object.bucket);
    const auto outcome = s3_.put_modelled_object(object.bucket, object.key, size, "");
    if (outcome != s3::S3::Outcome::done) return false;
    backups_.insert_or_assign({object.bucket, object.key}, std::move(backup));
    return true;
}

void SimulatedDatabases::back_up(
    const std::string& resource_id,
    const rds::BackupObject& object,
    Done done
) {
    const auto* database = find(resource_id);
    if (database == nullptr) return report(std::move(done), failed("no such database"));
    rds::Outcome outcome;
    outcome.position = database->position;
    const auto size = empty_size + database->position * bytes_per_write;
    if (!store(object, {database->timeline, database->position, {}}, size))
        outcome.failure = "the backup could not be stored";
    report(std::move(done), outcome);
}

void SimulatedDatabases::ship_log(
    const std::string& resource_id,
    std::uint64_t position,
    const rds::BackupObject& object,
    Done done
) {
    auto* database = find(resource_id);
    if (database == nullptr) return report(std::move(done), failed("no such database"));
    rds::Outcome outcome;
    outcome.position = database->position;
    if (database->position > position) {
        Backup piece{database->timeline, database->position, {}};
        for (const auto& entry : database->history)
            if (entry.second > position) piece.history.push_back(entry);
        const auto size = (database->position - position) * bytes_per_write;
        if (!store(object, std::move(piece), size)) outcome.failure = "it could not be stored";
        // What was shipped is only needed by replicas, which are seconds behind.
        auto& history = database->history;
        const auto old = std::ranges::lower_bound(
            history,
            environment_.clock.now() - std::chrono::hours(1),
            {},
            [](const auto& entry) { return entry.first; }
        );
        history.erase(history.begin(), old);
    }
    report(std::move(done), outcome);
}

void SimulatedDatabases::remove_object(const rds::BackupObject& object) {
    s3_.delete_object(object.bucket, object.key);
    backups_.erase({object.bucket, object.key});
}

void SimulatedDatabases::follow(const std::string& replica, const std::string& source) {
    if (auto* database = find(replica)) database->source = source;
}

void SimulatedDatabases::promote(const std::string& replica, Done done) {
    auto* database = find(replica);
    if (database == nullptr) return report(std::move(done), failed("no such database"));
    database->position = visible_position(*database, environment_.clock.now());
    database->source.clear();
    database->timeline = branch(database->timeline, database->position);
    rds::Outcome outcome;
    outcome.position = database->position;
    report(std::move(done), outcome);
}

std::optional<rds::DatabaseActivity> SimulatedDatabases::activity(const std::string& resource_id
) const {
    const auto found = databases_.find(resource_id);
    if (found == databases_.end() || !found->second.is_running) return std::nullopt;
    const auto& database = found->second;
    auto activity = database.activity;
    activity.position = visible_position(database, environment_.clock.now());
    activity.size_in_bytes = empty_size + activity.position * bytes_per_write;
    if (!database.source.empty()) activity.replica_lag = replication_time + database.extra_lag;
    return activity;
}

} // namespace diorama
