// ModifyDBInstance: what it changes at once, what takes a course of its own, and what waits for the
// maintenance window.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.Modifying.html
#include "emulator/aws/ignored.hpp"
#include "services/rds/control/instances.hpp"
#include "services/rds/control/options.hpp"

namespace diorama::rds {

namespace {

constexpr std::initializer_list<std::string_view> effective{
    "DBInstanceIdentifier",
    "AllocatedStorage",
    "DBInstanceClass",
    "ApplyImmediately",
    "MasterUserPassword",
    "DBParameterGroupName",
    "BackupRetentionPeriod",
    "PreferredBackupWindow",
    "PreferredMaintenanceWindow",
    "MultiAZ",
    "EngineVersion",
    "NewDBInstanceIdentifier",
    "CopyTagsToSnapshot",
    "DeletionProtection"
};

// Assigns, and says whether that changed anything.
template <class T>
bool change(T& value, const std::optional<T>& wanted) {
    if (!wanted || *wanted == value) return false;
    value = *wanted;
    return true;
}

void merge(Modification& pending, const Modification& added) {
    if (added.instance_class) pending.instance_class = added.instance_class;
    if (added.allocated_storage) pending.allocated_storage = added.allocated_storage;
    if (added.retention_days) pending.retention_days = added.retention_days;
    if (added.is_multi_az) pending.is_multi_az = added.is_multi_az;
    if (added.identifier) pending.identifier = added.identifier;
    if (added.master_password) pending.master_password = added.master_password;
}

} // namespace

// What needs the instance's own time.
Modification InstanceControl::modification_of(
    const aws::Call& call,
    const DBInstance& instance,
    const api::ModifyDBInstanceMessage& input
) const {
    Modification wanted;
    if (input.db_instance_class) {
        check_instance_class(*input.db_instance_class);
        if (*input.db_instance_class != instance.instance_class)
            wanted.instance_class = input.db_instance_class;
    }
    if (input.allocated_storage && *input.allocated_storage != instance.allocated_storage) {
        check_storage(*input.allocated_storage, instance.storage_type);
        // AWS: "You can't reduce the amount of storage for a DB instance after storage has been
        // allocated"; it grows by a tenth at least.
        if (*input.allocated_storage < instance.allocated_storage)
            throw invalid_combination("Invalid storage size: storage cannot be decreased.");
        wanted.allocated_storage = input.allocated_storage;
    }
    if (input.multi_az && *input.multi_az != instance.is_multi_az)
        wanted.is_multi_az = input.multi_az;
    if (input.master_user_password) {
        check_password(*input.master_user_password);
        if (instance.is_replica()) {
            throw invalid_combination(
                "Can't modify the MasterUserPassword for a DB instance that is a Read Replica."
            );
        }
        wanted.master_password = input.master_user_password;
    }
    if (input.backup_retention_period &&
        *input.backup_retention_period != instance.retention_days) {
        check_retention(*input.backup_retention_period);
        if (*input.backup_retention_period == 0 && !state_.replicas_of(instance).empty()) {
            throw invalid_combination(
                "Automated backups cannot be disabled for a DB instance with read replicas."
            );
        }
        wanted.retention_days = input.backup_retention_period;
    }
    if (input.new_db_instance_identifier) {
        const auto name =
            valid_identifier("NewDBInstanceIdentifier", *input.new_db_instance_identifier);
        if (name != instance.identifier) {
            if (state_.instances.contains(key_of(call.account, call.region, name)))
                throw api::DBInstanceAlreadyExistsFault("DB instance already exists");
            wanted.identifier = name;
        }
    }
    return wanted;
}

// What takes effect at once, whatever ApplyImmediately says. True when something changed.
bool InstanceControl::apply_settings(
    DBInstance& instance,
    const api::ModifyDBInstanceMessage& input
) const {
    bool changed = change(instance.is_protected, input.deletion_protection);
    changed |= change(instance.copies_tags, input.copy_tags_to_snapshot);
    changed |= change(instance.is_public, input.publicly_accessible);
    changed |= change(instance.upgrades_itself, input.auto_minor_version_upgrade);
    if (input.preferred_backup_window) {
        changed |= change(
            instance.backup_window,
            std::optional(valid_daily_window(*input.preferred_backup_window))
        );
    }
    if (input.preferred_maintenance_window) {
        changed |= change(
            instance.maintenance_window,
            std::optional(valid_weekly_window(*input.preferred_maintenance_window))
        );
    }
    if (!input.vpc_security_group_ids.empty()) {
        changed |= change(instance.security_groups, std::optional(input.vpc_security_group_ids));
    }
    return changed;
}

api::ModifyDBInstanceResult
InstanceControl::modify(const aws::Call& call, const api::ModifyDBInstanceMessage& input) {
    aws::report_ignored(
        call,
        *api::descriptor().find_operation("ModifyDBInstance")->input,
        &input,
        effective
    );
    const auto& found = find(call, input.db_instance_identifier);
    check_parameter_group(input.db_parameter_group_name);
    if (input.engine_version && *input.engine_version != found.engine_version &&
        *input.engine_version != "8.0")
        throw invalid_combination(
            "Cannot find upgrade target from {} with requested version {}.",
            found.engine_version,
            *input.engine_version
        );
    auto modification = modification_of(call, found, input);
    DBInstance changed = found;
    const bool settings_changed = apply_settings(changed, input);
    check_windows_apart(changed);
    const bool immediately = input.apply_immediately.value_or(false);
    if (modification.is_empty() && !settings_changed) {
        // AWS: ApplyImmediately alone applies what is pending.
        const bool applies_pending = immediately && !found.pending.is_empty();
        const bool says_nothing = !input.db_instance_class && !input.allocated_storage &&
                                  !input.multi_az && !input.backup_retention_period;
        if (!applies_pending && says_nothing)
            throw invalid_combination("No modifications were requested");
    }
    if (!modification.is_empty()) check_available(found);

    auto& instance = *state_.instances.edit(found.key());
    apply_settings(instance, input);
    // AWS: the password, and a retention period that stays above zero, do not wait.
    Modification at_once;
    at_once.master_password = std::exchange(modification.master_password, std::nullopt);
    if (modification.retention_days && *modification.retention_days > 0 &&
        instance.retention_days > 0)
        instance.retention_days = *std::exchange(modification.retention_days, std::nullopt);
    merge(instance.pending, modification);
    if (immediately) merge(at_once, instance.pending);
    instance.pending.master_password = at_once.master_password;
    auto described = describe(instance);
    const auto key = instance.key();
    if (!at_once.is_empty() && instance.status == status::available)
        lifecycle_.modify(key, std::move(at_once));
    return {.db_instance = std::move(described)};
}

void InstanceControl::apply_pending() {
    std::vector<std::string> due;
    for (const auto& [key, instance] : state_.instances) {
        if (!instance.pending.is_empty() && instance.status == status::available &&
            is_in_window(instance.maintenance_window, environment_.clock.now()))
            due.push_back(key);
    }
    for (const auto& key : due)
        lifecycle_.modify(key, state_.instances.find(key)->pending);
}

} // namespace diorama::rds
