// Events run when the clock says so, with the rights of who made them.
#include "tests/support/database.hpp"

#include <doctest/doctest.h>

using diorama::test::Instance;
using diorama::test::run;
using namespace std::chrono_literals;

namespace {

struct Scheduled {
    Scheduled() {
        must("CREATE TABLE ran (id INT AUTO_INCREMENT PRIMARY KEY, what VARCHAR(100))");
        db.engine.set_error_log([this](const std::string& line) { errors.push_back(line); });
    }

    void must(const std::string& statement) {
        CAPTURE(statement);
        REQUIRE(run(*db.session, statement).starts_with("ok"));
    }

    // As a driver does: looks every second.
    void pass(std::chrono::seconds time) {
        for (auto second = 0s; second < time; second += 1s) {
            db.time.run_for(1s);
            const auto due = db.engine.next_event();
            if (due && *due <= db.time.now()) db.engine.run_due_events();
        }
    }

    std::string rows() { return run(*db.session, "SELECT COUNT(*) FROM ran"); }

    Instance db;
    std::vector<std::string> errors;
};

} // namespace

TEST_CASE("an event that is due once runs once and is gone") {
    Scheduled world;
    world.must(
        "CREATE EVENT e ON SCHEDULE AT NOW() + INTERVAL 1 MINUTE DO INSERT INTO ran (what) VALUES "
        "(CURRENT_USER())"
    );
    world.pass(59s);
    CHECK(world.rows() == "0");
    world.pass(2s);
    CHECK(run(*world.db.session, "SELECT what FROM ran") == "root@%");
    CHECK(run(*world.db.session, "SHOW EVENTS") == "");
    world.pass(60s);
    CHECK(world.rows() == "1");
}

TEST_CASE("an event that is preserved stays, disabled") {
    Scheduled world;
    world.must(
        "CREATE EVENT e ON SCHEDULE AT NOW() + INTERVAL 5 SECOND ON COMPLETION PRESERVE DO INSERT "
        "INTO ran (what) VALUES ('x')"
    );
    world.pass(10s);
    CHECK(world.rows() == "1");
    CHECK(
        run(*world.db.session,
            "SELECT STATUS, LAST_EXECUTED IS NULL FROM information_schema.EVENTS") == "DISABLED|0"
    );
}

TEST_CASE("a recurring event runs at once, then after each interval, until its end") {
    Scheduled world;
    world.must(
        "CREATE EVENT e ON SCHEDULE EVERY 10 SECOND ENDS NOW() + INTERVAL 35 SECOND DO BEGIN "
        "INSERT INTO ran (what) VALUES ('a'); INSERT INTO ran (what) SELECT 'b'; END"
    );
    world.pass(1s);
    CHECK(world.rows() == "2");
    world.pass(20s);
    CHECK(world.rows() == "6");
    world.pass(100s);
    CHECK(world.rows() == "8");
    CHECK(run(*world.db.session, "SHOW EVENTS") == "");
}

TEST_CASE("what is disabled, or switched off, does not run") {
    Scheduled world;
    world.must(
        "CREATE EVENT e ON SCHEDULE EVERY 1 SECOND DISABLE DO INSERT INTO ran (what) VALUES ('a')"
    );
    world.pass(5s);
    CHECK(world.rows() == "0");
    world.must("SET GLOBAL event_scheduler = OFF");
    world.must("ALTER EVENT e ENABLE");
    world.pass(5s);
    CHECK(world.rows() == "0");
    world.must("SET GLOBAL event_scheduler = ON");
    world.db.engine.set_read_only(true);
    world.pass(5s);
    CHECK(world.rows() == "0");
    world.db.engine.set_read_only(false);
    world.pass(1s);
    CHECK(world.rows() == "1");
}

TEST_CASE("what goes wrong in an event is written into the error log, and it goes on") {
    Scheduled world;
    world.must("CREATE EVENT e ON SCHEDULE EVERY 1 SECOND DO INSERT INTO nope VALUES (1)");
    world.pass(2s);
    REQUIRE(world.errors.size() == 2);
    CHECK(world.errors[0] == "Event Scheduler: [root@%][q.e] Table 'q.nope' doesn't exist");
}

TEST_CASE("an event has the rights of its definer") {
    Scheduled world;
    world.must("CREATE USER maker");
    world.must("GRANT EVENT ON q.* TO maker");
    const auto maker = world.db.engine.connect("maker", "localhost");
    REQUIRE(!maker->use("q"));
    REQUIRE(
        run(*maker, "CREATE EVENT e ON SCHEDULE EVERY 1 SECOND DO INSERT INTO ran (what) VALUES (1)"
        ) == "ok 0"
    );
    world.pass(1s);
    REQUIRE(world.errors.size() == 1);
    CHECK(
        world.errors[0] == "Event Scheduler: [maker@%][q.e] INSERT command denied to user "
                           "'maker'@'localhost' for table 'ran'"
    );
    world.must("GRANT INSERT ON q.ran TO maker");
    world.pass(1s);
    CHECK(world.rows() == "1");
    world.must("CREATE USER other");
    const auto other = world.db.engine.connect("other", "localhost");
    CHECK(
        run(*other, "DROP EVENT q.e") ==
        "1044 42000 Access denied for user 'other'@'%' to database 'q'"
    );
}

TEST_CASE("nobody makes an event or a view of somebody else, and it dies with its definer") {
    Scheduled world;
    world.db.engine.put_user("admin", "password");
    world.must("CREATE USER maker");
    world.must("GRANT EVENT, INSERT, CREATE VIEW ON q.* TO maker");
    const auto maker = world.db.engine.connect("maker", "localhost");
    REQUIRE(!maker->use("q"));
    const std::string refused = "1227 42000 Access denied; you need (at least one of) the SUPER or "
                                "SET_USER_ID privilege(s) for this operation";
    CHECK(run(*maker, "CREATE DEFINER=admin VIEW v AS SELECT 1") == refused);
    const std::string event =
        "EVENT e ON SCHEDULE EVERY 1 SECOND DO INSERT INTO ran (what) VALUES (1)";
    CHECK(run(*maker, "CREATE DEFINER=admin " + event) == refused);
    const auto admin = world.db.engine.connect("admin", "localhost");
    REQUIRE(!admin->use("q"));
    CHECK(run(*admin, "CREATE DEFINER=maker " + event) == "ok 0");
    CHECK(run(*maker, "SELECT DEFINER FROM information_schema.EVENTS") == "maker@%");
    world.must("CREATE USER reader");
    world.must("GRANT SELECT ON q.* TO reader");
    const auto reader = world.db.engine.connect("reader", "localhost");
    CHECK(run(*reader, "SELECT COUNT(*) FROM information_schema.EVENTS") == "0");
    world.must("DROP USER maker");
    world.pass(1s);
    CHECK(world.rows() == "0");
    REQUIRE(world.errors.size() == 1);
    CHECK(world.errors[0].ends_with("The user specified as a definer ('maker'@'%') does not exist")
    );
}

TEST_CASE("events are there again after a restart") {
    diorama::test::Folder folder;
    diorama::VirtualTime time;
    diorama::rds::EngineSettings settings;
    settings.path = folder.file("db");
    {
        diorama::rds::Engine engine(settings, time, diorama::Random(1));
        const auto session = engine.connect("root", "localhost");
        REQUIRE(run(*session, "CREATE DATABASE q") == "ok 1");
        REQUIRE(
            run(*session,
                "CREATE EVENT q.e ON SCHEDULE EVERY '1 12' DAY_HOUR COMMENT 'c' DO SELECT 1") ==
            "ok 0"
        );
    }
    diorama::rds::Engine engine(settings, time, diorama::Random(1));
    const auto session = engine.connect("root", "localhost");
    CHECK(
        run(*session,
            "SELECT EVENT_NAME, INTERVAL_VALUE, STATUS, EVENT_COMMENT FROM "
            "information_schema.EVENTS") == "e|'1 12'|ENABLED|c"
    );
}
