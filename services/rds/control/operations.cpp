// See operations.hpp: sends each operation to its noun.
#include "services/rds/control/operations.hpp"

#include "services/rds/control/engine_versions.hpp"
#include "services/rds/limits.hpp"

namespace diorama::rds {

namespace {

using aws::Call;

class Operations final : public api::RDSApi {
public:
    Operations(
        const State& state,
        InstanceControl& instances,
        SnapshotControl& snapshots,
        SubnetGroupControl& subnet_groups,
        TagControl& tags
    )
        : state_(state)
        , instances_(instances)
        , snapshots_(snapshots)
        , subnet_groups_(subnet_groups)
        , tags_(tags) {}

    api::AddTagsToResourceOutput
    add_tags_to_resource(const Call& call, const api::AddTagsToResourceMessage& input) override {
        return tags_.add(call, input);
    }

    api::CreateDBInstanceResult
    create_db_instance(const Call& call, const api::CreateDBInstanceMessage& input) override {
        return instances_.create(call, input);
    }

    api::CreateDBInstanceReadReplicaResult create_db_instance_read_replica(
        const Call& call,
        const api::CreateDBInstanceReadReplicaMessage& input
    ) override {
        return instances_.create_replica(call, input);
    }

    api::CreateDBSnapshotResult
    create_db_snapshot(const Call& call, const api::CreateDBSnapshotMessage& input) override {
        return snapshots_.create(call, input);
    }

    api::CreateDBSubnetGroupResult create_db_subnet_group(
        const Call& call,
        const api::CreateDBSubnetGroupMessage& input
    ) override {
        return subnet_groups_.create(call, input);
    }

    api::DeleteDBInstanceResult
    delete_db_instance(const Call& call, const api::DeleteDBInstanceMessage& input) override {
        return instances_.remove(call, input);
    }

    api::DeleteDBSnapshotResult
    delete_db_snapshot(const Call& call, const api::DeleteDBSnapshotMessage& input) override {
        return snapshots_.remove(call, input);
    }

    api::DeleteDBSubnetGroupOutput delete_db_subnet_group(
        const Call& call,
        const api::DeleteDBSubnetGroupMessage& input
    ) override {
        return subnet_groups_.remove(call, input);
    }

    api::DBEngineVersionMessage describe_db_engine_versions(
        const Call& call,
        const api::DescribeDBEngineVersionsMessage& input
    ) override {
        return rds::describe_engine_versions(call, input);
    }

    api::DBInstanceAutomatedBackupMessage describe_db_instance_automated_backups(
        const Call& call,
        const api::DescribeDBInstanceAutomatedBackupsMessage& input
    ) override {
        return snapshots_.describe_automated_backups(call, input);
    }

    api::DBInstanceMessage
    describe_db_instances(const Call& call, const api::DescribeDBInstancesMessage& input) override {
        return instances_.describe(call, input);
    }

    api::DBSnapshotMessage
    describe_db_snapshots(const Call& call, const api::DescribeDBSnapshotsMessage& input) override {
        return snapshots_.describe(call, input);
    }

    api::DBSubnetGroupMessage describe_db_subnet_groups(
        const Call& call,
        const api::DescribeDBSubnetGroupsMessage& input
    ) override {
        return subnet_groups_.describe(call, input);
    }

    api::EventsMessage
    describe_events(const Call& call, const api::DescribeEventsMessage& input) override {
        return rds::describe_events(state_, call, input);
    }

    api::OrderableDBInstanceOptionsMessage describe_orderable_db_instance_options(
        const Call& call,
        const api::DescribeOrderableDBInstanceOptionsMessage& input
    ) override {
        return rds::describe_orderable_options(call, input);
    }

    api::TagListMessage list_tags_for_resource(
        const Call& call,
        const api::ListTagsForResourceMessage& input
    ) override {
        return tags_.list(call, input);
    }

    api::ModifyDBInstanceResult
    modify_db_instance(const Call& call, const api::ModifyDBInstanceMessage& input) override {
        return instances_.modify(call, input);
    }

    api::PromoteReadReplicaResult
    promote_read_replica(const Call& call, const api::PromoteReadReplicaMessage& input) override {
        return instances_.promote(call, input);
    }

    api::RebootDBInstanceResult
    reboot_db_instance(const Call& call, const api::RebootDBInstanceMessage& input) override {
        return instances_.reboot(call, input);
    }

    api::RemoveTagsFromResourceOutput remove_tags_from_resource(
        const Call& call,
        const api::RemoveTagsFromResourceMessage& input
    ) override {
        return tags_.remove(call, input);
    }

    api::RestoreDBInstanceFromDBSnapshotResult restore_db_instance_from_db_snapshot(
        const Call& call,
        const api::RestoreDBInstanceFromDBSnapshotMessage& input
    ) override {
        return instances_.restore_snapshot(call, input);
    }

    api::RestoreDBInstanceToPointInTimeResult restore_db_instance_to_point_in_time(
        const Call& call,
        const api::RestoreDBInstanceToPointInTimeMessage& input
    ) override {
        return instances_.restore_to_point_in_time(call, input);
    }

    api::StartDBInstanceResult
    start_db_instance(const Call& call, const api::StartDBInstanceMessage& input) override {
        return instances_.start(call, input);
    }

    api::StopDBInstanceResult
    stop_db_instance(const Call& call, const api::StopDBInstanceMessage& input) override {
        return instances_.stop(call, input);
    }

private:
    const State& state_;
    InstanceControl& instances_;
    SnapshotControl& snapshots_;
    SubnetGroupControl& subnet_groups_;
    TagControl& tags_;
};

} // namespace

ControlPlane::ControlPlane(Environment& environment, Databases& databases, Subnets& subnets)
    : environment_(environment)
    , state_(environment.journal)
    , backups_(environment, state_, databases)
    , lifecycle_(environment, state_, databases, backups_)
    , subnet_groups_(state_, subnets)
    , instances_(environment, state_, subnet_groups_, backups_, lifecycle_)
    , snapshots_(state_, instances_, backups_, lifecycle_)
    , tags_(state_)
    , publisher_(environment, state_, databases)
    , operations_(
          std::make_unique<Operations>(state_, instances_, snapshots_, subnet_groups_, tags_)
      )
    , housekeeping_(environment.scheduler, limits::housekeeping_interval, [this] { keep_house(); })
    , log_shipping_(environment.scheduler, limits::log_shipping_interval, [this] {
        backups_.ship_logs();
    }) {}

ControlPlane::~ControlPlane() = default;

void ControlPlane::keep_house() {
    publisher_.publish();
    backups_.expire();
    instances_.apply_pending();
    std::vector<std::string> due;
    std::vector<std::string> stopped_too_long;
    for (const auto& [key, instance] : state_.instances) {
        if (backups_.is_due(instance)) due.push_back(key);
        if (instance.stopped &&
            environment_.clock.now() - *instance.stopped >= limits::longest_stop)
            stopped_too_long.push_back(key);
    }
    for (const auto& key : due)
        lifecycle_.take_snapshot(key, {}, {});
    for (const auto& key : stopped_too_long) {
        // AWS, RDS-EVENT-0154.
        lifecycle_.record(
            *state_.instances.find(key),
            "DB instance is being started due to it exceeding the maximum allowed time being "
            "stopped",
            "notification"
        );
        lifecycle_.start(key);
    }
    environment_.journal.commit();
}

} // namespace diorama::rds
