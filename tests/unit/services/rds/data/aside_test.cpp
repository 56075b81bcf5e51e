// Transactions that write beside one another: what they change is set aside until they commit.
// Sessions at random and on threads: aside_random_test.cpp.
#include "emulator/time/real_clock.hpp"
#include "tests/support/beside.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using test::Beside;
using test::Instance;
using test::WaitingSession;

TEST_CASE("aside: changes of rows by their keys are written when they are committed") {
    Beside beside;
    CHECK(beside.aside("UPDATE t SET n = n + 1 WHERE id = 2") == "ok 1");
    CHECK(beside.aside("DELETE FROM t WHERE id = 3 AND n = 30") == "ok 1");
    CHECK(beside.aside("DELETE FROM t WHERE id = 77") == "ok 0");
    CHECK(beside.aside("INSERT INTO t (id, n) VALUES (4, 40), (5, 50)") == "ok 2");
    CHECK(beside.aside("UPDATE words SET n = 7 WHERE a = 'TWO' AND b = 2") == "ok 1");
    CHECK(beside.rows() == "1|10;2|20;3|30");
    SUBCASE("committed") {
        CHECK(beside.session.run("COMMIT") == "ok 0");
        CHECK(beside.rows() == "1|10;2|21;4|40;5|50");
        CHECK(beside.db.run("SELECT * FROM words") == "one|1|1;two|2|7");
    }
    SUBCASE("rolled back") {
        CHECK(beside.session.run("ROLLBACK") == "ok 0");
        CHECK(beside.rows() == "1|10;2|20;3|30");
    }
    beside.other.run("ROLLBACK");
    CHECK(beside.db.engine.row_locks().transactions() == 0);
}

TEST_CASE("aside: a transaction sees its own changes") {
    Beside beside;
    CHECK(beside.aside("UPDATE t SET n = n + 1 WHERE id = 2") == "ok 1");
    CHECK(beside.aside("INSERT INTO t (id, n) VALUES (4, 40)") == "ok 1");
    SUBCASE("in a query") {
        CHECK(beside.session.run("SELECT id, n FROM t ORDER BY id") == "1|10;2|21;3|30;4|40");
    }
    SUBCASE("when it changes them again") {
        CHECK(beside.session.run("UPDATE t SET n = n + 1 WHERE id = 2") == "ok 1");
        CHECK(beside.session.run("UPDATE t SET n = n + 1 WHERE id = 4") == "ok 1");
        CHECK(beside.session.run("UPDATE t SET n = n + 1 WHERE n > 20") == "ok 3");
        beside.session.run("COMMIT");
        CHECK(beside.rows() == "1|10;2|23;3|31;4|42");
    }
    SUBCASE("when it removes them") {
        CHECK(beside.session.run("DELETE FROM t WHERE id = 4") == "ok 1");
        CHECK(beside.session.run("DELETE FROM t WHERE id = 4") == "ok 0");
        CHECK(beside.session.run("INSERT INTO t (id, n) VALUES (4, 44)") == "ok 1");
        beside.session.run("COMMIT");
        CHECK(beside.rows() == "1|10;2|21;3|30;4|44");
    }
}

TEST_CASE("aside: a key is free again when the transaction itself has removed its row") {
    Beside beside;
    CHECK(beside.aside("DELETE FROM t WHERE id = 3") == "ok 1");
    CHECK(beside.aside("INSERT INTO t (id, n) VALUES (3, 33)") == "ok 1");
    beside.session.run("COMMIT");
    CHECK(beside.rows() == "1|10;2|20;3|33");
}

TEST_CASE("aside: duplicates are found, and undo their statement only") {
    Beside beside;
    CHECK(beside.aside("INSERT INTO t (id, n) VALUES (4, 40)") == "ok 1");
    CHECK(
        beside.session.run("INSERT INTO t (id, n) VALUES (5, 50), (2, 0)") ==
        "1062 23000 Duplicate entry '2' for key 't.PRIMARY'"
    );
    CHECK(
        beside.session.run("INSERT INTO t (id, n) VALUES (6, 60), (4, 0)") ==
        "1062 23000 Duplicate entry '4' for key 't.PRIMARY'"
    );
    beside.session.run("COMMIT");
    CHECK(beside.rows() == "1|10;2|20;3|30;4|40");
}

TEST_CASE("aside: rows of others are waited for, and read anew then") {
    Beside beside;
    CHECK(beside.aside("UPDATE t SET n = n + 1 WHERE id = 2") == "ok 1");
    CHECK(beside.session.run("UPDATE t SET n = n + 100 WHERE id = 1") == "blocks");
    SUBCASE("committed") {
        beside.other.run("COMMIT");
        CHECK(beside.session.answer() == "ok 1");
        beside.session.run("COMMIT");
        CHECK(beside.rows() == "1|111;2|21;3|30");
    }
    SUBCASE("a circle") {
        CHECK(beside.other.run("UPDATE t SET n = 0 WHERE id = 2").substr(0, 10) == "1213 40001");
        CHECK(beside.session.answer() == "ok 1");
        beside.session.run("COMMIT");
        CHECK(beside.rows() == "1|110;2|21;3|30");
    }
    SUBCASE("in vain") {
        CHECK(beside.session.give_up().substr(0, 10) == "1205 HY000");
        beside.session.run("COMMIT");
        CHECK(beside.rows() == "1|10;2|21;3|30");
    }
}

TEST_CASE("aside: what is locked is locked for others") {
    Beside beside;
    CHECK(beside.aside("DELETE FROM t WHERE id = 2") == "ok 1");
    CHECK(beside.aside("INSERT INTO t (id, n) VALUES (4, 40)") == "ok 1");
    SUBCASE("a removed row") {
        CHECK(beside.other.run("UPDATE t SET n = 0 WHERE id = 2") == "blocks");
        beside.session.run("COMMIT");
        CHECK(beside.other.answer() == "ok 0");
    }
    SUBCASE("an inserted key") {
        CHECK(beside.other.run("INSERT INTO t (id, n) VALUES (4, 0)") == "blocks");
        beside.session.run("ROLLBACK");
        CHECK(beside.other.answer() == "ok 1");
    }
    SUBCASE("the table") {
        CHECK(beside.other.run("ALTER TABLE t ADD x INT") == "blocks");
        beside.session.run("COMMIT");
        CHECK(beside.other.answer().substr(0, 2) == "ok");
    }
}

TEST_CASE("aside: savepoints stand between the changes") {
    Beside beside;
    CHECK(beside.aside("UPDATE t SET n = 21 WHERE id = 2") == "ok 1");
    beside.session.run("SAVEPOINT s");
    CHECK(beside.aside("UPDATE t SET n = 31 WHERE id = 3") == "ok 1");
    beside.session.run("ROLLBACK TO s");
    CHECK(beside.aside("INSERT INTO t (id, n) VALUES (4, 41)") == "ok 1");
    beside.session.run("COMMIT");
    CHECK(beside.rows() == "1|10;2|21;3|30;4|41");
}

TEST_CASE("aside: only so many changes, and only of what stands for itself") {
    Beside beside;
    std::string expected = "1|10;2|20;3|30";
    bool was_aside = true;
    for (int i = 100; i < 200; ++i) {
        CHECK(beside.session.run(fmt::format("INSERT INTO t (id, n) VALUES ({}, 1)", i)) == "ok 1");
        was_aside = was_aside && beside.is_aside();
        expected += fmt::format(";{}|1", i);
    }
    CHECK(!was_aside);
    beside.session.run("COMMIT");
    CHECK(beside.rows() == expected);
    for (const auto* statement :
         {"UPDATE t SET n = 0 WHERE n = 20",
          "UPDATE t SET n = (SELECT max(b) FROM words) WHERE id = 2",
          "UPDATE t SET id = 900 WHERE id = 2",
          "REPLACE INTO t (id, n) VALUES (2, 22)"}) {
        CAPTURE(statement);
        beside.session.run("BEGIN");
        CHECK(beside.session.run(statement).substr(0, 2) == "ok");
        CHECK(!beside.is_aside());
        beside.session.run("ROLLBACK");
    }
}

TEST_CASE("aside: keys that are compared otherwise than they are written") {
    Beside beside;
    beside.session.run("ROLLBACK");
    beside.db.run("CREATE TABLE y (y YEAR PRIMARY KEY, n INT)");
    beside.db.run("CREATE TABLE c (c CHAR(5) PRIMARY KEY, n INT)");
    beside.db.run("INSERT INTO y VALUES (1970, 1)");
    beside.db.run("INSERT INTO c VALUES ('ab', 1)");
    beside.session.run("BEGIN");
    for (const auto* twice :
         {"UPDATE y SET n = n + 1 WHERE y = 1970",
          "UPDATE y SET n = n + 1 WHERE y = 1970",
          "UPDATE c SET n = n + 1 WHERE c = 'ab'",
          "UPDATE c SET n = n + 1 WHERE c = 'AB'"})
        CHECK(beside.session.run(twice) == "ok 1");
    beside.session.run("COMMIT");
    CHECK(beside.db.run("SELECT n FROM y") == "3");
    CHECK(beside.db.run("SELECT n FROM c") == "3");
}

TEST_CASE("aside: rows get what their table gives them") {
    Beside beside;
    beside.session.run("ROLLBACK");
    beside.db.run("CREATE TABLE made (id INT AUTO_INCREMENT PRIMARY KEY, a INT DEFAULT 7, "
                  "b INT AS (a * 2) STORED, c VARCHAR(9) DEFAULT (CONCAT('x', a)), "
                  "CHECK (a < 100), KEY (b))");
    beside.db.run("INSERT INTO made (a) VALUES (1)");
    beside.session.run("BEGIN");
    CHECK(beside.aside("INSERT INTO made () VALUES ()") == "ok 1");
    CHECK(beside.session.run("SELECT LAST_INSERT_ID()") == "2");
    beside.session.run("COMMIT");
    beside.session.run("BEGIN");
    CHECK(beside.aside("INSERT INTO made (a) VALUES (5), (6)") == "ok 2");
    CHECK(beside.aside("UPDATE made SET a = a + 1, c = CONCAT(c, a) WHERE id = 1") == "ok 1");
    CHECK(beside.aside("UPDATE made SET a = a WHERE id = 2") == "ok 0");
    CHECK(
        beside.session.run("UPDATE made SET a = 100 WHERE id = 2") ==
        "3819 HY000 Check constraint 'made_chk_1' is violated."
    );
    CHECK(
        beside.session.run("INSERT INTO made (a) VALUES (8), (101)") ==
        "3819 HY000 Check constraint 'made_chk_1' is violated."
    );
    CHECK(beside.session.run("UPDATE made SET a = 'x' WHERE id = 2").substr(0, 4) == "1366");
    CHECK(beside.is_aside());
    CHECK(beside.db.run("INSERT INTO made (a) VALUES (9)") == "ok 1"); // its own number
    beside.session.run("COMMIT");
    CHECK(
        beside.db.run("SELECT * FROM made") == "1|2|4|x12;2|7|14|x7;3|5|10|x5;4|6|12|x6;7|9|18|x9"
    );
}

TEST_CASE("aside: what concerns other tables or keys takes the writer's place") {
    Beside beside;
    beside.session.run("ROLLBACK");
    for (const auto* sql :
         {"CREATE TABLE parent (id INT PRIMARY KEY, n INT)",
          "CREATE TABLE child (id INT PRIMARY KEY, p INT, "
          "FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE)",
          "CREATE TABLE fired (id INT PRIMARY KEY, n INT)",
          "CREATE TABLE named (id INT PRIMARY KEY, name VARCHAR(9) UNIQUE)",
          "CREATE TABLE words_of (id INT PRIMARY KEY, w TEXT, FULLTEXT (w))",
          "CREATE TABLE keyless (id INT)",
          "CREATE VIEW seen AS SELECT * FROM t",
          "INSERT INTO parent VALUES (1, 1), (2, 2)",
          "INSERT INTO child VALUES (1, 1)",
          "INSERT INTO fired VALUES (1, 1)",
          "INSERT INTO named VALUES (1, 'a')",
          "INSERT INTO words_of VALUES (1, 'a')",
          "CREATE TRIGGER f AFTER UPDATE ON fired FOR EACH ROW SET @fired = NEW.n"})
        REQUIRE(beside.db.run(sql).substr(0, 2) == "ok");
    for (const auto* statement :
         {"DELETE FROM parent WHERE id = 1",
          "UPDATE child SET p = 2 WHERE id = 1",
          "INSERT INTO child VALUES (2, 2)",
          "UPDATE fired SET n = 2 WHERE id = 1",
          "INSERT INTO named VALUES (2, 'b')",
          "UPDATE words_of SET w = 'b' WHERE id = 1",
          "INSERT INTO keyless VALUES (1)",
          "UPDATE seen SET n = 3 WHERE id = 2",
          "INSERT INTO t (id, n) VALUES (1000, 1) ON DUPLICATE KEY UPDATE n = 2",
          "INSERT IGNORE INTO t (id, n) VALUES (1001, 1)",
          "INSERT INTO t (id, n) SELECT 1002, 1",
          "UPDATE t SET n = LAST_INSERT_ID(5) WHERE id = 2",
          "UPDATE t SET n = @@autocommit WHERE id = 2",
          "DELETE FROM t WHERE id = 2 LIMIT 1",
          "DELETE FROM t WHERE id = 2 OR id = 3",
          "DELETE FROM t WHERE NOT id <> 2"}) {
        CAPTURE(statement);
        beside.session.run("BEGIN");
        CHECK(beside.session.run(statement).substr(0, 2) == "ok");
        CHECK(!beside.is_aside());
        beside.session.run("ROLLBACK");
    }
    CHECK(beside.db.run("INSERT INTO named VALUES (3, 'c')") == "ok 1");
}

TEST_CASE("aside: an UPDATE is translated anew under other modes") {
    Instance db;
    db.run("CREATE TABLE t (id INT PRIMARY KEY, a INT UNSIGNED, n BIGINT)");
    db.run("INSERT INTO t VALUES (1, 1, 0)");
    db.run("PREPARE p FROM 'UPDATE t SET n = a - 2 WHERE id = 1'");
    CHECK(db.run("EXECUTE p").substr(0, 4) == "1690");
    db.run("SET sql_mode = CONCAT(@@sql_mode, ',NO_UNSIGNED_SUBTRACTION')");
    CHECK(db.run("EXECUTE p") == "ok 1");
    CHECK(db.run("SELECT n FROM t") == "-1");
    db.run("ALTER TABLE t MODIFY a INT");
    CHECK(db.run("EXECUTE p") == "ok 0");
}

TEST_CASE("aside: an error in a check leaves the parameters where they were") {
    test::Folder folder;
    const RealClock clock;
    rds::Engine engine({.path = folder.file("db"), .variables = {}}, clock, Random(1));
    const auto own = engine.connect("root", "localhost");
    test::run(*own, "CREATE DATABASE q");
    test::run(*own, "USE q");
    test::run(
        *own,
        "CREATE TABLE t (id INT PRIMARY KEY, n BIGINT, CHECK (n + 9223372036854775800 > 0))"
    );
    test::run(*own, "INSERT INTO t VALUES (1, 0), (2, 0)");
    WaitingSession session(engine);
    session.run("BEGIN");
    session.run("UPDATE t SET n = 1 WHERE id = 1");
    auto prepared = session.connection().prepare("UPDATE t SET n = ? WHERE id = ?");
    REQUIRE(std::holds_alternative<rds::sql::PreparedPtr>(prepared));
    const std::vector<rds::sql::Parameter> parameters{
        {rds::sql::Value::of(std::int64_t{100}), rds::sql::ParameterClass::integer},
        {rds::sql::Value::of(std::int64_t{1}), rds::sql::ParameterClass::integer}
    };
    // Somebody wants the place: when it has run, it is looked at whether it can go on aside.
    CHECK(!engine.writer_lock().acquire(&folder, [] {}));
    test::ResultText result;
    session.connection().execute(*std::get<rds::sql::PreparedPtr>(prepared), parameters, result);
    CHECK(result.text.substr(0, 4) == "1690");
    CHECK(engine.writer_lock().is_held_by(&folder));
    engine.writer_lock().withdraw(&folder);
    session.run("COMMIT");
    CHECK(test::run(*own, "SELECT n FROM t") == "1;0");
}
