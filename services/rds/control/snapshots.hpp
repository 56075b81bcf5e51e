// The operations on DB snapshots and automated backups.
#pragma once

#include "services/rds/background/lifecycle.hpp"
#include "services/rds/control/instances.hpp"

namespace diorama::rds {

// Throws DBSnapshotNotFound.
const DBSnapshot&
find_snapshot(const State& state, const aws::Call& call, const std::string& identifier);

class SnapshotControl {
public:
    SnapshotControl(
        State& state,
        const InstanceControl& instances,
        Backups& backups,
        Lifecycle& lifecycle
    );

    api::CreateDBSnapshotResult
    create(const aws::Call& call, const api::CreateDBSnapshotMessage& input);
    api::DBSnapshotMessage
    describe(const aws::Call& call, const api::DescribeDBSnapshotsMessage& input) const;
    api::DeleteDBSnapshotResult
    remove(const aws::Call& call, const api::DeleteDBSnapshotMessage& input);
    api::DBInstanceAutomatedBackupMessage describe_automated_backups(
        const aws::Call& call,
        const api::DescribeDBInstanceAutomatedBackupsMessage& input
    ) const;

private:
    api::DBSnapshot describe(const DBSnapshot& snapshot) const;
    api::DBInstanceAutomatedBackup describe_backup(const DBInstance& instance) const;

    State& state_;
    const InstanceControl& instances_;
    Backups& backups_;
    Lifecycle& lifecycle_;
};

} // namespace diorama::rds
