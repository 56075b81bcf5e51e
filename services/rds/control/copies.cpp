// Instances made from others: read replicas and their promotion, restores of snapshots and to a
// point in time.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html
#include "emulator/aws/ignored.hpp"
#include "services/rds/control/engine_versions.hpp"
#include "services/rds/control/instances.hpp"
#include "services/rds/control/options.hpp"
#include "services/rds/control/snapshots.hpp"
#include "services/rds/limits.hpp"

namespace diorama::rds {

namespace {

void report(
    const aws::Call& call,
    std::string_view operation,
    const void* input,
    std::initializer_list<std::string_view> effective
) {
    aws::report_ignored(
        call,
        *api::descriptor().find_operation(operation)->input,
        input,
        effective
    );
}

} // namespace

DBInstance InstanceControl::copy_of(
    const aws::Call& call,
    const std::string& identifier,
    const DBInstance& original
) const {
    auto copy = new_instance(call, identifier);
    copy.instance_class = original.instance_class;
    copy.master_user = original.master_user;
    copy.db_name = original.db_name;
    copy.allocated_storage = original.allocated_storage;
    copy.storage_type = original.storage_type;
    copy.port = original.port;
    copy.subnet_group = original.subnet_group;
    copy.security_groups = original.security_groups;
    copy.copies_tags = original.copies_tags;
    copy.retention_days = original.retention_days;
    copy.backup_window = original.backup_window;
    copy.maintenance_window = original.maintenance_window;
    return copy;
}

api::CreateDBInstanceReadReplicaResult InstanceControl::create_replica(
    const aws::Call& call,
    const api::CreateDBInstanceReadReplicaMessage& input
) {
    report(
        call,
        "CreateDBInstanceReadReplica",
        &input,
        {"DBInstanceIdentifier",
         "SourceDBInstanceIdentifier",
         "DBInstanceClass",
         "AvailabilityZone",
         "Port",
         "MultiAZ",
         "DBParameterGroupName",
         "DBSubnetGroupName",
         "AllocatedStorage",
         "Tags",
         "CopyTagsToSnapshot",
         "DeletionProtection"}
    );
    if (!input.source_db_instance_identifier) {
        throw invalid_value(
            "The parameter SourceDBInstanceIdentifier must be provided and must not be blank."
        );
    }
    const auto& source = find(call, *input.source_db_instance_identifier);
    check_available(source);
    if (source.retention_days == 0) {
        throw api::InvalidDBInstanceStateFault(
            "Automated backups are not enabled for this database instance. To enable automated "
            "backups, use ModifyDBInstance to set the backup retention period to a non-zero value."
        );
    }
    if (state_.replicas_of(source).size() >= limits::replicas_per_source) {
        throw api::InvalidDBInstanceStateFault(
            "The source DB instance {} has the maximum of {} read replicas.",
            source.identifier,
            limits::replicas_per_source
        );
    }
    auto replica = copy_of(call, input.db_instance_identifier, source);
    replica.source = source.resource_id;
    replica.origin.kind = Origin::Kind::source;
    // AWS: a replica of MySQL has no automated backups of its own until they are turned on.
    replica.retention_days = 0;
    if (input.db_instance_class) {
        check_instance_class(*input.db_instance_class);
        replica.instance_class = *input.db_instance_class;
    }
    replica.is_multi_az = input.multi_az.value_or(false);
    take_options(call, subnet_groups_, replica, input);
    place(call, replica, input.availability_zone);
    return {.db_instance = describe(begin(std::move(replica)))};
}

api::PromoteReadReplicaResult
InstanceControl::promote(const aws::Call& call, const api::PromoteReadReplicaMessage& input) {
    report(
        call,
        "PromoteReadReplica",
        &input,
        {"DBInstanceIdentifier", "BackupRetentionPeriod", "PreferredBackupWindow"}
    );
    const auto& found = find(call, input.db_instance_identifier);
    check_available(found);
    if (!found.is_replica()) {
        throw api::InvalidDBInstanceStateFault(
            "DB Instance is not a read replica: {}",
            found.identifier
        );
    }
    auto& replica = *state_.instances.edit(found.key());
    // AWS: backups are on by default after promotion, for a day.
    replica.retention_days = std::max(replica.retention_days, limits::default_retention_days);
    take_backup_options(replica, input);
    lifecycle_.promote(replica.key());
    return {.db_instance = describe(replica)};
}

api::RestoreDBInstanceFromDBSnapshotResult InstanceControl::restore_snapshot(
    const aws::Call& call,
    const api::RestoreDBInstanceFromDBSnapshotMessage& input
) {
    report(
        call,
        "RestoreDBInstanceFromDBSnapshot",
        &input,
        {"DBInstanceIdentifier",
         "DBSnapshotIdentifier",
         "DBInstanceClass",
         "Port",
         "AvailabilityZone",
         "DBSubnetGroupName",
         "MultiAZ",
         "Engine",
         "Tags",
         "CopyTagsToSnapshot",
         "DBParameterGroupName",
         "DeletionProtection",
         "AllocatedStorage",
         "BackupRetentionPeriod",
         "PreferredBackupWindow"}
    );
    const auto& snapshot = find_snapshot(state_, call, input.db_snapshot_identifier.value_or(""));
    if (snapshot.status != status::available) {
        throw api::InvalidDBSnapshotStateFault(
            "The snapshot {} is not in available state.",
            snapshot.identifier
        );
    }
    if (input.engine) check_engine(*input.engine);
    auto instance = copy_of(call, input.db_instance_identifier, snapshot.instance);
    if (input.db_instance_class) {
        check_instance_class(*input.db_instance_class);
        instance.instance_class = *input.db_instance_class;
    }
    instance.is_multi_az = input.multi_az.value_or(false);
    instance.origin.kind = Origin::Kind::snapshot;
    instance.origin.backup = snapshot.object;
    take_options(call, subnet_groups_, instance, input);
    take_backup_options(instance, input);
    place(call, instance, input.availability_zone);
    const auto& begun = begin(std::move(instance));
    lifecycle_.record(
        begun,
        fmt::format("Restored from snapshot {}", snapshot.identifier),
        "restoration"
    );
    return {.db_instance = describe(begun)};
}

// The moment that is asked for, as what to restore.
Origin InstanceControl::origin_of(
    const api::RestoreDBInstanceToPointInTimeMessage& input,
    const DBInstance& source
) const {
    if (source.retention_days == 0 || !source.latest_restorable) {
        throw api::PointInTimeRestoreNotEnabledFault(
            "Point in time restore is not enabled for this instance: {}",
            source.identifier
        );
    }
    const bool uses_latest = input.use_latest_restorable_time.value_or(false);
    if (uses_latest == input.restore_time.has_value()) {
        throw invalid_combination(
            "Exactly one of RestoreTime and UseLatestRestorableTime must be specified."
        );
    }
    const auto moment = uses_latest ? *source.latest_restorable : *input.restore_time;
    const auto origin =
        moment <= *source.latest_restorable ? backups_.origin_at(source, moment) : std::nullopt;
    if (!origin) {
        throw invalid_value(
            "The specified instance cannot be restored to a time later than {} or earlier than {}",
            iso8601(*source.latest_restorable),
            iso8601(backups_.earliest_restorable(source).value_or(source.created))
        );
    }
    return *origin;
}

api::RestoreDBInstanceToPointInTimeResult InstanceControl::restore_to_point_in_time(
    const aws::Call& call,
    const api::RestoreDBInstanceToPointInTimeMessage& input
) {
    report(
        call,
        "RestoreDBInstanceToPointInTime",
        &input,
        {"SourceDBInstanceIdentifier",
         "TargetDBInstanceIdentifier",
         "SourceDbiResourceId",
         "RestoreTime",
         "UseLatestRestorableTime",
         "DBInstanceClass",
         "Port",
         "AvailabilityZone",
         "DBSubnetGroupName",
         "MultiAZ",
         "Engine",
         "Tags",
         "CopyTagsToSnapshot",
         "DBParameterGroupName",
         "DeletionProtection",
         "AllocatedStorage",
         "BackupRetentionPeriod",
         "PreferredBackupWindow"}
    );
    const DBInstance* source = nullptr;
    if (input.source_dbi_resource_id) source = state_.find_resource(*input.source_dbi_resource_id);
    if (source == nullptr) source = &find(call, input.source_db_instance_identifier.value_or(""));
    const auto origin = origin_of(input, *source);
    if (input.engine) check_engine(*input.engine);
    auto instance = copy_of(call, input.target_db_instance_identifier, *source);
    if (input.db_instance_class) {
        check_instance_class(*input.db_instance_class);
        instance.instance_class = *input.db_instance_class;
    }
    instance.is_multi_az = input.multi_az.value_or(false);
    instance.origin = origin;
    take_options(call, subnet_groups_, instance, input);
    take_backup_options(instance, input);
    place(call, instance, input.availability_zone);
    const auto& begun = begin(std::move(instance));
    lifecycle_.record(
        begun,
        fmt::format(
            "Restored from DB instance {} to {}",
            source->identifier,
            iso8601(origin.until)
        ),
        "restoration"
    );
    return {.db_instance = describe(begun)};
}

} // namespace diorama::rds
