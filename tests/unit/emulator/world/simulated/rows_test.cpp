// Rows behind databases in virtual time: what is written is there after a restart, on a replica
// when its lag lets it, after a restore as far as it goes; and what was acknowledged is looked for.
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

    Scene() { databases.keep_rows(); }

    static rds::DatabaseIdentity identity(std::string id) {
        rds::DatabaseIdentity made;
        made.name = id + ".rds.example";
        made.resource_id = std::move(id);
        made.instance_class = "db.m6g.large";
        return made;
    }

    SimulatedDatabase& make(const std::string& id, rds::Contents contents = {}) {
        if (contents.kind == rds::Contents::Kind::empty) {
            contents.master_user = "admin";
            contents.master_password = "secret99";
            contents.database = "shop";
        }
        databases.make(identity(id), std::move(contents), [](const auto& outcome) {
            CHECK(outcome.failure == "");
        });
        databases.start(identity(id), [](const auto& outcome) { CHECK(outcome.failure == ""); });
        time.run_for(1ms);
        return *databases.find(id);
    }

    SimulatedDatabase& make_shop() {
        auto& database = make("shop");
        script(
            "CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY, item VARCHAR(9), at DATETIME)"
        );
        return database;
    }

    void script(const std::string& text) {
        CHECK(databases.run_script("shop", text).value_or("") == "");
    }

    rds::StatementResult
    run(SimulatedDatabase& database, const std::string& text, bool is_acknowledged = true) {
        const auto executed = databases.run(database, {"", text, {}});
        if (executed.position != 0 && is_acknowledged)
            databases.acknowledge(database.timeline->number, executed.position);
        return executed.result;
    }

    void order(SimulatedDatabase& database, int times, bool is_acknowledged = true) {
        for (int i = 0; i < times; ++i)
            run(database, "INSERT INTO orders (item, at) VALUES ('hat', NOW())", is_acknowledged);
    }

    std::string count(SimulatedDatabase& database) {
        return run(database, "SELECT COUNT(*) FROM orders").first_value.value_or("?");
    }

    static rds::BackupObject object(std::string key) {
        return {"000000000000", "us-east-1", "backups", std::move(key)};
    }

    void back_up(const std::string& key) {
        databases.back_up("shop", object(key), [](const auto& outcome) {
            CHECK(outcome.failure == "");
        });
        time.run_for(1ms);
    }

    SimulatedDatabase& make_replica() {
        rds::Contents contents;
        contents.kind = rds::Contents::Kind::copy;
        contents.source = "shop";
        auto replica = identity("replica");
        replica.is_read_only = true;
        databases.make(replica, contents, [](const auto&) {});
        databases.start(replica, [](const auto&) {});
        databases.follow("replica", "shop");
        time.run_for(1ms);
        return *databases.find("replica");
    }
};

} // namespace

TEST_CASE("rows: they are there after the database was stopped and started again") {
    Scene scene;
    auto& shop = scene.make_shop();
    scene.order(shop, 3);
    scene.databases.stop("shop");
    scene.databases.start(Scene::identity("shop"), [](const auto&) {});
    CHECK(scene.count(shop) == "3");
    CHECK(scene.databases.lost_in(shop) == 0);
    CHECK(scene.databases.acknowledged() == 3);
}

TEST_CASE("rows: events write some when they are due, while the database runs") {
    Scene scene;
    auto& shop = scene.make_shop();
    scene.script("CREATE EVENT e ON SCHEDULE EVERY 1 HOUR DO INSERT INTO orders (at) VALUES (NOW())"
    );
    auto& replica = scene.make_replica();
    scene.time.run_for(150min);
    CHECK(scene.count(shop) == "3");
    CHECK(scene.run(shop, "SELECT MINUTE(MAX(at)) FROM orders").first_value == "0");
    CHECK(scene.count(replica) == "3");
    scene.databases.stop("shop");
    scene.time.run_for(60min);
    scene.databases.start(Scene::identity("shop"), [](const auto&) {});
    scene.time.run_for(1s);
    CHECK(scene.count(shop) == "4");
}

TEST_CASE("rows: a replica has them as late as it lags, and keeps what it had when it is promoted"
) {
    Scene scene;
    auto& shop = scene.make_shop();
    auto& replica = scene.make_replica();
    scene.databases.set_extra_lag("replica", 60s);
    scene.order(shop, 5);
    scene.time.run_for(10s);
    CHECK(scene.count(replica) == "0");
    scene.time.run_for(60s);
    CHECK(scene.count(replica) == "5");
    CHECK(scene.run(replica, "DELETE FROM orders").error == 1290);
    scene.order(shop, 2);
    scene.time.run_for(2s);
    CHECK_FALSE(scene.databases.compare_with_source(replica).has_value());
    scene.databases.promote("replica", [](const auto&) {});
    CHECK(scene.count(replica) == "5");
    CHECK(scene.databases.lost_in(replica) == 2);
    CHECK(scene.run(replica, "DELETE FROM orders WHERE id = 1").succeeded());
    CHECK(scene.databases.lost_in(shop) == 1); // which the other acknowledged
}

TEST_CASE("rows: what a replica has it keeps, however far behind it falls") {
    Scene scene;
    auto& shop = scene.make_shop();
    auto& replica = scene.make_replica();
    scene.order(shop, 4);
    scene.time.run_for(5s);
    scene.databases.set_extra_lag("replica", 600s);
    CHECK(scene.count(replica) == "4");
}

TEST_CASE("rows: a restore brings back those of its moment, and the others are counted as lost") {
    Scene scene;
    auto& shop = scene.make_shop();
    scene.order(shop, 2);
    const auto backed_up = shop.position;
    scene.back_up("snapshot");
    scene.time.run_for(10s);
    scene.order(shop, 3);
    scene.time.run_for(10s);
    const auto moment = scene.time.now();
    scene.time.run_for(10s);
    scene.order(shop, 4);
    scene.order(shop, 1, false); // nobody was told
    scene.databases.ship_log("shop", backed_up, Scene::object("log"), [](const auto&) {});
    rds::Contents contents;
    contents.kind = rds::Contents::Kind::backup;
    contents.backup = Scene::object("snapshot");
    CHECK(scene.count(scene.make("then", contents)) == "2");
    contents.log = {Scene::object("log")};
    contents.until = moment;
    auto& restored = scene.make("restored", contents);
    CHECK(scene.count(restored) == "5");
    CHECK(scene.databases.lost_in(restored) == 4);
    CHECK(scene.databases.lost_in(shop) == 0);
    // New rows take the numbers of lost ones; they are others all the same.
    scene.time.run_for(10s);
    scene.order(restored, 4);
    CHECK(scene.count(restored) == "9");
    CHECK(scene.databases.lost_in(restored) == 4);
}

TEST_CASE("rows: a row that was changed bears witness of both writes; one that was removed of none"
) {
    Scene scene;
    auto& shop = scene.make_shop();
    scene.order(shop, 2);
    scene.run(shop, "UPDATE orders SET item = 'scarf' WHERE id = 1");
    scene.run(shop, "DELETE FROM orders WHERE id = 2");
    CHECK(scene.databases.lost_in(shop) == 0);
    // Behind everybody's back: the engine would have to lose it for that.
    const auto rows = shop.rows->connect();
    rows->use("shop");
    rows->execute("UPDATE orders SET item = 'stone'");
    CHECK(scene.databases.lost_in(shop) == 2); // the order and its change
    CHECK(scene.databases.lost_of_own(shop) == 2);
}

TEST_CASE("rows: what a dropped table held is lost, but nobody promised otherwise") {
    Scene scene;
    auto& shop = scene.make_shop();
    auto& replica = scene.make_replica();
    scene.order(shop, 3);
    scene.script("DROP TABLE orders");
    CHECK(scene.run(shop, "SELECT 1 FROM orders").error == 1146);
    CHECK(scene.databases.lost_in(shop) == 3);
    CHECK(scene.databases.lost_of_own(shop) == 0);
    scene.time.run_for(5s);
    CHECK(scene.run(replica, "SELECT 1 FROM orders").error == 1146);
}

TEST_CASE("rows: what is asked for measuring changes nothing") {
    Scene scene;
    auto& shop = scene.make_shop();
    scene.order(shop, 3);
    CHECK(scene.databases.ask("shop", "SELECT COUNT(*) FROM orders").first_value == "3");
    CHECK(scene.databases.ask("shop", "DELETE FROM orders").error == 1792);
    CHECK(scene.databases.ask("nothing", "SELECT 1").error == 2003);
    CHECK(scene.count(shop) == "3");
}

TEST_CASE("rows: the log is kept for replicas that have not repeated it") {
    Scene scene;
    auto& shop = scene.make_shop();
    auto& replica = scene.make_replica();
    scene.databases.set_extra_lag("replica", 60s);
    scene.order(shop, 5);
    scene.databases.forget_log("shop", shop.position);
    scene.time.run_for(120s);
    CHECK(scene.count(replica) == "5");
    CHECK_FALSE(scene.databases.compare_with_source(replica).has_value());
}

} // namespace diorama
