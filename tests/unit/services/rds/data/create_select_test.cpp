// CREATE TABLE … SELECT: what other instances are given of it, and what is left when it fails.
#include "tests/support/database.hpp"

#include <doctest/doctest.h>

using diorama::test::Instance;
using diorama::test::run;

TEST_CASE("another instance is given the table and its rows, not the SELECT") {
    Instance source("source");
    Instance replica("replica");
    REQUIRE(source.run("CREATE TABLE other (d DATETIME)") == "ok 0");
    REQUIRE(
        source.run(
            "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY) SELECT UUID() AS u, NOW() AS n"
        ) == "ok 1"
    );
    REQUIRE(source.run("CREATE DATABASE r") == "ok 1");
    REQUIRE(source.run("CREATE TABLE r.elsewhere AS SELECT u FROM t") == "ok 1");
    const auto entries = source.engine.read_log(1, 100);
    REQUIRE(entries.size() == 4);
    for (const auto& entry : entries) {
        for (const auto& change : entry.changes)
            CHECK(change.statement.find("UUID") == std::string::npos);
        CHECK(replica.engine.apply(entry));
    }
    CHECK(replica.run("SELECT * FROM t") == source.run("SELECT * FROM t"));
    CHECK(replica.run("SHOW CREATE TABLE t") == source.run("SHOW CREATE TABLE t"));
    CHECK(replica.run("SELECT u FROM r.elsewhere") == source.run("SELECT u FROM t"));
}

TEST_CASE("a row that fails leaves no table, and commits what was open before") {
    Instance db;
    db.run("CREATE TABLE t (a INT)");
    db.run("BEGIN");
    db.run("INSERT INTO t VALUES (1), (1)");
    const auto position = db.engine.position();
    CHECK(
        db.run("CREATE TABLE copy (a INT AUTO_INCREMENT PRIMARY KEY) SELECT a FROM t") ==
        "1062 23000 Duplicate entry '1' for key 'copy.PRIMARY'"
    );
    CHECK(db.engine.position() == position + 1);
    db.run("ROLLBACK");
    CHECK(db.run("SELECT COUNT(*) FROM t") == "2");
    CHECK(db.run("SELECT * FROM copy") == "1146 42S02 Table 'q.copy' doesn't exist");
    CHECK(
        db.run("CREATE TABLE copy (a INT AUTO_INCREMENT PRIMARY KEY) SELECT NULL AS a") == "ok 1"
    );
    CHECK(db.run("SELECT * FROM copy") == "1");
}

TEST_CASE("a temporary table with rows commits nothing") {
    Instance db;
    db.run("CREATE TABLE t (a INT)");
    db.run("BEGIN");
    db.run("INSERT INTO t VALUES (1)");
    CHECK(db.run("CREATE TEMPORARY TABLE kept SELECT a + 1 AS b FROM t") == "ok 1");
    CHECK(db.run("SELECT b FROM kept") == "2");
    db.run("ROLLBACK");
    CHECK(db.run("SELECT COUNT(*) FROM t") == "0");
}

TEST_CASE("who creates a table with rows may insert into it and read the others") {
    Instance db;
    db.run("CREATE TABLE t (a INT)");
    db.run("CREATE USER app");
    db.run("GRANT CREATE ON q.* TO app");
    const auto app = db.engine.connect("app", "localhost");
    REQUIRE(!app->use("q"));
    CHECK(
        run(*app, "CREATE TABLE n SELECT 1") ==
        "1142 42000 INSERT command denied to user 'app'@'localhost' for table 'n'"
    );
    db.run("GRANT INSERT ON q.* TO app");
    CHECK(
        run(*app, "CREATE TABLE n SELECT a FROM t") ==
        "1142 42000 SELECT command denied to user 'app'@'localhost' for table 't'"
    );
    CHECK(run(*app, "CREATE TABLE n SELECT 1") == "ok 1");
}
