// See world/simulated/databases.hpp.
#include "emulator/world/simulated/databases.hpp"

#include <algorithm>

namespace diorama {

namespace {

// A commit waits for the disk; on two hosts it waits for both.
constexpr Duration commit_time = std::chrono::microseconds(1500);
// How long a replica takes to get and repeat what its source committed.
constexpr Duration replication_time = std::chrono::milliseconds(30);

std::string claim_of(const std::string& resource_id, rds::Host host) {
    return resource_id + (host == rds::Host::first ? "/first" : "/second");
}

rds::Outcome failed(std::string why) {
    rds::Outcome outcome;
    outcome.failure = std::move(why);
    return outcome;
}

} // namespace

std::uint64_t position_at(
    const std::vector<std::pair<Timestamp, std::uint64_t>>& history,
    Timestamp when,
    std::uint64_t before
) {
    const auto after =
        std::ranges::upper_bound(history, when, {}, [](const auto& entry) { return entry.first; });
    return after == history.begin() ? before : std::prev(after)->second;
}

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
    if (!has_rows()) ++(writes ? database.activity.rows_written : database.activity.rows_read);
    return database.queue.arrive(cpu, now) + (writes ? commit_time : Duration::zero());
}

std::uint64_t SimulatedDatabases::commit(SimulatedDatabase& database, Timestamp now) {
    note_commit(database, database.position + 1, now);
    return database.position;
}

void SimulatedDatabases::note_commit(
    SimulatedDatabase& database,
    std::uint64_t position,
    Timestamp now
) {
    database.position = position;
    // Executed statements are few enough to know each by its moment.
    const Timestamp second = has_rows() ? now : std::chrono::ceil<std::chrono::seconds>(now);
    auto& history = database.history;
    if (!history.empty() && history.back().first == second)
        history.back().second = database.position;
    else
        history.emplace_back(second, database.position);
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
    if (room_) room_->ledger.acknowledged(timeline, position);
}

std::uint64_t
SimulatedDatabases::visible_position(const SimulatedDatabase& database, Timestamp now) const {
    if (database.source.empty()) return database.position;
    const auto source = databases_.find(database.source);
    if (source == databases_.end()) return database.position;
    const Duration lag = replication_time + database.extra_lag;
    const auto followed = position_at(source->second.history, now - lag, database.position);
    return std::max(followed, database.position); // what it has it keeps
}

void SimulatedDatabases::set_zone_reachable(const std::string& zone, bool is_reachable) {
    dark_zones_[zone] = !is_reachable;
    for (auto& [id, database] : databases_)
        if (database.identity.zone == zone) database.is_reachable = is_reachable;
}

void SimulatedDatabases::set_extra_lag(const std::string& resource_id, Duration lag) {
    auto* database = find(resource_id);
    if (database == nullptr) return;
    settle(*database);
    database->extra_lag = lag;
}

void SimulatedDatabases::settle(SimulatedDatabase& replica) {
    if (has_rows())
        catch_up(replica);
    else
        replica.position = visible_position(replica, environment_.clock.now());
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
    const auto lineage = lineage_of(database);
    if (room_) return room_->ledger.count_lost(lineage, database.rows->row_hashes()).all;
    std::uint64_t kept = 0;
    for (const auto& part : lineage) {
        const auto& writes = acknowledged_[part.timeline];
        kept += writes.count() - writes.beyond(part.until);
    }
    return acknowledged() - kept;
}

WriteLedger::Lineage SimulatedDatabases::lineage_of(const SimulatedDatabase& database) const {
    WriteLedger::Lineage lineage;
    std::uint64_t until = database.position;
    for (const WriteTimeline* at = database.timeline.get(); at != nullptr; at = at->before.get()) {
        lineage.push_back({at->number, until});
        until = at->began_at;
    }
    return lineage;
}

std::uint64_t SimulatedDatabases::lost_of_own(const SimulatedDatabase& database) const {
    if (room_)
        return room_->ledger.count_lost(lineage_of(database), database.rows->row_hashes()).promised;
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
    if (database->rows) database->rows->set_read_only(identity.is_read_only);
    watch_events(*database);
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
    for (auto& [id, replica] : databases_)
        if (replica.source == resource_id) settle(replica);
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

void SimulatedDatabases::follow(const std::string& replica, const std::string& source) {
    if (auto* database = find(replica)) database->source = source;
}

void SimulatedDatabases::promote(const std::string& replica, Done done) {
    auto* database = find(replica);
    if (database == nullptr) return report(std::move(done), failed("no such database"));
    settle(*database);
    database->source.clear();
    if (database->rows) database->rows->set_read_only(false);
    watch_events(*database);
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
    activity.size_in_bytes = size_of(database, activity.position);
    if (!database.source.empty()) activity.replica_lag = replication_time + database.extra_lag;
    return activity;
}

} // namespace diorama
