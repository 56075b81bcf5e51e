// The life of instances as the API shows it.
#include "tests/unit/services/rds/control/fake_databases.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace std::chrono_literals;
using test::Cloud;
using Texts = std::vector<std::string>;

TEST_CASE("instances: a new one is created, backed up and then available") {
    Cloud cloud;
    cloud.create("Shop");
    CHECK(cloud.status("shop") == "creating");
    CHECK(!cloud.describe("shop").endpoint);
    cloud.run_for(2s);
    CHECK(cloud.status("shop") == "backing-up");
    CHECK(cloud.describe("shop").endpoint->address == "localhost");
    CHECK(cloud.describe("shop").endpoint->port == 4510);
    cloud.run_for(1s);
    CHECK(cloud.status("shop") == "available");
    CHECK(
        cloud.events("shop") ==
        Texts{"DB instance created", "Backing up DB instance", "Finished DB Instance backup"}
    );
    CHECK(cloud.describe("shop").latest_restorable_time.has_value());
    REQUIRE(cloud.databases.objects.size() == 1);
    CHECK(cloud.databases.objects.begin()->first.starts_with(
        "rds-backups-000000000000-us-east-1/automated/db-"
    ));
}

TEST_CASE("instances: without automated backups it is available at once") {
    Cloud cloud;
    cloud.create("shop", [](auto& input) { input.backup_retention_period = 0; });
    cloud.run_for(2s);
    CHECK(cloud.status("shop") == "available");
    CHECK(cloud.events("shop") == Texts{"DB instance created"});
    CHECK(cloud.databases.objects.empty());
}

TEST_CASE("instances: with the names of AWS the endpoint keeps its name and port") {
    Cloud cloud;
    cloud.test.environment.advertise = Advertise::aws;
    cloud.create("shop");
    cloud.run_for(5s);
    const auto endpoint = cloud.describe("shop").endpoint.value();
    CHECK(endpoint.address->starts_with("shop.c"));
    CHECK(endpoint.address->ends_with(".us-east-1.rds.amazonaws.com"));
    CHECK(endpoint.port == 3306);
    CHECK(cloud.database("shop").identity.name == endpoint.address);
}

TEST_CASE("instances: wrong parameters get AWS's sentences") {
    Cloud cloud;
    cloud.create("shop");
    using Input = rds::api::CreateDBInstanceMessage;

    struct Example {
        std::function<void(Input&)> change;
        std::string error;
    };

    const std::vector<Example> examples{
        {[](Input& i) { i.db_instance_identifier = "shop"; },
         "DBInstanceAlreadyExists: DB instance already exists"},
        {[](Input& i) { i.db_instance_identifier = "a--b"; },
         "InvalidParameterValue: The parameter DBInstanceIdentifier is not a valid identifier. "
         "Identifiers must begin with a letter; must contain only ASCII letters, digits, and "
         "hyphens; and must not end with a hyphen or contain two consecutive hyphens."},
        {[](Input& i) { i.engine = "postgres"; },
         "InvalidParameterValue: The engine postgres is not emulated, only mysql is."},
        {[](Input& i) { i.engine_version = "5.6.1"; },
         "InvalidParameterCombination: Cannot find version 5.6.1 for mysql"},
        {[](Input& i) { i.db_instance_class = "db.huge"; },
         "InvalidParameterValue: Invalid DB Instance class: db.huge"},
        {[](Input& i) { i.master_user_password = "short"; },
         "InvalidParameterValue: The parameter MasterUserPassword is not a valid password because "
         "it is shorter than 8 characters."},
        {[](Input& i) { i.master_username.reset(); },
         "InvalidParameterValue: The parameter MasterUsername must be provided and must not be "
         "blank."},
        {[](Input& i) { i.allocated_storage = 1; },
         "InvalidParameterValue: Invalid storage size for engine name mysql and storage type gp2: "
         "1"},
        {[](Input& i) { i.backup_retention_period = 36; },
         "InvalidParameterValue: Invalid backup retention period: 36. Retention period must be "
         "between 0 and 35."},
        {[](Input& i) {
             i.multi_az = true;
             i.availability_zone = "us-east-1a";
         },
         "InvalidParameterCombination: Requesting a specific availability zone is not valid for "
         "Multi-AZ instances."},
        {[](Input& i) { i.db_subnet_group_name = "none"; },
         "DBSubnetGroupNotFoundFault: DB subnet group 'none' does not exist."},
        {[](Input& i) { i.db_parameter_group_name = "mine"; },
         "DBParameterGroupNotFound: DBParameterGroup not found: mine"},
        {[](Input& i) {
             i.preferred_backup_window = "23:00-23:40";
             i.preferred_maintenance_window = "sun:23:30-mon:00:30";
         },
         "InvalidParameterValue: The backup window and maintenance window must not overlap."},
    };
    for (const auto& example : examples) {
        CAPTURE(example.error);
        CHECK(Cloud::error_of([&] { cloud.create("other", example.change); }) == example.error);
    }
    CHECK(Cloud::error_of([&] {
              cloud.describe("none");
          }) == "DBInstanceNotFound: DBInstance none not found.");
}

TEST_CASE("instances: a parameter without effect is reported") {
    Cloud cloud;
    rds::api::CreateDBInstanceMessage input;
    input.db_instance_identifier = "shop";
    input.db_instance_class = "db.t3.micro";
    input.engine = "mysql";
    input.allocated_storage = 20;
    input.master_username = "admin";
    input.master_user_password = "password1";
    input.monitoring_interval = 60;
    const auto call = cloud.call();
    cloud.api().create_db_instance(call, input);
    CHECK(call.ignored_parameters == Texts{"MonitoringInterval"});
}

TEST_CASE("instances: a forced failover flips the host and the zones") {
    Cloud cloud;
    cloud.create("shop", [](auto& input) { input.multi_az = true; });
    cloud.run_for(5s);
    const auto before = cloud.describe("shop");
    REQUIRE(before.secondary_availability_zone);
    CHECK(before.secondary_availability_zone != before.availability_zone);
    cloud.databases.calls.clear();

    rds::api::RebootDBInstanceMessage input;
    input.db_instance_identifier = "shop";
    input.force_failover = true;
    cloud.api().reboot_db_instance(cloud.call(), input);
    CHECK(cloud.status("shop") == "rebooting");
    CHECK(!cloud.database("shop").is_running);
    cloud.run_for(2s);
    CHECK(cloud.databases.calls == Texts{"stop", "start second"});
    cloud.run_for(3s);
    const auto after = cloud.describe("shop");
    CHECK(after.db_instance_status == "available");
    CHECK(after.availability_zone == before.secondary_availability_zone);
    CHECK(after.secondary_availability_zone == before.availability_zone);
    const auto events = cloud.events("shop");
    CHECK(
        Texts(events.end() - 4, events.end()) ==
        Texts{
            "Multi-AZ instance failover started.",
            "DB instance restarted",
            "Multi-AZ instance failover completed",
            "The user requested a failover of the DB instance."
        }
    );
}

TEST_CASE("instances: reboot, and no failover without a standby") {
    Cloud cloud;
    cloud.create("shop");
    rds::api::RebootDBInstanceMessage input;
    input.db_instance_identifier = "shop";
    CHECK(Cloud::error_of([&] {
              cloud.api().reboot_db_instance(cloud.call(), input);
          }) == "InvalidDBInstanceState: Database instance shop is not in available state.");
    cloud.run_for(5s);
    input.force_failover = true;
    CHECK(Cloud::error_of([&] { cloud.api().reboot_db_instance(cloud.call(), input); }
    ).starts_with("InvalidParameterCombination: "));
    input.force_failover = false;
    cloud.api().reboot_db_instance(cloud.call(), input);
    cloud.run_for(3s);
    CHECK(cloud.status("shop") == "available");
    CHECK(cloud.events("shop").back() == "DB instance restarted");
}

TEST_CASE("instances: stop and start, and after seven days by itself") {
    Cloud cloud;
    cloud.create("shop");
    cloud.run_for(5s);
    rds::api::StopDBInstanceMessage stop;
    stop.db_instance_identifier = "shop";
    cloud.api().stop_db_instance(cloud.call(), stop);
    CHECK(cloud.status("shop") == "stopping");
    cloud.run_for(3s);
    CHECK(cloud.status("shop") == "stopped");
    rds::api::StartDBInstanceMessage start;
    start.db_instance_identifier = "shop";
    cloud.api().start_db_instance(cloud.call(), start);
    cloud.run_for(3s);
    CHECK(cloud.status("shop") == "available");
    cloud.api().stop_db_instance(cloud.call(), stop);
    cloud.run_for(24h * 7 + 5min);
    CHECK(cloud.status("shop") == "available");
}

TEST_CASE("instances: deletion wants a word about the final snapshot") {
    Cloud cloud;
    cloud.create("shop", [](auto& input) { input.deletion_protection = true; });
    cloud.run_for(5s);
    rds::api::DeleteDBInstanceMessage input;
    input.db_instance_identifier = "shop";
    const auto remove = [&] { cloud.api().delete_db_instance(cloud.call(), input); };
    CHECK(
        Cloud::error_of(remove) ==
        "InvalidParameterCombination: Cannot delete protected DB Instance, please disable deletion "
        "protection and try again."
    );
    rds::api::ModifyDBInstanceMessage unprotect;
    unprotect.db_instance_identifier = "shop";
    unprotect.deletion_protection = false;
    cloud.api().modify_db_instance(cloud.call(), unprotect);
    CHECK(
        Cloud::error_of(remove) == "InvalidParameterCombination: FinalDBSnapshotIdentifier is "
                                   "required unless SkipFinalSnapshot is specified."
    );
    input.final_db_snapshot_identifier = "last";
    remove();
    cloud.run_for(5s);
    CHECK(Cloud::error_of([&] { cloud.describe("shop"); }).starts_with("DBInstanceNotFound"));
    CHECK(cloud.databases.databases.empty());
    // The final snapshot stays, the automated one has gone.
    REQUIRE(cloud.databases.objects.size() == 1);
    CHECK(cloud.databases.objects.begin()->first.find("/snapshots/last/") != std::string::npos);
    CHECK(cloud.events("shop").back() == "DB instance deleted");
}

TEST_CASE("instances: what fails to be made is failed, and says why") {
    Cloud cloud;
    cloud.databases.failure = "the disk is full";
    cloud.create("shop");
    cloud.run_for(5s);
    CHECK(cloud.status("shop") == "failed");
    CHECK(cloud.events("shop").back() == "DB instance could not be created: the disk is full");
}

TEST_CASE("instances: changes at once, and changes that wait for the maintenance window") {
    Cloud cloud;
    cloud.create("shop");
    cloud.run_for(5s);
    rds::api::ModifyDBInstanceMessage input;
    input.db_instance_identifier = "shop";
    CHECK(Cloud::error_of([&] {
              cloud.api().modify_db_instance(cloud.call(), input);
          }) == "InvalidParameterCombination: No modifications were requested");
    input.multi_az = true;
    input.db_instance_class = "db.m5.large";
    input.master_user_password = "another-one";
    input.apply_immediately = true;
    cloud.api().modify_db_instance(cloud.call(), input);
    CHECK(cloud.status("shop") == "resetting-master-credentials");
    cloud.run_for(5s);
    auto described = cloud.describe("shop");
    CHECK(described.db_instance_status == "available");
    CHECK(described.multi_az == true);
    CHECK(described.secondary_availability_zone);
    CHECK(described.db_instance_class == "db.m5.large");
    CHECK(cloud.database("shop").password == "another-one");

    rds::api::ModifyDBInstanceMessage later;
    later.db_instance_identifier = "shop";
    later.allocated_storage = 40;
    cloud.api().modify_db_instance(cloud.call(), later);
    described = cloud.describe("shop");
    CHECK(described.allocated_storage == 20);
    CHECK(described.pending_modified_values->allocated_storage == 40);
    cloud.run_for(24h * 8);
    described = cloud.describe("shop");
    CHECK(described.allocated_storage == 40);
    CHECK(!described.pending_modified_values->allocated_storage);
}

TEST_CASE("instances: a new name moves the record and the endpoint") {
    Cloud cloud;
    cloud.create("shop");
    cloud.run_for(5s);
    rds::api::ModifyDBInstanceMessage input;
    input.db_instance_identifier = "shop";
    input.new_db_instance_identifier = "store";
    input.apply_immediately = true;
    cloud.api().modify_db_instance(cloud.call(), input);
    CHECK(cloud.status("shop") == "renaming");
    cloud.run_for(5s);
    CHECK(cloud.status("store") == "available");
    CHECK(Cloud::error_of([&] { cloud.describe("shop"); }).starts_with("DBInstanceNotFound"));
    CHECK(cloud.database("store").identity.name.starts_with("store."));
    CHECK(cloud.database("store").is_running);
}

TEST_CASE("instances: another process goes on where one was ended") {
    Cloud cloud;
    cloud.create("shop");
    cloud.run_for(5s);
    cloud.create("new");
    cloud.database("shop").is_running = false;
    cloud.control.lifecycle().resume();
    CHECK(cloud.status("shop") == "starting");
    cloud.run_for(5s);
    CHECK(cloud.status("shop") == "available");
    CHECK(cloud.database("shop").is_running);
    CHECK(cloud.status("new") == "available");
    CHECK(cloud.database("new").password == "password1");
}

TEST_CASE("state: records survive being written and read") {
    Cloud cloud;
    cloud.create("shop", [](auto& input) { input.multi_az = true; });
    cloud.run_for(5s);
    const auto& instance = cloud.control.state().instances.begin()->second;
    CHECK(rds::DBInstance::decode(instance.encode()).encode() == instance.encode());
    const auto& snapshot = cloud.control.state().snapshots.begin()->second;
    CHECK(rds::DBSnapshot::decode(snapshot.encode()).encode() == snapshot.encode());
    CHECK(rds::DBSnapshot::decode(snapshot.encode()).instance.zone == instance.zone);
}
