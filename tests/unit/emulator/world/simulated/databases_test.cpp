// Databases in virtual time: what is committed, what is acknowledged, and what is lost when one is
// made from a backup.
#include "emulator/world/simulated/databases.hpp"
#include "tests/support/test_environment.hpp"

#include <doctest/doctest.h>

namespace diorama {

namespace {

using namespace std::chrono_literals;

struct Scene : TestEnvironment {
    network::Names names;
    s3::S3 s3{environment, {}};
    SimulatedDatabases databases{environment, names, s3};

    static rds::DatabaseIdentity identity(std::string id) {
        rds::DatabaseIdentity made;
        made.name = id + ".rds.example";
        made.resource_id = std::move(id);
        made.instance_class = "db.m6g.large";
        return made;
    }

    SimulatedDatabase& make(const std::string& id, rds::Contents contents = {}) {
        databases.make(identity(id), std::move(contents), [](const auto& outcome) {
            CHECK(outcome.failure == "");
        });
        databases.start(identity(id), [](const auto& outcome) { CHECK(outcome.failure == ""); });
        time.run_for(1ms);
        return *databases.find(id);
    }

    void write(SimulatedDatabase& database, int times, bool is_acknowledged = true) {
        for (int i = 0; i < times; ++i) {
            const auto position = databases.commit(database, time.now());
            if (is_acknowledged) databases.acknowledge(database.timeline->number, position);
        }
    }

    static rds::BackupObject object(std::string key) {
        return {"000000000000", "us-east-1", "backups", std::move(key)};
    }

    void back_up(const std::string& id, const std::string& key) {
        databases.back_up(id, object(key), [](const auto& outcome) {
            CHECK(outcome.failure == "");
        });
        time.run_for(1ms);
    }
};

} // namespace

TEST_CASE("acknowledged writes are counted as intervals, in whatever order they come") {
    AcknowledgedWrites writes;
    for (const std::uint64_t position : {1u, 2u, 5u, 4u, 3u, 9u})
        writes.add(position);
    CHECK(writes.count() == 6);
    CHECK(writes.beyond(0) == 6);
    CHECK(writes.beyond(3) == 3);
    CHECK(writes.beyond(5) == 1);
    CHECK(writes.beyond(9) == 0);
}

TEST_CASE("statements queue on the database's vCPUs") {
    Scene scene;
    auto& database = scene.make("shop");
    const auto now = scene.time.now();
    // db.m6g.large has two.
    CHECK(scene.databases.execute(database, 10ms, false, now) == now + 10ms);
    CHECK(scene.databases.execute(database, 10ms, false, now) == now + 10ms);
    CHECK(scene.databases.execute(database, 10ms, false, now) == now + 20ms);
    CHECK(scene.databases.activity("shop")->statements == 3);
}

TEST_CASE("a database that was stopped and started again has everything") {
    Scene scene;
    auto& database = scene.make("shop");
    scene.write(database, 10);
    scene.databases.stop("shop");
    const auto number = scene.databases.number_at(scene.names.find("shop.rds.example").front());
    CHECK(number == database.number);
    CHECK_FALSE(scene.databases.numbered(number)->is_running);
    scene.databases.start(Scene::identity("shop"), [](const auto&) {});
    CHECK(scene.databases.lost_in(database) == 0);
}

TEST_CASE("what was acknowledged after a backup is lost where it is restored") {
    Scene scene;
    auto& database = scene.make("shop");
    scene.write(database, 10);
    scene.back_up("shop", "snapshot");
    scene.write(database, 7);
    scene.write(database, 2, false);
    rds::Contents contents;
    contents.kind = rds::Contents::Kind::backup;
    contents.backup = Scene::object("snapshot");
    auto& restored = scene.make("again", contents);
    CHECK(restored.position == 10);
    CHECK(scene.databases.lost_in(restored) == 7);
    CHECK(scene.databases.lost_in(database) == 0);
    // What the new one takes on, the old one lacks.
    scene.write(restored, 3);
    CHECK(scene.databases.lost_in(restored) == 7);
    CHECK(scene.databases.lost_in(database) == 3);
}

TEST_CASE("with the log, a restore reaches the moment that was asked for") {
    Scene scene;
    auto& database = scene.make("shop");
    scene.write(database, 1);
    scene.back_up("shop", "snapshot");
    scene.time.run_for(10s);
    scene.write(database, 4);
    scene.time.run_for(10s);
    const auto moment = scene.time.now();
    scene.time.run_for(10s);
    scene.write(database, 5);
    scene.databases.ship_log("shop", 1, Scene::object("log"), [](const auto& outcome) {
        CHECK(outcome.position == 10);
    });
    scene.time.run_for(1s);
    rds::Contents contents;
    contents.kind = rds::Contents::Kind::backup;
    contents.backup = Scene::object("snapshot");
    contents.log = {Scene::object("log")};
    contents.until = moment;
    CHECK(scene.make("again", contents).position == 5);
}

TEST_CASE("a replica is behind its source by its lag, and a promoted one keeps what it had") {
    Scene scene;
    auto& source = scene.make("shop");
    rds::Contents contents;
    contents.kind = rds::Contents::Kind::copy;
    contents.source = "shop";
    auto& replica = scene.make("replica", contents);
    scene.databases.follow("replica", "shop");
    scene.databases.set_extra_lag("replica", 60s);
    scene.write(source, 5);
    scene.time.run_for(30s);
    CHECK(scene.databases.visible_position(replica, scene.time.now()) == 0);
    scene.time.run_for(40s);
    CHECK(scene.databases.visible_position(replica, scene.time.now()) == 5);
    scene.write(source, 2);
    scene.databases.promote("replica", [](const auto&) {});
    CHECK(scene.databases.lost_in(replica) == 2);
}

} // namespace diorama
