// See instances.hpp: creation, deletion, stop, start, reboot. Descriptions, modifications, replicas
// and restores stand in files of their own.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
#include "services/rds/control/instances.hpp"

#include "emulator/aws/ignored.hpp"
#include "services/rds/control/engine_versions.hpp"
#include "services/rds/control/options.hpp"
#include "services/rds/control/validation.hpp"
#include "services/rds/limits.hpp"

namespace diorama::rds {

namespace {

constexpr std::initializer_list<std::string_view> effective_at_creation{
    "DBName",
    "DBInstanceIdentifier",
    "AllocatedStorage",
    "DBInstanceClass",
    "Engine",
    "MasterUsername",
    "MasterUserPassword",
    "AvailabilityZone",
    "DBSubnetGroupName",
    "PreferredMaintenanceWindow",
    "DBParameterGroupName",
    "BackupRetentionPeriod",
    "PreferredBackupWindow",
    "Port",
    "MultiAZ",
    "EngineVersion",
    "Tags",
    "CopyTagsToSnapshot",
    "DeletionProtection"
};

// A half hour each, by chance, as AWS does when none is given.
std::string random_time(Random& random, std::uint64_t first_hour, std::uint64_t hours) {
    const auto minute = first_hour * 60 + 30 * random.below(2 * hours);
    return fmt::format(
        "{:02}:{:02}-{:02}:{:02}",
        minute / 60 % 24,
        minute % 60,
        (minute + 30) / 60 % 24,
        (minute + 30) % 60
    );
}

std::string random_weekly_window(Random& random) {
    constexpr std::array<const char*, 7> days{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
    const auto* day = days[random.below(days.size())];
    const auto time = random_time(random, 9, 3);
    return fmt::format("{}:{}-{}:{}", day, time.substr(0, 5), day, time.substr(6));
}

std::string required(const std::optional<std::string>& value, const char* parameter) {
    if (!value || value->empty())
        throw invalid_value("The parameter {} must be provided and must not be blank.", parameter);
    return *value;
}

} // namespace

InstanceControl::InstanceControl(
    Environment& environment,
    State& state,
    SubnetGroupControl& subnet_groups,
    Backups& backups,
    Lifecycle& lifecycle
)
    : environment_(environment)
    , state_(state)
    , subnet_groups_(subnet_groups)
    , backups_(backups)
    , lifecycle_(lifecycle) {}

const DBInstance&
InstanceControl::find(const aws::Call& call, const std::string& identifier) const {
    // AWS: identifiers are kept in lower case; ARNs are understood too.
    auto name = lower_case(identifier);
    if (name.starts_with("arn:")) name = name.substr(name.rfind(':') + 1);
    const auto* instance = state_.instances.find(key_of(call.account, call.region, name));
    if (instance == nullptr)
        throw api::DBInstanceNotFoundFault("DBInstance {} not found.", identifier);
    return *instance;
}

void InstanceControl::check_available(const DBInstance& instance) {
    if (instance.status != status::available) {
        throw api::InvalidDBInstanceStateFault(
            "Database instance {} is not in available state.",
            instance.identifier
        );
    }
}

DBInstance
InstanceControl::new_instance(const aws::Call& call, const std::string& identifier) const {
    DBInstance instance;
    instance.account = call.account;
    instance.region = call.region;
    instance.identifier = valid_identifier("DBInstanceIdentifier", identifier);
    if (state_.instances.contains(instance.key()))
        throw api::DBInstanceAlreadyExistsFault("DB instance already exists");
    instance.resource_id = "db-" + call.random.text(26, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
    instance.status = status::creating;
    instance.engine_version = std::string(limits::server_version);
    instance.port = limits::default_port;
    instance.created = instance.changed = call.now;
    instance.backup_window = random_time(call.random, 3, 5);
    instance.maintenance_window = random_weekly_window(call.random);
    // The same for all instances of an account in a region.
    for (const auto& [key, other] : state_.instances) {
        if (other.account == call.account && other.region == call.region)
            instance.endpoint_hash = other.endpoint_hash;
    }
    if (instance.endpoint_hash.empty()) {
        instance.endpoint_hash = "c" + call.random.text(11, "abcdefghijklmnopqrstuvwxyz0123456789");
    }
    return instance;
}

void InstanceControl::place(
    const aws::Call& call,
    DBInstance& instance,
    const std::optional<std::string>& zone
) const {
    auto zones = subnet_groups_.zones_of(call.account, call.region, instance.subnet_group);
    if (zones.empty())
        for (const char letter : {'a', 'b', 'c'})
            zones.push_back(call.region + letter);
    if (zone && instance.is_multi_az) {
        throw invalid_combination(
            "Requesting a specific availability zone is not valid for Multi-AZ instances."
        );
    }
    std::size_t at = call.random.below(zones.size());
    if (zone) {
        const auto found = std::find(zones.begin(), zones.end(), *zone);
        if (found == zones.end()) {
            throw api::InvalidVPCNetworkStateFault(
                "DB subnet group {} has no subnet in the availability zone {}.",
                instance.subnet_group,
                *zone
            );
        }
        at = static_cast<std::size_t>(found - zones.begin());
    }
    instance.zone = zones[at];
    instance.secondary_zone = instance.is_multi_az ? zones[(at + 1) % zones.size()] : "";
}

const DBInstance& InstanceControl::begin(DBInstance instance) {
    check_windows_apart(instance);
    const auto key = instance.key();
    state_.instances.put(key, std::move(instance));
    lifecycle_.create(key);
    return *state_.instances.find(key);
}

api::CreateDBInstanceResult
InstanceControl::create(const aws::Call& call, const api::CreateDBInstanceMessage& input) {
    aws::report_ignored(
        call,
        *api::descriptor().find_operation("CreateDBInstance")->input,
        &input,
        effective_at_creation
    );
    auto instance = new_instance(call, input.db_instance_identifier);
    check_engine(input.engine);
    check_engine_version(input.engine_version);
    check_instance_class(input.db_instance_class);
    if (input.db_cluster_identifier)
        throw api::DBClusterNotFoundFault("DBCluster {} not found.", *input.db_cluster_identifier);
    if (input.manage_master_user_password.value_or(false)) {
        throw invalid_combination(
            "ManageMasterUserPassword is not emulated: there is no AWS Secrets Manager"
        );
    }
    instance.instance_class = input.db_instance_class;
    instance.master_user = required(input.master_username, "MasterUsername");
    check_master_user(instance.master_user);
    instance.origin.kind = Origin::Kind::empty;
    instance.origin.master_password = required(input.master_user_password, "MasterUserPassword");
    check_password(instance.origin.master_password);
    if (input.db_name) {
        check_db_name(*input.db_name);
        instance.db_name = *input.db_name;
    }
    if (!input.allocated_storage)
        throw invalid_value("The parameter AllocatedStorage must be provided and must not be blank."
        );
    instance.retention_days = limits::default_retention_days;
    instance.is_multi_az = input.multi_az.value_or(false);
    take_options(call, subnet_groups_, instance, input);
    if (input.preferred_maintenance_window)
        instance.maintenance_window = valid_weekly_window(*input.preferred_maintenance_window);
    take_backup_options(instance, input);
    // The window that nobody chose is apart from the one that was chosen.
    constexpr int most_tries = 100; // the chosen one may be the whole day
    for (int i = 0; i < most_tries; ++i) {
        if (!windows_overlap(instance.backup_window, instance.maintenance_window)) break;
        if (!input.preferred_maintenance_window)
            instance.maintenance_window = random_weekly_window(call.random);
        else if (!input.preferred_backup_window)
            instance.backup_window = random_time(call.random, 3, 5);
    }
    check_storage(instance.allocated_storage, instance.storage_type);
    place(call, instance, input.availability_zone);
    return {.db_instance = describe(begin(std::move(instance)))};
}

api::DeleteDBInstanceResult
InstanceControl::remove(const aws::Call& call, const api::DeleteDBInstanceMessage& input) {
    const auto& instance = find(call, input.db_instance_identifier);
    const bool skips = input.skip_final_snapshot.value_or(false);
    if (instance.status == status::deleting) {
        throw api::InvalidDBInstanceStateFault(
            "Instance {} is already being deleted.",
            instance.identifier
        );
    }
    if (instance.is_protected) {
        throw invalid_combination(
            "Cannot delete protected DB Instance, please disable deletion protection and try again."
        );
    }
    if (!skips && !input.final_db_snapshot_identifier) {
        throw invalid_combination(
            "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
        );
    }
    if (skips && input.final_db_snapshot_identifier) {
        throw invalid_combination(
            "FinalDBSnapshotIdentifier cannot be specified when SkipFinalSnapshot is specified."
        );
    }
    Lifecycle::Deletion deletion;
    deletion.keeps_automated_backups = !input.delete_automated_backups.value_or(true);
    if (input.final_db_snapshot_identifier) {
        if (instance.is_replica())
            throw invalid_combination("A final snapshot of a read replica is not possible.");
        deletion.final_snapshot =
            valid_identifier("FinalDBSnapshotIdentifier", *input.final_db_snapshot_identifier);
        check_new_snapshot(state_, call, *deletion.final_snapshot);
        if (instance.status != status::available) {
            throw api::InvalidDBInstanceStateFault(
                "Cannot create a snapshot because the database instance {} is not currently in the "
                "available state.",
                instance.identifier
            );
        }
    }
    const auto key = instance.key();
    lifecycle_.remove(key, std::move(deletion));
    auto described = describe(*state_.instances.find(key));
    described.db_instance_status = status::deleting;
    return {.db_instance = std::move(described)};
}

api::RebootDBInstanceResult
InstanceControl::reboot(const aws::Call& call, const api::RebootDBInstanceMessage& input) {
    const auto& instance = find(call, input.db_instance_identifier);
    check_available(instance);
    if (!input.force_failover.value_or(false)) {
        lifecycle_.reboot(instance.key());
    } else if (!instance.is_multi_az) {
        // UNKNOWN: the sentence; AWS says only that it is not possible.
        throw invalid_combination(
            "Cannot force a failover of DB instance {}: it is not Multi-AZ.",
            instance.identifier
        );
    } else {
        lifecycle_.fail_over(instance.key());
    }
    return {.db_instance = describe(instance)};
}

api::StopDBInstanceResult
InstanceControl::stop(const aws::Call& call, const api::StopDBInstanceMessage& input) {
    const auto& instance = find(call, input.db_instance_identifier);
    check_available(instance);
    if (instance.is_replica() || !state_.replicas_of(instance).empty()) {
        throw api::InvalidDBInstanceStateFault(
            "Cannot stop or start a read replica or the source of one: {}",
            instance.identifier
        );
    }
    std::optional<std::string> snapshot;
    if (input.db_snapshot_identifier) {
        snapshot = valid_identifier("DBSnapshotIdentifier", *input.db_snapshot_identifier);
        check_new_snapshot(state_, call, *snapshot);
    }
    lifecycle_.stop(instance.key(), std::move(snapshot));
    return {.db_instance = describe(instance)};
}

api::StartDBInstanceResult
InstanceControl::start(const aws::Call& call, const api::StartDBInstanceMessage& input) {
    const auto& instance = find(call, input.db_instance_identifier);
    if (instance.status != status::stopped) {
        throw api::InvalidDBInstanceStateFault(
            "Instance {} is not stopped or inaccessible-encryption-credentials-recoverable.",
            instance.identifier
        );
    }
    lifecycle_.start(instance.key());
    return {.db_instance = describe(instance)};
}

} // namespace diorama::rds
