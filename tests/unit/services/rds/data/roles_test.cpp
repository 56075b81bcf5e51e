// Roles, privileges of columns and routines, and who an account is.
#include "tests/support/database.hpp"

#include <doctest/doctest.h>

using diorama::test::Instance;
using diorama::test::run;

namespace {

struct Accounts {
    Accounts() {
        for (const auto* statement :
             {"CREATE TABLE t (a INT PRIMARY KEY, b INT, c INT)",
              "INSERT INTO t VALUES (1, 2, 3)",
              "CREATE TABLE u (a INT, d INT)",
              "CREATE PROCEDURE p() SQL SECURITY INVOKER SELECT 'done'",
              "CREATE ROLE reads, writes, both",
              "CREATE USER app, maker",
              "GRANT SELECT ON q.* TO reads",
              "GRANT INSERT ON q.t TO writes",
              "GRANT reads, writes TO both"})
            REQUIRE(run(*db.session, statement).starts_with("ok"));
    }

    std::unique_ptr<diorama::rds::sql::Connection> login(const std::string& user) {
        auto session = db.engine.connect(user, "localhost");
        session->use("q");
        return session;
    }

    void root(const std::string& statement) {
        CAPTURE(statement);
        REQUIRE(run(*db.session, statement).starts_with("ok"));
    }

    Instance db;
};

std::string denied(const std::string& command, const std::string& table) {
    return "1142 42000 " + command + " command denied to user 'app'@'localhost' for table '" +
           table + "'";
}

} // namespace

TEST_CASE("a role counts while it is active, with the roles that it brings along") {
    Accounts accounts;
    accounts.root("GRANT both TO app");
    const auto app = accounts.login("app");
    CHECK(run(*app, "SELECT CURRENT_ROLE()") == "NONE");
    CHECK(run(*app, "USE q").starts_with("1044"));
    CHECK(run(*app, "SELECT a FROM q.t") == denied("SELECT", "t"));
    CHECK(run(*app, "SET ROLE both") == "ok 0");
    CHECK(run(*app, "SELECT CURRENT_ROLE()") == "`both`@`%`");
    CHECK(run(*app, "USE q") == "ok 0");
    CHECK(run(*app, "SELECT a FROM t") == "1");
    CHECK(run(*app, "INSERT INTO t VALUES (2, 2, 2)") == "ok 1");
    CHECK(
        run(*app, "SELECT ROLE_NAME FROM information_schema.ENABLED_ROLES ORDER BY 1") ==
        "both;reads;writes"
    );
    accounts.root("REVOKE writes FROM both");
    CHECK(run(*app, "INSERT INTO t VALUES (3, 2, 2)") == denied("INSERT", "t"));
    accounts.root("REVOKE both FROM app");
    CHECK(run(*app, "SELECT a FROM t") == denied("SELECT", "t"));
    CHECK(run(*app, "SET ROLE reads") == "3530 HY000 `reads`@`%` is not granted to `app`@`%`");
}

TEST_CASE("default roles, mandatory ones and all of them are active after a login") {
    Accounts accounts;
    accounts.root("GRANT reads, writes TO app");
    accounts.root("SET DEFAULT ROLE reads TO app");
    CHECK(run(*accounts.login("app"), "SELECT CURRENT_ROLE()") == "`reads`@`%`");
    accounts.root("SET GLOBAL mandatory_roles = '`both`@`%`'");
    CHECK(run(*accounts.login("app"), "SELECT CURRENT_ROLE()") == "`reads`@`%`");
    accounts.root("SET GLOBAL activate_all_roles_on_login = ON");
    const auto app = accounts.login("app");
    CHECK(run(*app, "SELECT CURRENT_ROLE()") == "`both`@`%`,`reads`@`%`,`writes`@`%`");
    CHECK(run(*app, "SET ROLE ALL EXCEPT both") == "ok 0");
    CHECK(run(*app, "SELECT CURRENT_ROLE()") == "`reads`@`%`,`writes`@`%`");
    CHECK(run(*app, "SET ROLE DEFAULT") == "ok 0");
    CHECK(run(*app, "SET ROLE NONE") == "ok 0");
    CHECK(run(*app, "SELECT CURRENT_ROLE()") == "NONE");
}

TEST_CASE("a role is given by who administers it") {
    Accounts accounts;
    accounts.root("GRANT reads TO app WITH ADMIN OPTION");
    const auto app = accounts.login("app");
    CHECK(run(*app, "GRANT reads TO maker") == "ok 0");
    CHECK(
        run(*app, "GRANT writes TO maker") ==
        "1227 42000 Access denied; you need (at least one of) the WITH ADMIN, ROLE_ADMIN, SUPER "
        "privilege(s) for this operation"
    );
    CHECK(
        run(*app, "CREATE ROLE mine") ==
        "1227 42000 Access denied; you need (at least one of) the CREATE USER, CREATE ROLE "
        "privilege(s) for this operation"
    );
}

TEST_CASE("who may use some columns uses no others") {
    Accounts accounts;
    accounts.root("GRANT SELECT (a, b), INSERT (a), UPDATE (b) ON q.t TO app");
    accounts.root("GRANT SELECT (a) ON q.u TO app");
    const auto app = accounts.login("app");
    const auto column = [](const std::string& command, const std::string& name) {
        return "1143 42000 " + command + " command denied to user 'app'@'localhost' for column '" +
               name + "' in table 't'";
    };
    CHECK(run(*app, "SELECT a, b FROM t") == "1|2");
    CHECK(run(*app, "SELECT COUNT(*) FROM t") == "1");
    CHECK(run(*app, "SELECT c FROM t") == column("SELECT", "c"));
    CHECK(run(*app, "SELECT a FROM t WHERE c = 3") == column("SELECT", "c"));
    CHECK(run(*app, "SELECT x.a FROM t x ORDER BY x.c") == column("SELECT", "c"));
    CHECK(run(*app, "SELECT * FROM t") == denied("SELECT", "t"));
    CHECK(run(*app, "SELECT (SELECT MAX(c) FROM t)") == column("SELECT", "c"));
    CHECK(run(*app, "SELECT t.a FROM t JOIN u USING (a)") == "");
    CHECK(run(*app, "INSERT INTO t (a) VALUES (5)") == "ok 1");
    CHECK(run(*app, "INSERT INTO t (a, b) VALUES (6, 6)") == column("INSERT", "b"));
    CHECK(run(*app, "INSERT INTO t VALUES (6, 6, 6)") == column("INSERT", "b"));
    CHECK(run(*app, "UPDATE t SET b = 7 WHERE a = 5") == "ok 1");
    CHECK(run(*app, "UPDATE t SET c = 7 WHERE a = 5") == column("UPDATE", "c"));
    CHECK(run(*app, "UPDATE t SET b = c") == column("SELECT", "c"));
    CHECK(run(*app, "DELETE FROM t WHERE a = 5") == denied("DELETE", "t"));
    accounts.root("REVOKE SELECT ON q.t FROM app");
    CHECK(run(*app, "SELECT a FROM t") == denied("SELECT", "t"));
}

TEST_CASE("a routine is run by who may run it, and kept by who made it") {
    Accounts accounts;
    const auto app = accounts.login("app");
    const std::string refused =
        "1370 42000 execute command denied to user 'app'@'localhost' for routine 'q.p'";
    CHECK(run(*app, "CALL q.p()") == refused);
    accounts.root("GRANT EXECUTE ON PROCEDURE q.p TO app");
    CHECK(run(*app, "CALL q.p()") == "done");
    CHECK(
        run(*app, "DROP PROCEDURE q.p") ==
        "1370 42000 alter routine command denied to user 'app'@'localhost' for routine 'q.p'"
    );
    accounts.root("GRANT CREATE ROUTINE ON q.* TO maker");
    const auto maker = accounts.login("maker");
    CHECK(run(*maker, "CREATE PROCEDURE own() SELECT 1") == "ok 0");
    CHECK(
        run(*maker, "SHOW GRANTS") ==
        "GRANT USAGE ON *.* TO `maker`@`%`;GRANT CREATE ROUTINE ON `q`.* TO `maker`@`%`;"
        "GRANT EXECUTE, ALTER ROUTINE ON PROCEDURE `q`.`own` TO `maker`@`%`"
    );
    CHECK(run(*maker, "DROP PROCEDURE own") == "ok 0");
    CHECK(run(*accounts.db.session, "SHOW GRANTS FOR maker").find("own") == std::string::npos);
}

TEST_CASE("an account is found by the most specific host") {
    Accounts accounts;
    accounts.root("CREATE USER 'app'@'localhost', 'far'@'10.%', 'near'@'127.0.0.0/8'");
    accounts.root("GRANT SELECT ON q.* TO 'app'@'localhost'");
    CHECK(run(*accounts.login("app"), "SELECT CURRENT_USER()") == "app@localhost");
    CHECK(run(*accounts.login("app"), "SELECT COUNT(*) FROM t") == "1");
    const auto& engine = accounts.db.engine;
    using Name = diorama::rds::sql::AccountName;
    CHECK(engine.account_for("app", "127.0.0.1") == Name{"app", "localhost"});
    CHECK(engine.account_for("app", "10.1.2.3") == Name{"app", "%"});
    CHECK(engine.account_for("far", "10.1.2.3") == Name{"far", "10.%"});
    CHECK(!engine.account_for("far", "127.0.0.1"));
    CHECK(engine.account_for("near", "127.0.0.5") == Name{"near", "127.0.0.0/8"});
}

TEST_CASE("who has an expired password changes it first") {
    Accounts accounts;
    accounts.root("ALTER USER app PASSWORD EXPIRE");
    const auto app = accounts.login("app");
    CHECK(
        run(*app, "SELECT 1") ==
        "1820 HY000 You must reset your password using ALTER USER statement before executing this "
        "statement."
    );
    CHECK(run(*app, "SET NAMES utf8mb4") == "ok 0");
    CHECK(run(*app, "ALTER USER USER() IDENTIFIED BY 'new'") == "ok 0");
    CHECK(run(*app, "SELECT 1") == "1");
}

TEST_CASE("a privilege on some columns does not open the others by another way") {
    Accounts accounts;
    accounts.root("CREATE VIEW v AS SELECT a, b FROM t");
    accounts.root("GRANT SELECT (a), INSERT (a) ON q.t TO app");
    accounts.root("GRANT SELECT (a) ON q.u TO app");
    accounts.root("GRANT SELECT (a) ON q.v TO app");
    accounts.root("GRANT CREATE ON q.* TO app");
    const auto app = accounts.login("app");
    CHECK(run(*app, "SELECT a FROM v") == "1");
    CHECK(run(*app, "SELECT * FROM v") == denied("SELECT", "v"));
    CHECK(run(*app, "SET @x = (SELECT a FROM t)") == "ok 0");
    const std::string column =
        "1143 42000 SELECT command denied to user 'app'@'localhost' for column 'b' in table 't'";
    CHECK(run(*app, "SET @x = (SELECT b FROM t)") == column);
    CHECK(run(*app, "CREATE TABLE copy LIKE t") == denied("SELECT", "t"));
    CHECK(run(*app, "SELECT t.a FROM t NATURAL JOIN u") == "");
    accounts.root("ALTER TABLE u ADD b INT");
    CHECK(run(*app, "SELECT t.a FROM t NATURAL JOIN u") == column);
}

TEST_CASE("accounts are changed all or not at all") {
    Accounts accounts;
    accounts.root("GRANT reads TO app");
    const auto root = [&](const std::string& statement) {
        return run(*accounts.db.session, statement);
    };
    CHECK(
        root("ALTER USER app, maker DEFAULT ROLE reads ACCOUNT LOCK") ==
        "3530 HY000 `reads`@`%` is not granted to `maker`@`%`"
    );
    CHECK(
        root("SELECT COUNT(*) FROM mysql.user WHERE account_locked = 'Y' AND User = 'app'") == "0"
    );
    CHECK(root("SELECT COUNT(*) FROM mysql.default_roles") == "0");
    CHECK(
        root("RENAME USER app TO one, maker TO one") ==
        "1396 HY000 Operation RENAME USER failed for 'maker'@'%'"
    );
    CHECK(root("RENAME USER app TO one, maker TO app") == "ok 0");
    CHECK(root("SHOW GRANTS FOR app") == "GRANT USAGE ON *.* TO `app`@`%`");
}

TEST_CASE("only the name of a whole database is a pattern") {
    Accounts accounts;
    accounts.root("CREATE DATABASE axb");
    accounts.root("CREATE DATABASE a_b");
    accounts.root("CREATE TABLE axb.t (a INT)");
    accounts.root("CREATE TABLE a_b.t (a INT)");
    accounts.root("GRANT SELECT ON a_b.t TO app");
    accounts.root("GRANT SELECT ON a_b.* TO maker");
    CHECK(run(*accounts.login("app"), "SELECT a FROM a_b.t") == "");
    CHECK(run(*accounts.login("app"), "SELECT a FROM axb.t") == denied("SELECT", "t"));
    CHECK(run(*accounts.login("maker"), "SELECT a FROM axb.t") == "");
}
