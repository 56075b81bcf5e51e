// Snapshots, restores, read replicas, subnet groups and tags as the API shows them.
#include "tests/unit/services/rds/control/fake_databases.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace std::chrono_literals;
using test::Cloud;
using Texts = std::vector<std::string>;

namespace {

void take_snapshot(Cloud& cloud, const std::string& name) {
    rds::api::CreateDBSnapshotMessage input;
    input.db_instance_identifier = "shop";
    input.db_snapshot_identifier = name;
    cloud.api().create_db_snapshot(cloud.call(), input);
}

rds::api::DBSnapshot describe_snapshot(Cloud& cloud, const std::string& name) {
    rds::api::DescribeDBSnapshotsMessage input;
    input.db_snapshot_identifier = name;
    return cloud.api().describe_db_snapshots(cloud.call(), input).db_snapshots.at(0);
}

} // namespace

TEST_CASE("snapshots: one is an object in the backup store and makes a new instance") {
    Cloud cloud;
    cloud.create("shop", [](auto& input) { input.db_name = "app"; });
    cloud.run_for(5s);
    take_snapshot(cloud, "before-the-sale");
    CHECK(describe_snapshot(cloud, "before-the-sale").status == "creating");
    CHECK(cloud.status("shop") == "backing-up");
    cloud.run_for(2s);
    CHECK(describe_snapshot(cloud, "before-the-sale").status == "available");
    CHECK(describe_snapshot(cloud, "before-the-sale").percent_progress == 100);
    CHECK(
        Cloud::error_of([&] { take_snapshot(cloud, "before-the-sale"); }) ==
        "DBSnapshotAlreadyExists: Cannot create the snapshot because a snapshot with the "
        "identifier before-the-sale already exists."
    );

    rds::api::RestoreDBInstanceFromDBSnapshotMessage input;
    input.db_instance_identifier = "copy";
    input.db_snapshot_identifier = "before-the-sale";
    cloud.api().restore_db_instance_from_db_snapshot(cloud.call(), input);
    cloud.run_for(5s);
    CHECK(cloud.status("copy") == "available");
    CHECK(cloud.describe("copy").db_name == "app");
    const auto& contents = cloud.database("copy").contents;
    CHECK(contents.kind == rds::Contents::Kind::backup);
    CHECK(contents.backup.bucket == "rds-backups-000000000000-us-east-1");
    CHECK(contents.backup.key.starts_with("snapshots/before-the-sale/db-"));

    rds::api::DeleteDBSnapshotMessage remove;
    remove.db_snapshot_identifier = "before-the-sale";
    cloud.api().delete_db_snapshot(cloud.call(), remove);
    CHECK(Cloud::error_of([&] {
              cloud.api().delete_db_snapshot(cloud.call(), remove);
          }) == "DBSnapshotNotFound: DBSnapshot before-the-sale not found.");
}

TEST_CASE("backups: daily in the window, kept for the retention period") {
    Cloud cloud;
    cloud.create("shop", [](auto& input) { input.backup_retention_period = 3; });
    const auto automated = [&] {
        rds::api::DescribeDBSnapshotsMessage input;
        input.snapshot_type = "automated";
        return cloud.api().describe_db_snapshots(cloud.call(), input).db_snapshots;
    };
    cloud.run_for(1h);
    CHECK(automated().size() == 1);
    cloud.run_for(24h);
    CHECK(automated().size() == 2);
    CHECK(automated().back().db_snapshot_identifier == "rds:shop-2026-01-01-22-00");
    cloud.run_for(24h * 10);
    // Three days, and the one before them.
    CHECK(automated().size() == 4);
}

TEST_CASE("backups: the change log is shipped, and a moment of the past comes back") {
    Cloud cloud;
    cloud.create("shop");
    cloud.run_for(10s);
    const auto made = cloud.test.time.now();
    cloud.database("shop").position = 5;
    cloud.run_for(5min);
    cloud.database("shop").position = 9;
    cloud.run_for(5min);
    rds::api::RestoreDBInstanceToPointInTimeMessage input;
    input.source_db_instance_identifier = "shop";
    input.target_db_instance_identifier = "then";
    input.restore_time = made + 7min;
    cloud.api().restore_db_instance_to_point_in_time(cloud.call(), input);
    cloud.run_for(5s);
    CHECK(cloud.status("then") == "available");
    const auto& contents = cloud.database("then").contents;
    CHECK(contents.backup.key.starts_with("automated/"));
    CHECK(contents.log.size() == 2);
    CHECK(contents.until == made + 7min);

    input.target_db_instance_identifier = "other";
    input.restore_time = made - 1h;
    CHECK(Cloud::error_of([&] {
              cloud.api().restore_db_instance_to_point_in_time(cloud.call(), input);
          }).starts_with("InvalidParameterValue: The specified instance cannot be restored"));
}

TEST_CASE("replicas: one follows its source, refuses writes and can be promoted") {
    Cloud cloud;
    cloud.create("shop");
    cloud.run_for(5s);
    rds::api::CreateDBInstanceReadReplicaMessage input;
    input.db_instance_identifier = "reader";
    input.source_db_instance_identifier = "shop";
    cloud.api().create_db_instance_read_replica(cloud.call(), input);
    cloud.run_for(5s);
    CHECK(cloud.status("reader") == "available");
    CHECK(cloud.describe("reader").read_replica_source_db_instance_identifier == "shop");
    CHECK(cloud.describe("shop").read_replica_db_instance_identifiers == Texts{"reader"});
    CHECK(cloud.database("reader").identity.is_read_only);
    CHECK(cloud.database("reader").contents.kind == rds::Contents::Kind::copy);
    CHECK(cloud.database("reader").follows == cloud.describe("shop").dbi_resource_id);

    rds::api::PromoteReadReplicaMessage promote;
    promote.db_instance_identifier = "reader";
    cloud.api().promote_read_replica(cloud.call(), promote);
    cloud.run_for(10s);
    CHECK(cloud.status("reader") == "available");
    CHECK(!cloud.describe("reader").read_replica_source_db_instance_identifier);
    CHECK(!cloud.database("reader").identity.is_read_only);
    CHECK(cloud.database("reader").follows.empty());
}

TEST_CASE("replicas: a source needs automated backups, and its end promotes them") {
    Cloud cloud;
    cloud.create("bare", [](auto& input) { input.backup_retention_period = 0; });
    cloud.create("shop");
    cloud.run_for(5s);
    rds::api::CreateDBInstanceReadReplicaMessage input;
    input.db_instance_identifier = "reader";
    input.source_db_instance_identifier = "bare";
    CHECK(Cloud::error_of([&] { cloud.api().create_db_instance_read_replica(cloud.call(), input); }
    ).starts_with("InvalidDBInstanceState: Automated backups are not enabled"));
    input.source_db_instance_identifier = "shop";
    cloud.api().create_db_instance_read_replica(cloud.call(), input);
    cloud.run_for(5s);
    rds::api::DeleteDBInstanceMessage remove;
    remove.db_instance_identifier = "shop";
    remove.skip_final_snapshot = true;
    cloud.api().delete_db_instance(cloud.call(), remove);
    cloud.run_for(10s);
    CHECK(cloud.status("reader") == "available");
    CHECK(!cloud.describe("reader").read_replica_source_db_instance_identifier);
}

TEST_CASE("subnet groups: they cover two zones, and are not deleted while used") {
    Cloud cloud;
    rds::api::CreateDBSubnetGroupMessage input;
    input.db_subnet_group_name = "Rows";
    input.db_subnet_group_description = "for databases";
    input.subnet_ids = {"subnet-a"};
    const auto create = [&] { cloud.api().create_db_subnet_group(cloud.call(), input); };
    CHECK(Cloud::error_of(create).starts_with("DBSubnetGroupDoesNotCoverEnoughAZs: "));
    input.subnet_ids = {"subnet-a", "subnet-x"};
    CHECK(
        Cloud::error_of(create) == "InvalidSubnet: Some input subnets in :[subnet-x] are invalid."
    );
    input.subnet_ids = {"subnet-a", "subnet-b"};
    create();
    cloud.create("shop", [](auto& instance) { instance.db_subnet_group_name = "rows"; });
    const auto group = cloud.describe("shop").db_subnet_group.value();
    CHECK(group.db_subnet_group_name == "rows");
    CHECK(group.subnets.size() == 2);
    rds::api::DeleteDBSubnetGroupMessage remove;
    remove.db_subnet_group_name = "rows";
    CHECK(Cloud::error_of([&] { cloud.api().delete_db_subnet_group(cloud.call(), remove); }
    ).starts_with("InvalidDBSubnetGroupStateFault: "));
}

TEST_CASE("tags: added, listed and removed by ARN") {
    Cloud cloud;
    cloud.create("shop", [](auto& input) { input.tags = {{"stage", "test"}}; });
    const auto arn = cloud.describe("shop").db_instance_arn.value();
    CHECK(arn == "arn:aws:rds:us-east-1:000000000000:db:shop");
    cloud.api().add_tags_to_resource(cloud.call(), {arn, {{"team", "blue"}}});
    cloud.api().remove_tags_from_resource(cloud.call(), {arn, {"stage"}});
    rds::api::ListTagsForResourceMessage list;
    list.resource_name = arn;
    const auto tags = cloud.api().list_tags_for_resource(cloud.call(), list).tag_list;
    REQUIRE(tags.size() == 1);
    CHECK(tags[0].key == "team");
}
