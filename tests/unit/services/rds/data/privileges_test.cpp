// What users may do: privileges are checked before each statement, with MySQL's errors.
#include "tests/support/database.hpp"

#include <doctest/doctest.h>

using diorama::test::Instance;
using diorama::test::run;

namespace {

struct Users {
    Users() {
        for (const auto* statement :
             {"CREATE TABLE t (a INT PRIMARY KEY, b INT)",
              "INSERT INTO t VALUES (1, 2)",
              "CREATE TABLE other (a INT)",
              "CREATE VIEW v AS SELECT a FROM other",
              "CREATE DATABASE hidden",
              "CREATE USER 'reader'",
              "CREATE USER 'writer'",
              "GRANT SELECT ON q.t TO 'reader'",
              "GRANT SELECT ON q.v TO 'reader'",
              "GRANT ALL PRIVILEGES ON q.* TO 'writer' WITH GRANT OPTION"})
            REQUIRE(run(*db.session, statement).starts_with("ok"));
        reader = db.engine.connect("reader", "localhost");
        writer = db.engine.connect("writer", "localhost");
        REQUIRE(!reader->use("q"));
        REQUIRE(!writer->use("q"));
    }

    Instance db;
    std::unique_ptr<diorama::rds::sql::Connection> reader;
    std::unique_ptr<diorama::rds::sql::Connection> writer;
};

std::string denied(const std::string& command, const std::string& table) {
    return "1142 42000 " + command + " command denied to user 'reader'@'localhost' for table '" +
           table + "'";
}

} // namespace

TEST_CASE("a user reads and changes what was granted, and nothing else") {
    Users users;
    auto& reader = *users.reader;
    CHECK(run(reader, "SELECT * FROM t") == "1|2");
    CHECK(run(reader, "SELECT a FROM other") == denied("SELECT", "other"));
    CHECK(
        run(reader, "SELECT * FROM t WHERE a IN (SELECT a FROM other)") == denied("SELECT", "other")
    );
    CHECK(run(reader, "WITH other AS (SELECT 1) SELECT * FROM other") == "1");
    CHECK(run(reader, "INSERT INTO t VALUES (2, 3)") == denied("INSERT", "t"));
    CHECK(run(reader, "UPDATE t SET b = 1") == denied("UPDATE", "t"));
    CHECK(run(reader, "DELETE FROM t") == denied("DELETE", "t"));
    CHECK(run(reader, "DROP TABLE t") == denied("DROP", "t"));
    CHECK(run(reader, "CREATE INDEX i ON t (b)") == denied("INDEX", "t"));
    CHECK(run(reader, "ALTER TABLE t ADD c INT") == denied("ALTER", "t"));
    CHECK(run(reader, "CREATE TABLE n (a INT)") == denied("CREATE", "n"));
    CHECK(run(reader, "SHOW CREATE TABLE other") == denied("SHOW", "other"));
    auto& writer = *users.writer;
    CHECK(run(writer, "INSERT INTO t VALUES (2, 3)") == "ok 1");
    CHECK(run(writer, "CREATE TABLE n (a INT)") == "ok 0");
}

TEST_CASE("a view reads with the rights of who defined it") {
    Users users;
    CHECK(run(*users.reader, "SELECT COUNT(*) FROM v") == "0");
    REQUIRE(
        run(*users.db.session, "CREATE SQL SECURITY INVOKER VIEW w AS SELECT a FROM other") ==
        "ok 0"
    );
    REQUIRE(run(*users.db.session, "GRANT SELECT ON q.w TO 'reader'") == "ok 0");
    CHECK(run(*users.reader, "SELECT COUNT(*) FROM w") == denied("SELECT", "other"));
}

TEST_CASE("databases and the server have errors of their own") {
    Users users;
    auto& reader = *users.reader;
    const std::string of_hidden =
        "1044 42000 Access denied for user 'reader'@'%' to database 'hidden'";
    CHECK(run(reader, "USE hidden") == of_hidden);
    CHECK(run(reader, "DROP DATABASE hidden") == of_hidden);
    CHECK(
        run(reader, "CREATE DATABASE mine") ==
        "1044 42000 Access denied for user 'reader'@'%' to database 'mine'"
    );
    CHECK(
        run(reader, "CREATE USER 'x'") ==
        "1227 42000 Access denied; you need (at least one of) the CREATE USER privilege(s) for "
        "this operation"
    );
    CHECK(run(reader, "SET GLOBAL max_execution_time = 1").starts_with("1227"));
    CHECK(run(reader, "SHOW DATABASES") == "information_schema;performance_schema;q");
    CHECK(run(reader, "SHOW TABLES") == "t;v");
    CHECK(run(reader, "ALTER USER CURRENT_USER() IDENTIFIED BY 'mine'") == "ok 0");
}

TEST_CASE("only what one has may be granted") {
    Users users;
    CHECK(run(*users.writer, "GRANT UPDATE ON q.t TO 'reader'") == "ok 0");
    CHECK(run(*users.reader, "UPDATE t SET b = 5 WHERE a = 1") == "ok 1");
    CHECK(
        run(*users.reader, "GRANT SELECT ON q.t TO 'writer'") ==
        "1142 42000 GRANT command denied to user 'reader'@'localhost' for table 't'"
    );
    CHECK(
        run(*users.writer, "GRANT SELECT ON hidden.* TO 'reader'") ==
        "1044 42000 Access denied for user 'writer'@'%' to database 'hidden'"
    );
    CHECK(
        run(*users.writer, "GRANT PROCESS ON *.* TO 'reader'") ==
        "1045 28000 Access denied for user 'writer'@'%' (using password: YES)"
    );
    CHECK(run(*users.db.session, "REVOKE UPDATE ON q.t FROM 'reader'") == "ok 0");
    CHECK(run(*users.reader, "UPDATE t SET b = 6 WHERE a = 1") == denied("UPDATE", "t"));
}

TEST_CASE("a master user has what RDS gives one") {
    Instance db;
    db.engine.put_user("admin", "secret");
    const auto admin = db.engine.connect("admin", "localhost");
    CHECK(
        run(*admin, "SHOW GRANTS") ==
        "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, "
        "ALTER, SHOW DATABASES, CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION "
        "SLAVE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, "
        "CREATE USER, EVENT, TRIGGER, CREATE ROLE, DROP ROLE ON *.* TO `admin`@`%` WITH GRANT "
        "OPTION;GRANT ROLE_ADMIN ON *.* TO `admin`@`%` WITH GRANT OPTION"
    );
    CHECK(run(*admin, "CREATE DATABASE shop") == "ok 1");
    CHECK(run(*admin, "CREATE TABLE shop.t (a INT)") == "ok 0");
    CHECK(run(*admin, "CREATE USER 'app'") == "ok 0");
    CHECK(run(*admin, "GRANT ALL ON shop.* TO 'app'") == "ok 0");
    CHECK(
        run(*admin, "GRANT ALL ON *.* TO 'app'") ==
        "1045 28000 Access denied for user 'admin'@'%' (using password: YES)"
    );
}
