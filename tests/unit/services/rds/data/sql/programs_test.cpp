// Stored programs: what tests/sql cannot say because it takes several sessions, a restart or a
// replica.
#include "tests/support/sessions.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using test::Instance;
using test::WaitingSession;

namespace {

struct Two {
    Two() {
        db.run("CREATE TABLE t (id INT PRIMARY KEY, n INT)");
        db.run("CREATE TABLE log (n INT PRIMARY KEY AUTO_INCREMENT, what VARCHAR(50))");
        db.run("INSERT INTO t VALUES (1, 10), (2, 20)");
    }

    Instance db;
    WaitingSession a{db.engine};
    WaitingSession b{db.engine};
};

constexpr const char* steps = "CREATE PROCEDURE steps() BEGIN "
                              "INSERT INTO log (what) VALUES ('before'); "
                              "UPDATE t SET n = n + 1 WHERE id = 1; "
                              "INSERT INTO log (what) VALUES ('after'); END";

} // namespace

TEST_CASE("call: one that waits for a row goes on where it stopped") {
    Two two;
    CHECK(two.db.run(steps) == "ok 0");
    two.a.run("BEGIN");
    two.a.run("UPDATE t SET n = 100 WHERE id = 1");
    CHECK(two.b.run("CALL steps()") == "blocks");
    CHECK(two.db.run("SELECT what FROM log ORDER BY n") == "before");
    CHECK(two.b.answer() == "blocks");
    two.a.run("COMMIT");
    CHECK(two.b.answer() == "ok 1");
    CHECK(two.db.run("SELECT what FROM log ORDER BY n") == "before;after");
    CHECK(two.db.run("SELECT n FROM t WHERE id = 1") == "101");
}

TEST_CASE("call: what ends the wait is an error of the statement, which a handler may take") {
    Two two;
    two.db.run(steps);
    CHECK(
        two.db.run("CREATE PROCEDURE patient() BEGIN DECLARE EXIT HANDLER FOR 1205 SELECT 'gave "
                   "up'; CALL steps(); END") == "ok 0"
    );
    two.a.run("BEGIN");
    two.a.run("UPDATE t SET n = 100 WHERE id = 1");
    CHECK(two.b.run("CALL steps()") == "blocks");
    CHECK(two.b.give_up() == "1205 HY000 Lock wait timeout exceeded; try restarting transaction");
    CHECK(two.b.run("CALL patient()") == "blocks");
    CHECK(two.b.give_up() == "gave up");
    two.a.run("ROLLBACK");
    CHECK(two.db.run("SELECT what FROM log ORDER BY n") == "before;before");
}

TEST_CASE("call: a deadlock inside of it rolls the transaction back") {
    Two two;
    two.db.run("CREATE PROCEDURE both_rows(x INT, y INT) BEGIN UPDATE t SET n = 0 WHERE id = x; "
               "UPDATE t SET n = 0 WHERE id = y; END");
    two.a.run("BEGIN");
    two.b.run("BEGIN");
    two.a.run("UPDATE t SET n = 1 WHERE id = 1");
    two.b.run("UPDATE t SET n = 2 WHERE id = 2");
    CHECK(two.a.run("CALL both_rows(1, 2)") == "blocks");
    CHECK(
        two.b.run("CALL both_rows(2, 1)") ==
        "1213 40001 Deadlock found when trying to get lock; try restarting transaction"
    );
    CHECK(two.a.answer() == "ok 1");
    two.a.run("COMMIT");
    CHECK(two.db.run("SELECT n FROM t ORDER BY id") == "0;0");
}

TEST_CASE("triggers: a statement that waits inside of one begins anew, and fires each row once") {
    Two two;
    two.db.run("CREATE TABLE source (id INT PRIMARY KEY)");
    CHECK(
        two.db.run("CREATE TRIGGER source_ai AFTER INSERT ON source FOR EACH ROW BEGIN INSERT INTO "
                   "log (what) VALUES (NEW.id); UPDATE t SET n = n + 1 WHERE id = 1; END") == "ok 0"
    );
    two.a.run("BEGIN");
    two.a.run("UPDATE t SET n = 100 WHERE id = 1");
    CHECK(two.b.run("INSERT INTO source VALUES (1), (2)") == "blocks");
    CHECK(two.db.run("SELECT COUNT(*) FROM log") == "0");
    two.a.run("COMMIT");
    CHECK(two.b.answer() == "ok 2");
    CHECK(two.db.run("SELECT what FROM log ORDER BY what") == "1;2");
    CHECK(two.db.run("SELECT n FROM t WHERE id = 1") == "102");
}

TEST_CASE("functions: one that writes makes its SELECT wait, and gives each row once") {
    Two two;
    CHECK(
        two.db.run("CREATE FUNCTION bump(x INT) RETURNS INT DETERMINISTIC BEGIN INSERT INTO log "
                   "(what) VALUES (x); UPDATE t SET n = n + 1 WHERE id = x; RETURN x; END"
        ) == "ok 0"
    );
    two.a.run("BEGIN");
    two.a.run("UPDATE t SET n = 0 WHERE id = 2");
    CHECK(two.b.run("SELECT bump(1), bump(2)") == "blocks");
    two.a.run("COMMIT");
    CHECK(two.b.answer() == "1|2");
    CHECK(two.db.run("SELECT what FROM log ORDER BY n") == "1;2");
    CHECK(two.db.run("SELECT n FROM t ORDER BY id") == "11;1");
}

TEST_CASE("call: KILL QUERY ends a loop, and no handler takes that") {
    Two two;
    two.db.run("CREATE PROCEDURE forever() BEGIN DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN "
               "END; LOOP UPDATE t SET n = n + 1 WHERE id = 1; END LOOP; END");
    two.a.run("BEGIN");
    two.a.run("UPDATE t SET n = 0 WHERE id = 1");
    CHECK(two.b.run("CALL forever()") == "blocks");
    two.b.connection().kill(true);
    CHECK(two.b.answer() == "1317 70100 Query execution was interrupted");
    two.a.run("ROLLBACK");
    CHECK(two.b.run("SELECT 1") == "1");
}

TEST_CASE(
    "call: a driver that serves others meanwhile is told that it takes long, and nothing is done"
) {
    Two two;
    two.db.run(steps);
    auto session = two.db.engine.connect("root", "localhost");
    session->use("q");
    session->limit_time(std::chrono::milliseconds(2));
    auto prepared = session->prepare("CALL steps()");
    test::ResultText result;
    auto& statement = *std::get<rds::sql::PreparedPtr>(prepared);
    CHECK(session->execute(statement, {}, result) == rds::sql::Progress::takes_long);
    CHECK(two.db.run("SELECT COUNT(*) FROM log") == "0");
    session->limit_time({});
    CHECK(session->execute(statement, {}, result) == rds::sql::Progress::finished);
    CHECK(two.db.run("SELECT COUNT(*) FROM log") == "2");
}

TEST_CASE("call: what a placeholder takes of an OUT parameter is one more result") {
    Two two;
    two.db.run(
        "CREATE PROCEDURE halves(IN a INT, OUT b INT, INOUT c INT) BEGIN SET b = a * 2, c = c "
        "+ 1; SELECT 'in between'; END"
    );
    auto prepared = two.db.session->prepare("CALL halves(?, ?, ?)");
    test::ResultText result;
    const std::vector<rds::sql::Parameter> given = {
        {rds::sql::Value::of(std::int64_t{4}), rds::sql::ParameterClass::integer},
        {},
        {rds::sql::Value::of(std::int64_t{9}), rds::sql::ParameterClass::integer}
    };
    two.db.session->execute(*std::get<rds::sql::PreparedPtr>(prepared), given, result);
    CHECK(result.text == "in between / 8|10");
}

TEST_CASE("functions: read the snapshot of the transaction that calls them") {
    Two two;
    CHECK(
        two.db.run("CREATE FUNCTION total() RETURNS INT READS SQL DATA BEGIN DECLARE s INT; SELECT "
                   "SUM(n) INTO s FROM t; RETURN s; END") == "ok 0"
    );
    two.a.run("BEGIN");
    CHECK(two.a.run("SELECT total()") == "30");
    CHECK(two.b.run("INSERT INTO t VALUES (3, 100)") == "ok 1");
    CHECK(two.a.run("SELECT total()") == "30");
    CHECK(two.a.run("UPDATE t SET n = 11 WHERE id = 1") == "ok 1");
    CHECK(two.a.run("SELECT total(), id FROM t ORDER BY id") == "31|1;31|2");
    two.a.run("COMMIT");
    CHECK(two.a.run("SELECT total()") == "131");
}

TEST_CASE("triggers: LOAD DATA fires them for each row") {
    Two two;
    two.db.run("CREATE TRIGGER t_bi BEFORE INSERT ON t FOR EACH ROW SET NEW.n = NEW.n * 10");
    two.db.session->give_file("7\t1\n8\t2\n");
    CHECK(two.db.run("LOAD DATA LOCAL INFILE 'x' INTO TABLE t") == "ok 2");
    CHECK(two.db.run("SELECT n FROM t WHERE id > 6 ORDER BY id") == "10;20");
}

TEST_CASE("triggers: a parked transaction repeats its rows without firing them again") {
    Two two;
    two.db.run("CREATE TABLE source (id INT PRIMARY KEY)");
    two.db.run(
        "CREATE TRIGGER source_ai AFTER INSERT ON source FOR EACH ROW INSERT INTO log (what) "
        "VALUES (NEW.id)"
    );
    two.a.run("BEGIN");
    two.a.run("INSERT INTO source VALUES (1)");
    two.b.run("UPDATE t SET n = 5 WHERE id = 2");
    two.a.run("INSERT INTO source VALUES (2)");
    two.b.run("UPDATE t SET n = 6 WHERE id = 2");
    two.a.run("COMMIT");
    CHECK(two.db.run("SELECT what FROM log ORDER BY n") == "1;2");
}

TEST_CASE("call: ten thousand turns of a loop are parsed once") {
    Two two;
    two.db.run("CREATE TABLE many (id INT PRIMARY KEY, v INT)");
    two.db.run("CREATE PROCEDURE fill(upto INT) BEGIN DECLARE i INT DEFAULT 0; START TRANSACTION; "
               "WHILE i < upto DO INSERT INTO many VALUES (i, i * 2); SET i = i + 1; END WHILE; "
               "COMMIT; END");
    CHECK(two.db.run("CALL fill(10000)") == "ok 0");
    CHECK(two.db.run("SELECT COUNT(*), SUM(v) FROM many") == "10000|99990000");
}

TEST_CASE("programs: are there after reopening, with their order and their mode") {
    test::Folder folder;
    VirtualTime time;
    const auto settings = [&] {
        return rds::EngineSettings{
            .path = folder.file("db"),
            .has_one_thread = true,
            .variables = {}
        };
    };
    {
        rds::Engine engine(settings(), time, Random(7));
        auto session = engine.connect("root", "localhost");
        for (const auto* statement :
             {"CREATE DATABASE q",
              "USE q",
              "CREATE TABLE t (a INT)",
              "CREATE TRIGGER one BEFORE INSERT ON t FOR EACH ROW SET NEW.a = NEW.a + 1",
              "CREATE TRIGGER two BEFORE INSERT ON t FOR EACH ROW PRECEDES one SET NEW.a = NEW.a * "
              "10",
              "SET sql_mode = ''",
              "CREATE PROCEDURE loose() BEGIN DECLARE x TINYINT; SET x = 1000; SELECT x; END",
              "SET sql_mode = DEFAULT",
              "CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC RETURN a * 2"})
            CHECK(test::run(*session, statement).starts_with("ok"));
    }
    rds::Engine engine(settings(), time, Random(7));
    auto session = engine.connect("root", "localhost");
    test::run(*session, "USE q");
    CHECK(test::run(*session, "INSERT INTO t VALUES (4)") == "ok 1");
    CHECK(test::run(*session, "SELECT a, f(a) FROM t") == "41|82");
    CHECK(test::run(*session, "CALL loose()") == "127");
}

TEST_CASE("programs: a replica has them, and repeats rows without firing triggers again") {
    Instance source;
    source.run("CREATE TABLE t (id INT PRIMARY KEY, a INT)");
    source.run("CREATE TABLE log (what VARCHAR(20))");
    CHECK(
        source.run("CREATE TRIGGER t_ai AFTER INSERT ON t FOR EACH ROW INSERT INTO log VALUES "
                   "(NEW.id)") == "ok 0"
    );
    CHECK(source.run("CREATE PROCEDURE p() INSERT INTO t VALUES (2, 2)") == "ok 0");
    CHECK(source.run("INSERT INTO t VALUES (1, 1)") == "ok 1");
    source.run("CALL p()");
    Instance replica("replica");
    rds::Engine copy(
        {.path = source.folder.file("copy"), .has_one_thread = true, .variables = {}},
        source.time,
        Random(8)
    );
    for (const auto& entry : source.engine.read_log(0, 100))
        REQUIRE(copy.apply(entry));
    auto session = copy.connect("root", "localhost");
    test::run(*session, "USE q");
    CHECK(test::run(*session, "SELECT what FROM log ORDER BY what") == "1;2");
    CHECK(test::run(*session, "SHOW TRIGGERS").starts_with("t_ai|INSERT|t|"));
    test::run(*session, "DROP TRIGGER t_ai");
    CHECK(test::run(*session, "SELECT COUNT(*) FROM information_schema.ROUTINES") == "1");
}

TEST_CASE("programs: a definer's rights count, or the caller's") {
    Instance db;
    db.run("CREATE TABLE secret (a INT)");
    db.run("INSERT INTO secret VALUES (42)");
    db.engine.put_user("admin", "a-password");
    auto admin = db.engine.connect("admin", "localhost");
    test::run(*admin, "USE q");
    CHECK(
        test::run(
            *admin,
            "CREATE PROCEDURE shown() SELECT a, CURRENT_USER(), USER() FROM secret"
        ) == "ok 0"
    );
    CHECK(
        test::run(*admin, "CREATE PROCEDURE refused() SQL SECURITY INVOKER SELECT a FROM secret") ==
        "ok 0"
    );
    db.run("CREATE DEFINER = nobody PROCEDURE orphan() SELECT a FROM secret");
    db.run("CREATE USER guest IDENTIFIED BY 'x'");
    db.run("GRANT EXECUTE ON q.* TO guest");
    auto guest = db.engine.connect("guest", "localhost");
    CHECK(test::run(*guest, "USE q") == "ok 0");
    CHECK(test::run(*guest, "SELECT a FROM secret").starts_with("1142 "));
    CHECK(test::run(*guest, "CALL shown()") == "42|admin@%|guest@localhost");
    CHECK(test::run(*guest, "CALL refused()").starts_with("1142 "));
    CHECK(test::run(*guest, "CALL orphan()").starts_with("1449 "));
    CHECK(test::run(*guest, "SELECT CURRENT_USER()") == "guest@%");
    CHECK(test::run(*guest, "CREATE PROCEDURE p() SELECT 1").starts_with("1044 "));
    db.run("REVOKE EXECUTE ON q.* FROM guest");
    db.run("GRANT INSERT ON q.* TO guest");
    CHECK(test::run(*guest, "CALL shown()").starts_with("1370 "));
}

TEST_CASE("functions: without DETERMINISTIC they are refused while the binary log is on") {
    Instance db;
    CHECK(db.run("CREATE FUNCTION f() RETURNS INT RETURN 1").starts_with("1418 "));
    db.engine.set_global_variable("log_bin_trust_function_creators", "ON");
    CHECK(db.run("CREATE FUNCTION f() RETURNS INT RETURN 1") == "ok 0");
    CHECK(db.run("SELECT f()") == "1");
}
