// What databases in virtual time are made from and copied into: nothing, a backup with pieces of
// the log on top of it, or another database. See world/simulated/databases.hpp.
#include "emulator/world/simulated/databases.hpp"

#include <algorithm>

namespace diorama {

namespace {

// Without rows: stored bytes per write.
constexpr std::uint64_t bytes_per_write = 256;
// What MySQL stores before there is anything in it.
constexpr std::uint64_t empty_size = 20ULL << 20;
constexpr std::size_t all_entries = std::size_t{1} << 30;

rds::Outcome failed(std::string why) {
    rds::Outcome outcome;
    outcome.failure = std::move(why);
    return outcome;
}

} // namespace

std::uint64_t
SimulatedDatabases::size_of(const SimulatedDatabase& database, std::uint64_t position) {
    return empty_size +
           (database.rows ? database.rows->size_in_bytes() : position * bytes_per_write);
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

std::optional<std::string>
SimulatedDatabases::fill(SimulatedDatabase& made, const rds::Contents& contents) {
    switch (contents.kind) {
    case rds::Contents::Kind::empty:
        made.timeline = branch(nullptr, 0);
        make_rows(made, contents);
        break;
    case rds::Contents::Kind::backup: {
        const auto backup = backups_.find({contents.backup.bucket, contents.backup.key});
        if (backup == backups_.end()) return "no such backup";
        made.position = restored_position(contents, backup->second);
        restore_rows(made, contents, backup->second);
        made.timeline = branch(backup->second.timeline, made.position);
        made.lost_tables = tables_lost_by(*backup->second.timeline, made.position);
        break;
    }
    case rds::Contents::Kind::copy: {
        const auto* source = find(contents.source);
        if (source == nullptr) return "no such source";
        made.position = source->position;
        made.timeline = source->timeline;
        copy_rows_of(*source, made);
        made.lost_tables = source->lost_tables;
        break;
    }
    }
    return std::nullopt;
}

void SimulatedDatabases::make(
    const rds::DatabaseIdentity& identity,
    rds::Contents contents,
    Done done
) {
    SimulatedDatabase made;
    made.identity = identity;
    made.queue = ec2::InstanceQueue(vcpus_of_class(identity.instance_class));
    try {
        if (auto why = fill(made, contents)) return report(std::move(done), failed(*why));
    } catch (const std::exception& error) {
        return report(std::move(done), failed(error.what()));
    }
    rds::Outcome outcome;
    outcome.position = made.position;
    made.number = static_cast<std::uint32_t>(by_number_.size());
    if (const auto* former = find(identity.resource_id)) by_number_[former->number] = nullptr;
    databases_.erase(identity.resource_id); // sessions before rows
    const auto placed = databases_.emplace(identity.resource_id, std::move(made)).first;
    by_number_.push_back(&placed->second);
    ++version_;
    report(std::move(done), outcome);
}

bool SimulatedDatabases::store(const rds::BackupObject& object, Backup backup) {
    s3_.create_bucket_if_absent(object.account, object.region, object.bucket);
    const auto outcome = s3_.put_modelled_object(object.bucket, object.key, backup.size, "");
    if (outcome != s3::S3::Outcome::done) return false;
    backups_.insert_or_assign({object.bucket, object.key}, std::move(backup));
    return true;
}

SimulatedDatabases::Backup SimulatedDatabases::backup_of(const SimulatedDatabase& database) {
    Backup backup{database.timeline, database.position};
    backup.size = size_of(database, database.position);
    if (has_rows()) copy_rows_to(database, backup);
    return backup;
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
    if (!store(object, backup_of(*database))) outcome.failure = "the backup could not be stored";
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
        Backup piece{database->timeline, database->position};
        piece.size = (database->position - position) * bytes_per_write;
        if (has_rows()) piece.log = database->rows->read_log(position, all_entries);
        for (const auto& entry : database->history)
            if (entry.second > position) piece.history.push_back(entry);
        if (!store(object, std::move(piece))) outcome.failure = "it could not be stored";
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

} // namespace diorama
