// The options that creation, replicas and restores have in common.
#pragma once

#include "services/rds/control/subnet_groups.hpp"
#include "services/rds/control/validation.hpp"

namespace diorama::rds {

// Those that every way of making an instance takes.
template <class Input>
void take_options(
    const aws::Call& call,
    const SubnetGroupControl& subnet_groups,
    DBInstance& instance,
    const Input& input
) {
    check_parameter_group(input.db_parameter_group_name);
    if (input.port) {
        check_port(*input.port);
        instance.port = static_cast<std::uint16_t>(*input.port);
    }
    if (input.db_subnet_group_name) {
        instance.subnet_group = lower_case(*input.db_subnet_group_name);
        subnet_groups.check(call, instance.subnet_group);
    }
    if (input.allocated_storage) instance.allocated_storage = *input.allocated_storage;
    if (input.storage_type) instance.storage_type = *input.storage_type;
    if (input.copy_tags_to_snapshot) instance.copies_tags = *input.copy_tags_to_snapshot;
    if (input.deletion_protection) instance.is_protected = *input.deletion_protection;
    // Told back, without effect.
    if (!input.vpc_security_group_ids.empty())
        instance.security_groups = input.vpc_security_group_ids;
    if (input.publicly_accessible) instance.is_public = *input.publicly_accessible;
    if (input.auto_minor_version_upgrade)
        instance.upgrades_itself = *input.auto_minor_version_upgrade;
    instance.tags = tags_of(input.tags);
}

template <class Input>
void take_backup_options(DBInstance& instance, const Input& input) {
    if (input.backup_retention_period) {
        check_retention(*input.backup_retention_period);
        instance.retention_days = *input.backup_retention_period;
    }
    if (input.preferred_backup_window)
        instance.backup_window = valid_daily_window(*input.preferred_backup_window);
}

// Throws DBSnapshotAlreadyExists.
void check_new_snapshot(const State& state, const aws::Call& call, const std::string& identifier);

} // namespace diorama::rds
