// Transactions of several sessions: rows they lock, how long they wait, what they see and undo.
#include "tests/support/sessions.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using test::Instance;
using test::WaitingSession;

namespace {

constexpr const char* timeout = "1205 HY000 Lock wait timeout exceeded; try restarting transaction";
constexpr const char* deadlock =
    "1213 40001 Deadlock found when trying to get lock; try restarting transaction";

struct Two {
    Two() {
        db.run("CREATE TABLE t (id INT PRIMARY KEY, n INT, name VARCHAR(20) UNIQUE)");
        db.run("INSERT INTO t VALUES (1, 10, 'one'), (2, 20, 'two'), (3, 30, 'three')");
    }

    std::string rows() { return db.run("SELECT id, n FROM t ORDER BY id"); }

    Instance db;
    WaitingSession a{db.engine};
    WaitingSession b{db.engine};
};

} // namespace

TEST_CASE("transactions: open ones on different rows do not wait for each other") {
    Two two;
    two.a.run("BEGIN");
    CHECK(two.a.run("UPDATE t SET n = 11 WHERE id = 1") == "ok 1");
    two.b.run("BEGIN");
    CHECK(two.b.run("UPDATE t SET n = 21 WHERE id = 2") == "ok 1");
    CHECK(two.a.run("INSERT INTO t VALUES (4, 40, 'four')") == "ok 1");
    CHECK(two.b.run("DELETE FROM t WHERE id = 3") == "ok 1");
    CHECK(two.a.run("SELECT id, n FROM t ORDER BY id") == "1|11;2|20;3|30;4|40");
    CHECK(two.b.run("SELECT id, n FROM t ORDER BY id") == "1|10;2|21");
    CHECK(two.rows() == "1|10;2|20;3|30");
    CHECK(two.a.run("COMMIT") == "ok 0");
    CHECK(two.rows() == "1|11;2|20;3|30;4|40");
    CHECK(two.b.run("COMMIT") == "ok 0");
    CHECK(two.rows() == "1|11;2|21;4|40");
    CHECK(two.db.engine.row_locks().transactions() == 0);
}

TEST_CASE("transactions: a row that another has changed is waited for, and read anew then") {
    Two two;
    two.a.run("BEGIN");
    CHECK(two.a.run("UPDATE t SET n = n + 1 WHERE id = 1") == "ok 1");
    CHECK(two.b.run("UPDATE t SET n = n * 2 WHERE id = 1") == "blocks");
    CHECK(two.b.answer() == "blocks");
    CHECK(two.a.run("COMMIT") == "ok 0");
    CHECK(two.b.answer() == "ok 1");
    CHECK(two.rows() == "1|22;2|20;3|30");
}

TEST_CASE("transactions: after innodb_lock_wait_timeout the statement is undone, nothing else") {
    Two two;
    two.a.run("BEGIN");
    two.a.run("UPDATE t SET n = 0 WHERE id = 2");
    two.b.run("BEGIN");
    CHECK(two.b.run("UPDATE t SET n = 31 WHERE id = 3") == "ok 1");
    CHECK(two.b.run("UPDATE t SET n = n + 1 WHERE id IN (1, 2)") == "blocks");
    CHECK(two.b.give_up() == timeout);
    CHECK(two.b.run("SELECT id, n FROM t ORDER BY id") == "1|10;2|20;3|31");
    CHECK(two.b.run("COMMIT") == "ok 0");
    two.a.run("ROLLBACK");
    CHECK(two.rows() == "1|10;2|20;3|31");
    CHECK(two.db.engine.row_locks().transactions() == 0);
}

TEST_CASE("transactions: a deadlock undoes the smaller transaction, the other goes on") {
    Two two;
    two.a.run("BEGIN");
    two.b.run("BEGIN");
    two.a.run("UPDATE t SET n = 11 WHERE id = 1");
    two.b.run("UPDATE t SET n = 21 WHERE id = 2");
    SUBCASE("equals: the one that closes the circle") {
        CHECK(two.a.run("UPDATE t SET n = 12 WHERE id = 2") == "blocks");
        CHECK(two.b.run("UPDATE t SET n = 22 WHERE id = 1") == deadlock);
        CHECK(two.a.answer() == "ok 1");
        CHECK_FALSE(two.b.connection().is_in_transaction());
        two.a.run("COMMIT");
        CHECK(two.rows() == "1|11;2|12;3|30");
    }
    SUBCASE("the smaller one that waits already") {
        CHECK(two.b.run("UPDATE t SET n = 31 WHERE id = 3") == "ok 1");
        CHECK(two.a.run("UPDATE t SET n = 12 WHERE id = 2") == "blocks");
        CHECK(two.b.run("UPDATE t SET n = 22 WHERE id = 1") == "ok 1");
        CHECK(two.a.answer() == deadlock);
        CHECK_FALSE(two.a.connection().is_in_transaction());
        two.b.run("COMMIT");
        CHECK(two.rows() == "1|22;2|21;3|31");
    }
    CHECK(two.db.engine.row_locks().transactions() == 0);
}

TEST_CASE("transactions: unique keys conflict before they are committed") {
    Two two;
    two.a.run("BEGIN");
    CHECK(two.a.run("INSERT INTO t VALUES (4, 1, 'four')") == "ok 1");
    CHECK(two.b.run("INSERT INTO t VALUES (5, 1, 'FOUR')") == "blocks");
    SUBCASE("committed: a duplicate") {
        two.a.run("COMMIT");
        CHECK(two.b.answer() == "1062 23000 Duplicate entry 'FOUR' for key 't.name'");
    }
    SUBCASE("rolled back: free") {
        two.a.run("ROLLBACK");
        CHECK(two.b.answer() == "ok 1");
    }
    two.a.run("BEGIN");
    CHECK(two.a.run("DELETE FROM t WHERE id = 1") == "ok 1");
    CHECK(two.b.run("INSERT INTO t VALUES (1, 1, 'new')") == "blocks");
    two.a.run("COMMIT");
    CHECK(two.b.answer() == "ok 1");
}

TEST_CASE("transactions: FOR UPDATE, FOR SHARE, NOWAIT and SKIP LOCKED") {
    Two two;
    two.a.run("BEGIN");
    two.b.run("BEGIN");
    constexpr const char* refused =
        "3572 HY000 Statement aborted because lock(s) could not be acquired immediately and NOWAIT "
        "is set.";
    CHECK(two.a.run("SELECT n FROM t WHERE id = 1 FOR UPDATE") == "10");
    CHECK(two.b.run("SELECT n FROM t WHERE id = 1") == "10");
    CHECK(two.b.run("SELECT n FROM t WHERE id = 1 FOR SHARE NOWAIT") == refused);
    CHECK(two.b.run("SELECT id FROM t ORDER BY id FOR UPDATE SKIP LOCKED") == "2;3");
    CHECK(two.a.run("SELECT id FROM t ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED") == "1");
    two.b.run("COMMIT");
    two.b.run("BEGIN");
    CHECK(two.a.run("SELECT n FROM t WHERE id = 2 FOR SHARE") == "20");
    CHECK(two.b.run("SELECT n FROM t WHERE id = 2 LOCK IN SHARE MODE") == "20");
    CHECK(two.b.run("SELECT n FROM t WHERE id = 2 FOR UPDATE NOWAIT") == refused);
    CHECK(two.b.run("UPDATE t SET n = 0 WHERE id = 2") == "blocks");
    two.a.run("COMMIT");
    CHECK(two.b.answer() == "ok 1");
    two.b.run("ROLLBACK");
    CHECK(two.rows() == "1|10;2|20;3|30");
}

TEST_CASE("transactions: workers that skip locked rows take different jobs") {
    Two two;
    two.a.run("BEGIN");
    two.b.run("BEGIN");
    constexpr const char* next =
        "SELECT id FROM t WHERE n < 100 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED";
    CHECK(two.a.run(next) == "1");
    CHECK(two.b.run(next) == "2");
    CHECK(two.a.run("UPDATE t SET n = 101 WHERE id = 1") == "ok 1");
    CHECK(two.b.run("UPDATE t SET n = 102 WHERE id = 2") == "ok 1");
    two.a.run("COMMIT");
    two.b.run("COMMIT");
    CHECK(two.a.run(next) == "3");
}

TEST_CASE("transactions: joined tables are locked as OF says") {
    Two two;
    two.db.run("CREATE TABLE u (id INT PRIMARY KEY, t_id INT)");
    two.db.run("INSERT INTO u VALUES (1, 1), (2, NULL)");
    two.a.run("BEGIN");
    CHECK(
        two.a.run("SELECT u.id, t.n FROM u LEFT JOIN t ON t.id = u.t_id ORDER BY u.id FOR UPDATE "
                  "OF u") == "1|10;2|NULL"
    );
    CHECK(two.b.run("UPDATE t SET n = 1 WHERE id = 1") == "ok 1");
    CHECK(two.b.run("UPDATE u SET t_id = 1 WHERE id = 2") == "blocks");
    two.a.run("COMMIT");
    CHECK(two.b.answer() == "ok 1");
}

TEST_CASE("transactions: a parent stays while a child that names it is not committed") {
    Two two;
    two.db.run(
        "CREATE TABLE child (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES "
        "t (id))"
    );
    two.a.run("BEGIN");
    CHECK(two.a.run("INSERT INTO child VALUES (1, 1)") == "ok 1");
    CHECK(two.b.run("DELETE FROM t WHERE id = 1") == "blocks");
    two.a.run("COMMIT");
    CHECK(two.b.answer().substr(0, 4) == "1451");
    two.a.run("BEGIN");
    CHECK(two.a.run("DELETE FROM t WHERE id = 2") == "ok 1");
    CHECK(two.b.run("INSERT INTO child VALUES (2, 2)") == "blocks");
    two.a.run("ROLLBACK");
    CHECK(two.b.answer() == "ok 1");
}

TEST_CASE("transactions: savepoints outlive the time in which others write") {
    Two two;
    two.a.run("BEGIN");
    two.a.run("SAVEPOINT first");
    two.a.run("UPDATE t SET n = 11 WHERE id = 1");
    two.a.run("SAVEPOINT second");
    two.a.run("UPDATE t SET n = 21 WHERE id = 2");
    CHECK(two.b.run("UPDATE t SET n = 31 WHERE id = 3") == "ok 1");
    SUBCASE("rolled back while parked") {
        CHECK(two.a.run("ROLLBACK TO SAVEPOINT second") == "ok 0");
    }
    SUBCASE("rolled back after another statement") {
        CHECK(two.a.run("INSERT INTO t VALUES (4, 40, 'four')") == "ok 1");
        CHECK(two.a.run("ROLLBACK TO SAVEPOINT second") == "ok 0");
    }
    // MySQL keeps the lock of a row that was changed after the savepoint.
    CHECK(two.b.run("UPDATE t SET n = 22 WHERE id = 2") == "blocks");
    CHECK(two.a.run("SELECT id, n FROM t ORDER BY id") == "1|11;2|20;3|31");
    CHECK(two.a.run("RELEASE SAVEPOINT first") == "ok 0");
    CHECK(two.a.run("COMMIT") == "ok 0");
    CHECK(two.b.answer() == "ok 1");
    CHECK(two.rows() == "1|11;2|22;3|31");
}

TEST_CASE("transactions: rows without a primary key keep apart") {
    Two two;
    two.db.run("CREATE TABLE heap (n INT)");
    two.db.run("INSERT INTO heap VALUES (1), (2)");
    two.a.run("BEGIN");
    two.b.run("BEGIN");
    CHECK(two.a.run("INSERT INTO heap VALUES (3)") == "ok 1");
    CHECK(two.b.run("INSERT INTO heap VALUES (4)") == "ok 1");
    CHECK(two.a.run("UPDATE heap SET n = 30 WHERE n = 3") == "ok 1");
    CHECK(two.b.run("UPDATE heap SET n = 40 WHERE n = 4") == "ok 1");
    CHECK(two.a.run("UPDATE heap SET n = 10 WHERE n = 1") == "ok 1");
    CHECK(two.b.run("DELETE FROM heap WHERE n = 1") == "blocks");
    CHECK(two.a.run("DELETE FROM heap WHERE n = 30") == "ok 1");
    two.a.run("COMMIT");
    CHECK(two.b.answer() == "ok 0");
    two.b.run("COMMIT");
    CHECK(two.db.run("SELECT n FROM heap ORDER BY n") == "2;10;40");
}

TEST_CASE("transactions: definitions and ends of sessions") {
    Two two;
    two.a.run("BEGIN");
    two.a.run("UPDATE t SET n = 11 WHERE id = 1");
    CHECK(two.b.run("ALTER TABLE t ADD COLUMN extra INT") == "blocks");
    CHECK(two.db.run("CREATE TABLE unrelated (id INT)") == "ok 0");
    SUBCASE("a definition waits for the changes of its table") {
        CHECK(two.a.run("COMMIT") == "ok 0");
        CHECK(two.b.answer() == "ok 0");
        CHECK(two.db.run("SELECT id, n, extra FROM t WHERE id = 1") == "1|11|NULL");
    }
    SUBCASE("a definition commits the own transaction first") {
        CHECK(two.b.give_up() == timeout);
        CHECK(two.a.run("CREATE TABLE another (id INT)") == "ok 0");
        CHECK(two.rows() == "1|11;2|20;3|30");
    }
    SUBCASE("a session that ends rolls back and lets go") {
        two.a.connection().reset();
        CHECK(two.b.answer() == "ok 0");
        CHECK(two.rows() == "1|10;2|20;3|30");
    }
    CHECK(two.db.engine.row_locks().transactions() == 0);
}

TEST_CASE("transactions: one that sleeps keeps its locks, not the writer's place") {
    Two two;
    two.a.run("BEGIN");
    two.a.run("UPDATE t SET n = 11 WHERE id = 1");
    CHECK(two.db.engine.writer_lock().is_held_by(&two.a.connection()));
    CHECK(two.a.run("SELECT SLEEP(0.01)") == "0");
    CHECK_FALSE(two.db.engine.writer_lock().is_held_by(&two.a.connection()));
    CHECK(two.b.run("UPDATE t SET n = 12 WHERE id = 1") == "blocks");
    CHECK(two.a.run("SELECT n FROM t WHERE id = 1") == "11");
    two.a.run("COMMIT");
    CHECK(two.b.answer() == "ok 1");
}

TEST_CASE("transactions: KILL QUERY ends a wait") {
    Two two;
    two.a.run("BEGIN");
    two.a.run("UPDATE t SET n = 11 WHERE id = 1");
    two.b.run("BEGIN");
    CHECK(two.b.run("UPDATE t SET n = 12 WHERE id = 1") == "blocks");
    two.db.run(fmt::format("KILL QUERY {}", two.b.connection().context().connection_id));
    CHECK(two.b.answer() == "1317 70100 Query execution was interrupted");
    CHECK(two.b.connection().is_in_transaction());
    CHECK(two.b.run("UPDATE t SET n = 22 WHERE id = 2") == "ok 1");
    two.b.run("COMMIT");
    two.a.run("COMMIT");
    CHECK(two.rows() == "1|11;2|22;3|30");
}

TEST_CASE("transactions: REPEATABLE READ sees its snapshot and its own changes") {
    Two two;
    two.a.run("BEGIN");
    CHECK(two.a.run("SELECT COUNT(*) FROM t") == "3");
    two.b.run("INSERT INTO t VALUES (4, 40, 'four')");
    two.b.run("UPDATE t SET n = 21, id = 20 WHERE id = 2");
    two.b.run("DELETE FROM t WHERE id = 3");
    two.a.run("UPDATE t SET n = 11 WHERE id = 1");
    CHECK(two.a.run("SELECT id, n FROM t ORDER BY id") == "1|11;2|20;3|30");
    CHECK(two.b.run("UPDATE t SET n = 41 WHERE id = 4") == "ok 1");
    CHECK(two.a.run("SELECT id, n FROM t ORDER BY id") == "1|11;2|20;3|30");
    // MySQL: a row that the transaction changes itself becomes visible.
    CHECK(two.a.run("UPDATE t SET n = n + 1 WHERE id = 4") == "ok 1");
    CHECK(two.a.run("SELECT id, n FROM t ORDER BY id") == "1|11;2|20;3|30;4|42");
    CHECK(two.a.run("SELECT id FROM t ORDER BY id FOR SHARE") == "1;4;20");
    two.a.run("COMMIT");
    CHECK(two.rows() == "1|11;4|42;20|21");
}
