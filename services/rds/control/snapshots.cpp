// See snapshots.hpp.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSnapshot.html
#include "services/rds/control/snapshots.hpp"

#include "services/rds/control/options.hpp"
#include "services/rds/control/pages.hpp"

namespace diorama::rds {

const DBSnapshot&
find_snapshot(const State& state, const aws::Call& call, const std::string& identifier) {
    // Automated ones are called "rds:…", so only an ARN's first six parts go.
    auto name = lower_case(identifier);
    if (const auto at = name.find(":snapshot:");
        name.starts_with("arn:") && at != std::string::npos)
        name = name.substr(at + 10);
    const auto* snapshot = state.snapshots.find(key_of(call.account, call.region, name));
    if (snapshot == nullptr)
        throw api::DBSnapshotNotFoundFault("DBSnapshot {} not found.", identifier);
    return *snapshot;
}

void check_new_snapshot(const State& state, const aws::Call& call, const std::string& identifier) {
    if (state.snapshots.contains(key_of(call.account, call.region, identifier))) {
        throw api::DBSnapshotAlreadyExistsFault(
            "Cannot create the snapshot because a snapshot with the identifier {} already exists.",
            identifier
        );
    }
}

SnapshotControl::SnapshotControl(
    State& state,
    const InstanceControl& instances,
    Backups& backups,
    Lifecycle& lifecycle
)
    : state_(state)
    , instances_(instances)
    , backups_(backups)
    , lifecycle_(lifecycle) {}

api::CreateDBSnapshotResult
SnapshotControl::create(const aws::Call& call, const api::CreateDBSnapshotMessage& input) {
    const auto identifier = valid_identifier("DBSnapshotIdentifier", input.db_snapshot_identifier);
    auto tags = tags_of(input.tags);
    const auto& instance = instances_.find(call, input.db_instance_identifier);
    check_new_snapshot(state_, call, identifier);
    if (instance.status != status::available) {
        throw api::InvalidDBInstanceStateFault(
            "Cannot create a snapshot because the database instance {} is not currently in the "
            "available state.",
            instance.identifier
        );
    }
    lifecycle_.take_snapshot(instance.key(), identifier, std::move(tags));
    return {.db_snapshot = describe(find_snapshot(state_, call, identifier))};
}

api::DBSnapshot SnapshotControl::describe(const DBSnapshot& snapshot) const {
    api::DBSnapshot result;
    const auto& instance = snapshot.instance;
    result.db_snapshot_identifier = snapshot.identifier;
    result.db_instance_identifier = instance.identifier;
    result.engine = "mysql";
    result.engine_version = instance.engine_version;
    result.allocated_storage = instance.allocated_storage;
    result.status = snapshot.status;
    result.port = instance.port;
    result.availability_zone = instance.zone;
    result.instance_create_time = instance.created;
    result.master_username = instance.master_user;
    result.license_model = "general-public-license";
    result.snapshot_type = snapshot.is_automated ? "automated" : "manual";
    result.option_group_name = "default:mysql-8-0";
    result.percent_progress = snapshot.status == status::available ? 100 : 0;
    result.storage_type = instance.storage_type;
    result.encrypted = false;
    result.db_snapshot_arn = snapshot.arn();
    result.iam_database_authentication_enabled = false;
    result.dbi_resource_id = instance.resource_id;
    result.tag_list = describe_tags(snapshot.tags);
    result.snapshot_target = "region";
    if (snapshot.status == status::available) {
        result.snapshot_create_time = snapshot.created;
        result.original_snapshot_create_time = snapshot.created;
    }
    return result;
}

api::DBSnapshotMessage SnapshotControl::describe(
    const aws::Call& call,
    const api::DescribeDBSnapshotsMessage& input
) const {
    api::DBSnapshotMessage result;
    const auto type = input.snapshot_type.value_or("");
    if (input.db_snapshot_identifier) {
        const auto& snapshot = find_snapshot(state_, call, *input.db_snapshot_identifier);
        result.db_snapshots.push_back(describe(snapshot));
        return result;
    }
    Page page(input.max_records, input.marker);
    const auto prefix = key_of(call.account, call.region, "");
    for (auto at = state_.snapshots.lower_bound(prefix);
         at != state_.snapshots.end() && at->first.starts_with(prefix);
         ++at) {
        const DBSnapshot& snapshot = at->second;
        const std::string kind = snapshot.is_automated ? "automated" : "manual";
        if (!type.empty() && type != kind) continue;
        if (input.db_instance_identifier &&
            lower_case(*input.db_instance_identifier) != snapshot.instance.identifier)
            continue;
        if (input.dbi_resource_id && *input.dbi_resource_id != snapshot.instance.resource_id)
            continue;
        const bool wanted =
            matches(input.filters, [&](std::string_view name) -> std::optional<std::string> {
                if (name == "db-instance-id") return snapshot.instance.identifier;
                if (name == "db-snapshot-id") return snapshot.identifier;
                if (name == "dbi-resource-id") return snapshot.instance.resource_id;
                if (name == "snapshot-type") return kind;
                if (name == "engine") return "mysql";
                return std::nullopt;
            });
        if (wanted && page.takes(at->first)) result.db_snapshots.push_back(describe(snapshot));
    }
    result.marker = page.marker();
    return result;
}

api::DeleteDBSnapshotResult
SnapshotControl::remove(const aws::Call& call, const api::DeleteDBSnapshotMessage& input) {
    const auto& snapshot = find_snapshot(state_, call, input.db_snapshot_identifier);
    if (snapshot.is_automated)
        throw invalid_value("Only manual snapshots may be deleted: {}", snapshot.identifier);
    if (snapshot.status == status::creating) {
        throw api::InvalidDBSnapshotStateFault(
            "Cannot delete the snapshot because it is not currently in the available or failed "
            "state."
        );
    }
    auto described = describe(snapshot);
    described.status = "deleted";
    backups_.remove(snapshot.key());
    return {.db_snapshot = std::move(described)};
}

api::DBInstanceAutomatedBackup SnapshotControl::describe_backup(const DBInstance& instance) const {
    api::DBInstanceAutomatedBackup result;
    result.db_instance_arn = instance.arn();
    result.dbi_resource_id = instance.resource_id;
    result.region = instance.region;
    result.db_instance_identifier = instance.identifier;
    result.restore_window =
        api::RestoreWindow{backups_.earliest_restorable(instance), instance.latest_restorable};
    result.allocated_storage = instance.allocated_storage;
    result.status = instance.latest_restorable ? "active" : "creating";
    result.port = instance.port;
    result.availability_zone = instance.zone;
    result.instance_create_time = instance.created;
    result.master_username = instance.master_user;
    result.engine = "mysql";
    result.engine_version = instance.engine_version;
    result.license_model = "general-public-license";
    result.option_group_name = "default:mysql-8-0";
    result.encrypted = false;
    result.storage_type = instance.storage_type;
    result.iam_database_authentication_enabled = false;
    result.backup_retention_period = instance.retention_days;
    result.preferred_backup_window = instance.backup_window;
    result.db_instance_automated_backups_arn = fmt::format(
        "arn:aws:rds:{}:{}:auto-backup:ab-{}",
        instance.region,
        instance.account,
        lower_case(instance.resource_id.substr(3))
    );
    result.backup_target = "region";
    return result;
}

api::DBInstanceAutomatedBackupMessage SnapshotControl::describe_automated_backups(
    const aws::Call& call,
    const api::DescribeDBInstanceAutomatedBackupsMessage& input
) const {
    api::DBInstanceAutomatedBackupMessage result;
    Page page(input.max_records, input.marker);
    const auto prefix = key_of(call.account, call.region, "");
    for (auto at = state_.instances.lower_bound(prefix);
         at != state_.instances.end() && at->first.starts_with(prefix);
         ++at) {
        const DBInstance& instance = at->second;
        if (instance.retention_days == 0) continue;
        if (input.db_instance_identifier &&
            lower_case(*input.db_instance_identifier) != instance.identifier)
            continue;
        if (input.dbi_resource_id && *input.dbi_resource_id != instance.resource_id) continue;
        const bool wanted =
            matches(input.filters, [&](std::string_view name) -> std::optional<std::string> {
                if (name == "db-instance-id") return instance.identifier;
                if (name == "dbi-resource-id") return instance.resource_id;
                if (name == "status") return instance.latest_restorable ? "active" : "creating";
                return std::nullopt;
            });
        if (wanted && page.takes(at->first))
            result.db_instance_automated_backups.push_back(describe_backup(instance));
    }
    result.marker = page.marker();
    if (result.db_instance_automated_backups.empty() && input.dbi_resource_id) {
        throw api::DBInstanceAutomatedBackupNotFoundFault(
            "Automated backup for {} not found.",
            *input.dbi_resource_id
        );
    }
    return result;
}

} // namespace diorama::rds
