// What others see of changes that are set aside, and how they come to their end.
#include "tests/support/beside.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using test::Beside;
using test::Instance;
using test::WaitingSession;

TEST_CASE("aside: each isolation level sees what it should of others and of itself") {
    Beside beside;
    beside.session.run("ROLLBACK");
    const auto read = [&] { return beside.session.run("SELECT id, n FROM t ORDER BY id"); };
    const auto begin = [&](const std::string& level) {
        beside.session.run("SET SESSION TRANSACTION ISOLATION LEVEL " + level);
        beside.session.run("BEGIN");
    };
    SUBCASE("REPEATABLE READ keeps its snapshot") {
        begin("REPEATABLE READ");
        CHECK(read() == "1|10;2|20;3|30");
        CHECK(beside.aside("UPDATE t SET n = n + 1 WHERE id = 2") == "ok 1");
        beside.db.run("UPDATE t SET n = 33 WHERE id = 3");
        CHECK(read() == "1|10;2|21;3|30");
        beside.session.run("COMMIT");
        CHECK(read() == "1|10;2|21;3|33");
    }
    SUBCASE("REPEATABLE READ changes what is newest") {
        begin("REPEATABLE READ");
        CHECK(read() == "1|10;2|20;3|30");
        beside.db.run("UPDATE t SET n = 33 WHERE id = 3");
        CHECK(beside.aside("UPDATE t SET n = n + 1 WHERE id = 3") == "ok 1");
        CHECK(beside.aside("UPDATE t SET n = n + 1 WHERE id = 77") == "ok 0");
        CHECK(read() == "1|10;2|20;3|34");
        beside.session.run("COMMIT");
    }
    SUBCASE("a statement that changes nothing leaves the snapshot") {
        begin("REPEATABLE READ");
        CHECK(read() == "1|10;2|20;3|30");
        CHECK(beside.session.run("UPDATE t SET n = 5 WHERE id = 77") == "ok 0");
        beside.db.run("UPDATE t SET n = 33 WHERE id = 3");
        CHECK(read() == "1|10;2|20;3|30");
        beside.session.run("COMMIT");
    }
    SUBCASE("READ COMMITTED") {
        begin("READ COMMITTED");
        CHECK(beside.aside("UPDATE t SET n = n + 1 WHERE id = 2") == "ok 1");
        beside.db.run("UPDATE t SET n = 33 WHERE id = 3");
        CHECK(read() == "1|10;2|21;3|33");
        beside.session.run("COMMIT");
    }
    SUBCASE("READ UNCOMMITTED of another sees it") {
        begin("READ COMMITTED");
        CHECK(beside.aside("UPDATE t SET n = n + 1 WHERE id = 2") == "ok 1");
        WaitingSession reader(beside.db.engine);
        reader.run("SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED");
        CHECK(reader.run("SELECT id, n FROM t ORDER BY id") == "1|11;2|21;3|30");
        beside.session.run("ROLLBACK");
        CHECK(reader.run("SELECT id, n FROM t ORDER BY id") == "1|11;2|20;3|30");
    }
    SUBCASE("SERIALIZABLE of another waits for it") {
        begin("SERIALIZABLE");
        CHECK(beside.aside("UPDATE t SET n = n + 1 WHERE id = 2") == "ok 1");
        WaitingSession reader(beside.db.engine);
        reader.run("SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE");
        reader.run("BEGIN");
        CHECK(reader.run("SELECT n FROM t WHERE id = 3") == "30");
        CHECK(reader.run("SELECT n FROM t WHERE id = 2") == "blocks");
        beside.session.run("COMMIT");
        CHECK(reader.answer() == "21");
    }
}

TEST_CASE("aside: transactions that end otherwise than by their own word") {
    Beside beside;
    CHECK(beside.aside("UPDATE t SET n = 21 WHERE id = 2") == "ok 1");
    const auto is_free = [&] {
        return beside.db.run("UPDATE t SET n = n + 1 WHERE id = 2") == "ok 1";
    };
    SUBCASE("a definition commits") {
        CHECK(beside.session.run("CREATE TABLE further (id INT)").substr(0, 2) == "ok");
        CHECK(is_free());
        CHECK(beside.rows() == "1|10;2|22;3|30");
    }
    SUBCASE("BEGIN commits") {
        beside.session.run("BEGIN");
        CHECK(is_free());
        CHECK(beside.rows() == "1|10;2|22;3|30");
    }
    SUBCASE("autocommit commits") {
        beside.session.run("SET autocommit = 1");
        CHECK(beside.session.run("COMMIT") == "ok 0");
        CHECK(beside.rows() == "1|10;2|21;3|30");
    }
    SUBCASE("a reset undoes") {
        beside.session.connection().reset();
        CHECK(is_free());
        CHECK(beside.rows() == "1|10;2|21;3|30");
    }
    SUBCASE("KILL QUERY undoes the statement that waits") {
        CHECK(beside.session.run("DELETE FROM t WHERE id = 1") == "blocks");
        beside.session.connection().kill(true);
        CHECK(beside.session.answer().substr(0, 4) == "1317");
        beside.session.run("COMMIT");
        CHECK(beside.rows() == "1|10;2|21;3|30");
    }
    SUBCASE("a temporary table is kept beside it") {
        CHECK(beside.session.run("CREATE TEMPORARY TABLE mine (id INT)").substr(0, 2) == "ok");
        CHECK(beside.session.run("INSERT INTO mine VALUES (5)") == "ok 1");
        CHECK(beside.session.run("UPDATE t SET n = 31 WHERE id = 3") == "ok 1");
        CHECK(!beside.is_aside());
        beside.session.run("COMMIT");
        CHECK(beside.session.run("SELECT * FROM mine") == "5");
        CHECK(beside.rows() == "1|10;2|21;3|31");
    }
}

TEST_CASE("aside: a session that ends undoes what it has set aside") {
    Instance db;
    db.run("CREATE TABLE t (id INT PRIMARY KEY, n INT)");
    db.run("INSERT INTO t VALUES (1, 10), (2, 20)");
    WaitingSession other(db.engine);
    other.run("BEGIN");
    other.run("UPDATE t SET n = 11 WHERE id = 1");
    {
        WaitingSession session(db.engine);
        session.run("SET autocommit = 0");
        session.run("UPDATE t SET n = 21 WHERE id = 2");
        CHECK(other.run("UPDATE t SET n = 22 WHERE id = 2") == "blocks");
    }
    CHECK(other.answer() == "ok 1");
    other.run("COMMIT");
    CHECK(db.run("SELECT * FROM t") == "1|11;2|22");
    CHECK(db.engine.row_locks().transactions() == 0);
}

TEST_CASE("aside: read-only transactions and instances refuse as ever") {
    Beside beside;
    beside.session.run("ROLLBACK");
    beside.session.run("START TRANSACTION READ ONLY");
    CHECK(beside.session.run("UPDATE t SET n = 1 WHERE id = 2").substr(0, 4) == "1792");
    beside.session.run("COMMIT");
    SUBCASE("when a row is free") {
        beside.session.run("BEGIN");
        CHECK(beside.session.run("UPDATE t SET n = 1 WHERE id = 1") == "blocks");
        beside.db.engine.set_read_only(true);
        beside.other.run("ROLLBACK");
        CHECK(beside.session.answer().substr(0, 4) == "1290");
        beside.session.run("ROLLBACK");
    }
    SUBCASE("when the writer's place is free") {
        beside.other.run("CREATE TEMPORARY TABLE mine (id INT)");
        beside.other.run("INSERT INTO mine VALUES (1)"); // it keeps the place
        CHECK(beside.session.run("UPDATE t SET n = 1 WHERE id = 2") == "blocks");
        beside.db.engine.set_read_only(true);
        beside.other.run("ROLLBACK");
        CHECK(beside.session.answer().substr(0, 4) == "1290");
    }
    beside.db.engine.set_read_only(false);
    CHECK(beside.other.run("UPDATE t SET n = 12 WHERE id = 1") == "ok 1"); // nobody has the place
    CHECK(beside.rows() == "1|12;2|20;3|30");
}

TEST_CASE("aside: rows inserted after a savepoint are free when they are taken back") {
    Beside beside;
    CHECK(beside.aside("DELETE FROM t WHERE id = 3") == "ok 1");
    beside.session.run("SAVEPOINT s");
    CHECK(beside.aside("INSERT INTO t (id, n) VALUES (4, 41)") == "ok 1");
    CHECK(beside.aside("INSERT INTO t (id, n) VALUES (3, 31)") == "ok 1");
    CHECK(beside.aside("UPDATE t SET n = 21 WHERE id = 2") == "ok 1");
    WaitingSession third(beside.db.engine);
    CHECK(third.run("INSERT INTO t (id, n) VALUES (4, 42)") == "blocks");
    beside.session.run("ROLLBACK TO s");
    CHECK(third.answer() == "ok 1");
    CHECK(third.run("UPDATE t SET n = 22 WHERE id = 2") == "blocks"); // as MySQL says
    CHECK(beside.other.run("INSERT INTO t (id, n) VALUES (3, 32)") == "blocks");
    beside.session.run("COMMIT");
    CHECK(third.answer() == "ok 1");
    CHECK(beside.other.answer() == "ok 1");
    beside.other.run("COMMIT");
    CHECK(beside.rows() == "1|11;2|22;3|32;4|42");
}

TEST_CASE("aside: a foreign key that is added waits for changes of its parents") {
    Beside beside;
    beside.session.run("ROLLBACK");
    beside.db.run("CREATE TABLE p (id INT PRIMARY KEY)");
    beside.db.run("CREATE TABLE c (id INT PRIMARY KEY, p INT)");
    beside.db.run("INSERT INTO p VALUES (1), (2)");
    beside.db.run("INSERT INTO c VALUES (1, 1)");
    beside.session.run("BEGIN");
    CHECK(beside.aside("DELETE FROM p WHERE id = 1") == "ok 1");
    WaitingSession third(beside.db.engine);
    CHECK(third.run("ALTER TABLE c ADD FOREIGN KEY (p) REFERENCES p (id)") == "blocks");
    beside.session.run("COMMIT");
    CHECK(third.answer() != "blocks");
}
