// Generated columns where one statement does not show them: after reopening, on a replica, in a
// transaction that is repeated.
#include "tests/support/database.hpp"

#include <doctest/doctest.h>

namespace diorama::test {

TEST_CASE("generated columns: the catalog read again computes and enforces as before") {
    Instance db;
    db.run("CREATE TABLE t (id INT PRIMARY KEY, n INT, twice INT AS (n * 2) STORED, KEY ((n + 1)), "
           "UNIQUE KEY u ((n % 10)), s VARCHAR(20) DEFAULT (CONCAT('n', n)), CHECK (n > 0))");
    db.run("ALTER TABLE t ADD COLUMN late INT AS (twice + 1)");
    db.run("INSERT INTO t (id, n) VALUES (1, 5)");
    const auto definition = db.run("SHOW CREATE TABLE t");
    rds::Engine again({.path = db.folder.file("db"), .variables = {}}, db.time, Random(1));
    const auto session = again.connect("root", "localhost");
    CHECK(run(*session, "USE q") == "ok 0");
    CHECK(run(*session, "SHOW CREATE TABLE t") == definition);
    CHECK(run(*session, "SELECT * FROM t") == "1|5|10|n5|11");
    CHECK(
        run(*session, "INSERT INTO t (id, n) VALUES (2, 15)") ==
        "1062 23000 Duplicate entry '5' for key 't.u'"
    );
    CHECK(run(*session, "INSERT INTO t (id, n) VALUES (2, 16)") == "ok 1");
    CHECK(run(*session, "SELECT * FROM t WHERE id = 2") == "2|16|32|n16|33");
}

TEST_CASE("generated columns: a replica has the values of its source") {
    Instance source;
    Instance replica("replica");
    source.run("CREATE TABLE t (id INT PRIMARY KEY, n INT, twice INT AS (n * 2), KEY ((n + 1)))");
    source.run("INSERT INTO t (id, n) VALUES (1, 5), (2, 6)");
    source.run("UPDATE t SET n = 7 WHERE id = 1");
    source.run("ALTER TABLE t ADD COLUMN more INT AS (twice + id)");
    source.run("UPDATE t SET n = 8 WHERE id = 1");
    for (const auto& entry : source.engine.read_log(replica.engine.position(), 1000))
        CHECK(replica.engine.apply(entry));
    for (const auto* query : {"SELECT * FROM t ORDER BY id", "SHOW CREATE TABLE t"})
        CHECK(replica.run(query) == source.run(query));
    CHECK(replica.run("SELECT * FROM t WHERE id = 1") == "1|8|16|17");
}

TEST_CASE("generated columns: what a rolled back savepoint computed is gone") {
    Instance db;
    db.run("CREATE TABLE t (id INT PRIMARY KEY, n INT, twice INT AS (n * 2), UNIQUE KEY (twice))");
    db.run("INSERT INTO t (id, n) VALUES (1, 1)");
    db.run("BEGIN");
    db.run("UPDATE t SET n = 2");
    db.run("SAVEPOINT s");
    db.run("UPDATE t SET n = 3");
    db.run("ROLLBACK TO s");
    db.run("INSERT INTO t (id, n) VALUES (2, 3)");
    db.run("COMMIT");
    CHECK(db.run("SELECT * FROM t ORDER BY id") == "1|2|4;2|3|6");
}

} // namespace diorama::test
