// FULLTEXT indexes where one session does not show them: on a replica, after reopening, under
// transactions that are parked, rolled back and read past.
#include "tests/support/database.hpp"

#include <doctest/doctest.h>

namespace diorama::test {

namespace {

constexpr auto search = "SELECT id FROM t WHERE MATCH (s) AGAINST ('apple') ORDER BY id";

} // namespace

TEST_CASE("fulltext: a replica and the file opened again find what the source finds") {
    Instance source;
    Instance replica("replica");
    source.run("CREATE TABLE t (id INT PRIMARY KEY, s TEXT, FULLTEXT (s))");
    source.run("INSERT INTO t VALUES (1, 'red apple'), (2, 'pear'), (3, 'apple pie')");
    source.run("UPDATE t SET s = 'apple and pear' WHERE id = 2");
    source.run("DELETE FROM t WHERE id = 1");
    source.run("ALTER TABLE t ADD COLUMN n INT FIRST");
    source.run("INSERT INTO t VALUES (0, 9, 'green apple')");
    for (const auto& entry : source.engine.read_log(replica.engine.position(), 1000))
        CHECK(replica.engine.apply(entry));
    CHECK(source.run(search) == "2;3;9");
    CHECK(replica.run(search) == "2;3;9");
    rds::Engine again({.path = source.folder.file("db"), .variables = {}}, source.time, Random(1));
    const auto session = again.connect("root", "localhost");
    run(*session, "USE q");
    CHECK(run(*session, search) == "2;3;9");
    CHECK(run(*session, "INSERT INTO t VALUES (0, 10, 'apple')") == "ok 1");
    CHECK(run(*session, search) == "2;3;9;10");
}

TEST_CASE("fulltext: what was rolled back is not found, and what another has not committed neither"
) {
    Instance db;
    db.run("CREATE TABLE t (id INT PRIMARY KEY, s TEXT, FULLTEXT (s))");
    db.run("INSERT INTO t VALUES (1, 'red apple')");
    const auto other = db.engine.connect("root", "localhost");
    run(*other, "USE q");
    db.run("BEGIN");
    db.run("INSERT INTO t VALUES (2, 'apple pie')");
    db.run("UPDATE t SET s = 'plum' WHERE id = 1");
    CHECK(db.run(search) == "2");
    CHECK(run(*other, search) == "1");
    CHECK(run(*other, "INSERT INTO t VALUES (3, 'apple tart')") == "ok 1");
    CHECK(db.run(search) == "2"); // parked, its changes repeated
    CHECK(run(*other, search) == "1;3");
    db.run("ROLLBACK");
    CHECK(db.run(search) == "1;3");
}

} // namespace diorama::test
