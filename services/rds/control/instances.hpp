// The operations on DB instances, read replicas among them.
#pragma once

#include "services/rds/background/lifecycle.hpp"
#include "services/rds/control/subnet_groups.hpp"

namespace diorama::rds {

class InstanceControl {
public:
    InstanceControl(
        Environment& environment,
        State& state,
        SubnetGroupControl& subnet_groups,
        Backups& backups,
        Lifecycle& lifecycle
    );

    api::CreateDBInstanceResult
    create(const aws::Call& call, const api::CreateDBInstanceMessage& input);
    api::DBInstanceMessage
    describe(const aws::Call& call, const api::DescribeDBInstancesMessage& input) const;
    api::ModifyDBInstanceResult
    modify(const aws::Call& call, const api::ModifyDBInstanceMessage& input);
    api::DeleteDBInstanceResult
    remove(const aws::Call& call, const api::DeleteDBInstanceMessage& input);
    api::RebootDBInstanceResult
    reboot(const aws::Call& call, const api::RebootDBInstanceMessage& input);
    api::StartDBInstanceResult
    start(const aws::Call& call, const api::StartDBInstanceMessage& input);
    api::StopDBInstanceResult stop(const aws::Call& call, const api::StopDBInstanceMessage& input);
    api::CreateDBInstanceReadReplicaResult
    create_replica(const aws::Call& call, const api::CreateDBInstanceReadReplicaMessage& input);
    api::PromoteReadReplicaResult
    promote(const aws::Call& call, const api::PromoteReadReplicaMessage& input);
    api::RestoreDBInstanceFromDBSnapshotResult restore_snapshot(
        const aws::Call& call,
        const api::RestoreDBInstanceFromDBSnapshotMessage& input
    );
    api::RestoreDBInstanceToPointInTimeResult restore_to_point_in_time(
        const aws::Call& call,
        const api::RestoreDBInstanceToPointInTimeMessage& input
    );

    // Throws DBInstanceNotFound.
    const DBInstance& find(const aws::Call& call, const std::string& identifier) const;
    // Throws InvalidDBInstanceState.
    static void check_available(const DBInstance& instance);
    api::DBInstance describe(const DBInstance& instance) const;
    // Where clients reach it, as the API says.
    std::pair<std::string, std::uint16_t> endpoint_of(const DBInstance& instance) const;
    // Applies what waits for the maintenance window.
    void apply_pending();

private:
    DBInstance new_instance(const aws::Call& call, const std::string& identifier) const;
    // What a copy of another instance keeps of it.
    DBInstance
    copy_of(const aws::Call& call, const std::string& identifier, const DBInstance& original) const;
    void place(const aws::Call& call, DBInstance& instance, const std::optional<std::string>& zone)
        const;
    Origin origin_of(
        const api::RestoreDBInstanceToPointInTimeMessage& input,
        const DBInstance& source
    ) const;
    // Puts it into the state and begins its creation.
    const DBInstance& begin(DBInstance instance);
    Modification modification_of(
        const aws::Call& call,
        const DBInstance& instance,
        const api::ModifyDBInstanceMessage& input
    ) const;
    bool apply_settings(DBInstance& instance, const api::ModifyDBInstanceMessage& input) const;

    Environment& environment_;
    State& state_;
    SubnetGroupControl& subnet_groups_;
    Backups& backups_;
    Lifecycle& lifecycle_;
};

} // namespace diorama::rds
